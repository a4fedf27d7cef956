/*
 * Evidence: the lines under a criterion, the numbered tags beside the messages, the painted words. One list in memory,
 * three ways to look at it; a tag leads to its row and a line to its place.
 */

import { paint, showTurn } from "./scoring-places.js";

export class Evidence extends EventTarget {
  /** Tells of `add` {proof}, `forget` {proof}, `range` {proof, play}, `row` {code}. */
  constructor({ chat, rubric, template }) {
    super();
    Object.assign(this, { chat, rubric, template });
    this.proofs = [...rubric.root.querySelectorAll("[data-proof]")].map(readLine);
    rubric.root.addEventListener("click", (event) => this.#clicked(event));
    chat?.addEventListener("click", (event) => this.#tagged(event.target.closest("[data-tag]")));
    this.refresh();
  }

  /** Add a place to a criterion and show it at once; the server's key comes with the next save. */
  add(place, { code, praise }) {
    const row = this.rubric.row(code);
    if (!row) return null;
    const { range, ...rest } = place;
    const proof = { ...rest, token: `new-${Date.now()}-${this.proofs.length}`, code, praise, number: Number(row.dataset.number) };
    this.proofs.push(proof);
    this.#line(row, proof);
    this.refresh();
    this.dispatchEvent(new CustomEvent("add", { detail: { proof } }));
    return proof;
  }

  /** Show a place that this tab kept while it could not be sent. */
  readd(proof) {
    if (this.proofs.some((known) => known.token === proof.token)) return;
    this.proofs.push(proof);
    this.#line(this.rubric.row(proof.code), proof);
    this.refresh();
  }

  forget(token) {
    const proof = this.proofs.find((known) => known.token === token);
    if (!proof) return;
    this.proofs = this.proofs.filter((known) => known !== proof);
    this.#lineOf(token)?.remove();
    this.refresh();
    this.dispatchEvent(new CustomEvent("forget", { detail: { proof } }));
  }

  /** The server's keys for what was added here. */
  rename(tokens) {
    for (const [ours, theirs] of Object.entries(tokens)) {
      const proof = this.proofs.find((known) => known.token === ours);
      if (!proof) continue;
      this.#lineOf(ours).dataset.proof = theirs;
      proof.token = String(theirs);
    }
  }

  of(code) {
    return this.proofs.filter((proof) => proof.code === code);
  }

  /** Repaint tags, words and counts; lines follow the state of their row. */
  refresh() {
    for (const row of this.rubric.rows) this.#countRow(row);
    for (const proof of this.proofs) {
      proof.lost = this.#isLost(proof);
      this.#lineOf(proof.token)?.classList.toggle("lost", proof.lost);
      this.#lineOf(proof.token)?.classList.toggle("kept", !proof.lost);
    }
    if (!this.chat) return;
    paint(this.chat, this.proofs);
    this.#drawTags();
  }

  #isLost(proof) {
    const row = this.rubric.row(proof.code);
    return !proof.praise && (row.classList.contains("is-lost") || row.classList.contains("is-fatal"));
  }

  #countRow(row) {
    const own = this.of(row.dataset.criterion);
    row.querySelector("[data-count]").textContent = own.length;
    row.querySelector("[data-proof-count]").hidden = own.length === 0;
    row.querySelector("[data-praise-chip]").hidden = !own.some((proof) => proof.praise);
  }

  #timed() {
    return [...this.chat.querySelectorAll("[data-turn][data-start]")].map((turn) => ({ sequence: Number(turn.dataset.turn), start: Number(turn.dataset.start) }));
  }

  /** Each proof finds its turn once: a long call has more turns than a page can ask for every proof. */
  #drawTags() {
    const timed = this.#timed();
    const byTurn = new Map();
    for (const proof of this.proofs) {
      const sequence = turnOf(proof, timed);
      if (!byTurn.has(sequence)) byTurn.set(sequence, new Map());
      byTurn.get(sequence).set(proof.number, proof);
    }
    for (const box of this.chat.querySelectorAll("[data-tags]")) {
      const own = byTurn.get(Number(box.parentElement.dataset.turn));
      if (own || box.childElementCount) box.replaceChildren(...[...(own?.values() ?? [])].map((proof) => this.#tag(proof)));
    }
  }

  #tag(proof) {
    const tag = document.createElement("button");
    tag.type = "button";
    tag.className = `tag ${proof.lost ? "lost" : "kept"}`;
    tag.dataset.tag = proof.token;
    const row = this.rubric.row(proof.code);
    tag.setAttribute("aria-label", `${proof.number} ${row.querySelector(".crit-name").textContent}`);
    tag.textContent = proof.number;
    return tag;
  }

  #line(row, proof) {
    const line = this.template.content.firstElementChild.cloneNode(true);
    const data = { proof: proof.token, criterion: proof.code, number: proof.number, kind: proof.kind, praise: proof.praise };
    const place = { turn: proof.turn, from: proof.from, to: proof.to, start: proof.start, end: proof.end };
    Object.assign(line.dataset, data);
    for (const [name, value] of Object.entries(place)) line.dataset[name] = value ?? "";
    line.classList.toggle("praise", proof.praise);
    line.querySelector("[data-star]").hidden = !proof.praise;
    line.querySelector("[data-play]").hidden = proof.kind !== "range";
    line.querySelector(".tag").textContent = proof.number;
    line.querySelector("[data-time]").textContent = proof.time ?? "";
    line.querySelector("[data-quote]").textContent = proof.quote ?? "";
    row.querySelector("[data-proofs]").append(line);
  }

  #lineOf(token) {
    return this.rubric.root.querySelector(`[data-proof="${token}"]`);
  }

  #clicked(event) {
    const line = event.target.closest("[data-proof]");
    const proof = line && this.proofs.find((known) => known.token === line.dataset.proof);
    if (!proof) return;
    if (event.target.closest("[data-forget]")) this.forget(proof.token);
    else if (event.target.closest("[data-play]")) this.dispatchEvent(new CustomEvent("range", { detail: { proof, play: true } }));
    else if (event.target.closest("[data-jump]")) this.jump(proof);
  }

  /** From a line to its place. */
  jump(proof) {
    const turn = this.chat && turnOf(proof, this.#timed());
    if (turn !== null && turn !== undefined) showTurn(this.chat, turn);
    if (proof.kind === "range") this.dispatchEvent(new CustomEvent("range", { detail: { proof, play: false } }));
  }

  #tagged(tag) {
    const proof = tag && this.proofs.find((known) => known.token === tag.dataset.tag);
    if (proof) this.rubric.activate(this.rubric.row(proof.code));
  }
}

function readLine(line) {
  const number = (value) => (value === "" || value === undefined ? null : Number(value));
  const { proof, criterion, kind, praise, turn, from, to, start, end } = line.dataset;
  return {
    token: proof,
    code: criterion,
    number: Number(line.dataset.number),
    kind,
    praise: praise === "true",
    turn: number(turn),
    from: number(from),
    to: number(to),
    start: number(start),
    end: number(end),
  };
}

/** A range of a recording is tagged beside the words spoken when it begins. */
function turnOf(proof, timed) {
  if (proof.kind !== "range") return proof.turn;
  return (timed.findLast((turn) => turn.start <= proof.start) ?? timed[0])?.sequence ?? null;
}
