/*
 * What rules proposed: the line under a criterion and the sign beside its title. The page holds only what the server
 * lets out, and that may come with a save. A proposal never fills an answer; `Y` gives the proposed answer as if its
 * button had been pressed, where the plan shows proposals beforehand, and with it the first place as evidence unless
 * the criterion has some. `Y` again takes both back.
 */

import { rangeOf, showTurn } from "./scoring-places.js";

const SHOWN_FOR = 4000;

export class Proposals {
  /** A place that is a stretch of the recording is played as evidence is: `evidence` tells the player. */
  constructor({ rubric, chat, evidence }) {
    Object.assign(this, { rubric, chat, evidence });
    this.confirmed = new Map();
    rubric.addEventListener("answer", (event) => this.#offer(event.detail.code));
    rubric.root.addEventListener("click", (event) => this.#clicked(event.target));
  }

  /** Put what came with a save into the rows. */
  show(rows) {
    for (const [code, state] of Object.entries(rows)) {
      const row = this.rubric.row(code);
      const box = row?.querySelector("[data-proposal]");
      if (!box || state.proposal === undefined) continue;
      if (box.innerHTML !== state.proposal) box.innerHTML = state.proposal;
      const chip = row.querySelector("[data-proposal-chip]");
      chip.hidden = state.proposal === "";
      chip.querySelector("[data-words]").textContent = box.querySelector("[data-level] b")?.textContent ?? "";
      this.#offer(code);
    }
  }

  /** Give the proposed answer of the active criterion, or take it back; nothing happens where none may be confirmed. */
  confirm() {
    const row = this.rubric.active;
    if (!row) return;
    if (this.#isConfirmed(row)) return this.#takeBack(row);
    const code = row.dataset.criterion;
    const level = levelOf(row);
    const before = this.rubric.valueOf(row);
    if (!row.querySelector("[data-confirm-proposal]") || before?.level === level) return;
    this.rubric.give(row, level);
    const place = this.evidence.of(code).length ? null : firstPlace(row);
    this.confirmed.set(code, { before, level, proof: place && this.evidence.add(place, { code, praise: false }) });
    this.#offer(code);
  }

  /** Whether the answer is the one confirmed here, which can be taken back. */
  #isConfirmed(row) {
    const kept = this.confirmed.get(row.dataset.criterion);
    return Boolean(kept) && this.rubric.valueOf(row)?.level === kept.level;
  }

  #takeBack(row) {
    const { before, proof } = this.confirmed.get(row.dataset.criterion);
    this.confirmed.delete(row.dataset.criterion);
    this.rubric.takeBack(row, before);
    if (proof) this.evidence.forget(proof.token);
  }

  #offer(code) {
    const row = this.rubric.row(code);
    const button = row?.querySelector("[data-retract-proposal]");
    if (!button) return;
    button.hidden = !this.#isConfirmed(row);
    const confirm = row.querySelector("[data-confirm-proposal]");
    if (confirm) confirm.hidden = this.rubric.valueOf(row)?.level === levelOf(row);
  }

  #clicked(target) {
    if (target.closest("[data-confirm-proposal], [data-retract-proposal]")) this.confirm();
    const jump = target.closest("[data-proposal-jump]");
    if (jump) this.#jump(jump.dataset);
  }

  #jump({ turn, from, to, start, end }) {
    if (turn !== "" && this.chat) {
      showTurn(this.chat, Number(turn));
      const text = this.chat.querySelector(`[data-turn="${turn}"] [data-text]`);
      if (text && from !== "") light(rangeOf(text, Number(from), Number(to)));
    } else if (start !== "") {
      const proof = { kind: "range", start: Number(start), end: Number(end) };
      this.evidence.dispatchEvent(new CustomEvent("range", { detail: { proof, play: true } }));
    }
  }
}

/** The answer that a rule proposed for a row. */
const levelOf = (row) => row.querySelector("[data-proposal] [data-level]").dataset.level;

/** The first place of a row's proposal as evidence: words of a message, or a stretch of the recording. */
function firstPlace(row) {
  const jump = row.querySelector("[data-proposal-jump]");
  if (!jump) return null;
  const [turn, from, to, start, end] = ["turn", "from", "to", "start", "end"].map((name) => jump.dataset[name]);
  const words = { time: jump.querySelector(".num").textContent, quote: jump.querySelector(".proof-quote").textContent };
  if (turn !== "" && Number(from) < Number(to)) {
    return { kind: "span", turn: Number(turn), from: Number(from), to: Number(to), ...words };
  }
  const isStretch = turn === "" && start !== "" && Number(start) < Number(end);
  return isStretch ? { kind: "range", turn: null, start: Number(start), end: Number(end), ...words } : null;
}

/** Light the words for a moment. */
function light(range) {
  if (!("highlights" in CSS)) return;
  CSS.highlights.set("rule-hit", new Highlight(range));
  setTimeout(() => CSS.highlights.delete("rule-hit"), SHOWN_FOR);
}
