/*
 * What is picked in the conversation and the small bar that asks what it shows: evidence, praise, or evidence for
 * another criterion. The bar stands beside the selection and never covers it. `M` walks messages without a mouse.
 */

import { messagePlace, selectedPlace } from "./scoring-places.js";

const GAP = 8;
const OTHER_WAIT = 900;

export class Pick extends EventTarget {
  /** Tells of `use` {place, praise, number}. `bar` is the toolbar, `pane` the conversation, `rubric` names the row. */
  constructor({ bar, pane, chat, rubric }) {
    super();
    Object.assign(this, { bar, pane, chat, rubric });
    this.place = null;
    this.otherTimer = null;
    document.addEventListener("selectionchange", () => this.#selected());
    pane.addEventListener("scroll", () => this.#stand(), { passive: true });
    addEventListener("resize", () => this.#stand());
    bar.addEventListener("pointerdown", (event) => !event.target.matches("input") && event.preventDefault());
    bar.addEventListener("click", (event) => this.#clicked(event.target.closest("[data-use]")?.dataset.use));
    this.field = bar.querySelector("[data-other-number]");
    this.field.addEventListener("input", () => this.#typed());
    this.field.addEventListener("keydown", (event) => this.#fieldKey(event));
    rubric.addEventListener("activate", () => this.#label());
  }

  /** Take what is picked: evidence or praise for the active criterion. Without a pick nothing happens. */
  use({ praise, number = null }) {
    // A fast hand presses the key before the browser has told of the selection.
    const isOutdated = !this.place || this.place.kind === "message";
    const place = (isOutdated && this.chat && selectedPlace(this.chat)) || this.place;
    if (!place) return false;
    this.drop();
    this.dispatchEvent(new CustomEvent("use", { detail: { place, praise, number } }));
    return true;
  }

  /** Offer a place that comes from elsewhere: a range on the waveform, standing beside `anchor`. */
  offer(place, anchor) {
    this.anchor = anchor;
    this.#hold(place);
  }

  drop() {
    document.getSelection().removeAllRanges();
    this.#hold(null);
    this.anchor = null;
  }

  /** Ask for the number of another criterion. */
  askOther() {
    if (!this.place) return;
    this.field.hidden = false;
    this.field.value = "";
    this.field.focus();
    this.#stand();
  }

  /** Go to the messages, or one on; the one with the focus is the pick. */
  walk(direction) {
    const turns = [...(this.chat?.querySelectorAll("[data-turn]") ?? [])];
    if (!turns.length) return;
    const at = turns.indexOf(document.activeElement?.closest("[data-turn]"));
    const seen = at >= 0 ? at + direction : turns.findIndex((turn) => turn.getBoundingClientRect().bottom > this.pane.getBoundingClientRect().top + 40);
    const turn = turns[Math.min(turns.length - 1, Math.max(0, seen))];
    document.getSelection().removeAllRanges();
    turn.focus({ preventScroll: true });
    turn.scrollIntoView({ block: "nearest" });
    this.#hold(messagePlace(turn));
  }

  get isWalking() {
    return Boolean(document.activeElement?.closest?.("[data-turn]"));
  }

  /** Select word by word from the beginning of the message that has the focus. */
  extend(direction) {
    const text = document.activeElement?.querySelector?.("[data-text]");
    const selection = document.getSelection();
    if (selection.isCollapsed) {
      if (!text) return;
      selection.collapse(text, 0);
    }
    selection.modify("extend", direction, "word");
  }

  #selected() {
    const place = this.chat && selectedPlace(this.chat);
    if (place) this.#hold(place);
    else if (this.place?.kind === "span" && document.activeElement !== this.field) this.#hold(null);
  }

  #hold(place) {
    this.place = place;
    this.bar.hidden = !place;
    this.field.hidden = true;
    if (!place) return;
    this.#label();
    this.#stand();
  }

  #label() {
    const number = this.rubric.active?.dataset.number ?? "";
    this.bar.querySelector("[data-active-number]").textContent = number;
  }

  /** Below the selection's last line where there is room, otherwise above its first; always inside the pane. */
  #stand() {
    if (!this.place || this.bar.hidden) return;
    const box = (this.place.range ?? this.anchor).getBoundingClientRect();
    const pane = this.pane.getBoundingClientRect();
    const own = this.bar.getBoundingClientRect();
    const above = box.top - own.height - GAP;
    const top = above > pane.top ? above : box.bottom + GAP;
    const left = Math.min(Math.max(box.right - own.width / 2, pane.left + GAP), pane.right - own.width - GAP);
    this.bar.style.top = `${Math.round(Math.min(top, innerHeight - own.height - GAP))}px`;
    this.bar.style.left = `${Math.round(left)}px`;
  }

  #clicked(use) {
    if (use === "other") this.askOther();
    else if (use) this.use({ praise: use === "praise" });
  }

  #typed() {
    clearTimeout(this.otherTimer);
    const number = Number(this.field.value);
    if (!this.rubric.byNumber(number)) return;
    const couldGoOn = this.rubric.rows.some((row) => row.dataset.number.length > this.field.value.length && row.dataset.number.startsWith(this.field.value));
    this.otherTimer = setTimeout(() => this.#takeOther(), couldGoOn ? OTHER_WAIT : 0);
  }

  #takeOther() {
    clearTimeout(this.otherTimer);
    const number = Number(this.field.value);
    if (!this.rubric.byNumber(number)) return;
    this.rubric.byNumber(number).focus({ preventScroll: true });
    this.use({ praise: false, number });
  }

  #fieldKey(event) {
    if (event.key === "Enter") this.#takeOther();
    if (event.key === "Escape") this.drop();
    if (event.key === "Enter" || event.key === "Escape") event.preventDefault();
  }
}
