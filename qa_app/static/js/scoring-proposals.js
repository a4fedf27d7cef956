/*
 * What rules proposed: the line under a criterion and the sign beside its title. The page holds only what the server
 * lets out, and that may come with a save. A proposal never fills an answer; `Y` gives the proposed answer as if its
 * button had been pressed, where the plan shows proposals beforehand.
 */

import { rangeOf, showTurn } from "./scoring-places.js";

const SHOWN_FOR = 4000;

export class Proposals {
  /** A place that is a stretch of the recording is played as evidence is: `evidence` tells the player. */
  constructor({ rubric, chat, evidence }) {
    Object.assign(this, { rubric, chat, evidence });
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
    }
  }

  /** Give the proposed answer of the active criterion; nothing happens where none may be confirmed. */
  confirm() {
    const row = this.rubric.active;
    if (!row?.querySelector("[data-confirm-proposal]")) return;
    this.rubric.give(row, row.querySelector("[data-proposal] [data-level]").dataset.level);
  }

  #clicked(target) {
    if (target.closest("[data-confirm-proposal]")) this.confirm();
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

/** Light the words for a moment. */
function light(range) {
  if (!("highlights" in CSS)) return;
  CSS.highlights.set("rule-hit", new Highlight(range));
  setTimeout(() => CSS.highlights.delete("rule-hit"), SHOWN_FOR);
}
