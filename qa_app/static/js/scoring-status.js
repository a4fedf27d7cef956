/*
 * The one place that says whether the work is safe (top right, `role=status`), the bar for conflicts, and the line for
 * screen readers after an answer.
 */

export class Status {
  constructor(root, texts) {
    Object.assign(this, { root, texts });
    this.place = root.querySelector("[data-status]");
    this.bar = root.querySelector("[data-bar]");
    this.speech = root.querySelector("[data-speech]");
    this.last = null;
    root.addEventListener("change", (event) => (this.last = event.target.closest(".crit") ?? this.last));
  }

  /** `saving`, `saved` with the time, `offline` with the count of what is kept here. */
  show({ kind, at, count }) {
    if (this.closed) return;
    this.place.dataset.kind = kind;
    const words = this.place.querySelector("[data-words]");
    if (kind === "saving") words.textContent = this.texts.saving;
    if (kind === "saved") words.textContent = this.texts.saved.replace("{time}", at);
    if (kind === "offline") words.textContent = this.texts.offline.replace("{count}", count);
  }

  /** Say the answer just given with what it is worth: “9, No blaming: No, 0 / 7, evidence needed”. */
  announce(rubric, state) {
    const row = this.last;
    this.last = null;
    const now = row && state.rows[row.dataset.criterion];
    if (!now) return;
    const title = row.querySelector(".crit-name").textContent;
    const parts = [`${rubric.wordsOf(row)}`, now.spoken];
    this.speech.textContent = `${row.dataset.number}, ${title}: ${parts.filter(Boolean).join(", ")}`;
  }

  /** Something changed elsewhere: the page goes on, the bar leads to the comparison. */
  conflict({ text }, settle) {
    this.#showBar(text);
    const button = this.bar.querySelector("[data-compare]");
    button.hidden = false;
    button.onclick = settle;
    this.place.dataset.kind = "conflict";
    this.place.querySelector("[data-words]").textContent = this.texts.conflict;
  }

  /** The inspection was submitted, handed over or replaced elsewhere: read-only, with the reason. */
  close({ text }) {
    this.closed = true;
    this.#showBar(text);
    this.bar.querySelector("[data-leave]").hidden = false;
    this.place.dataset.kind = "closed";
    this.place.querySelector("[data-words]").textContent = this.texts.closed;
    for (const field of this.root.querySelectorAll("[data-rubric] input, [data-rubric] textarea, [data-foot] button, [data-forget]")) {
      field.disabled = true;
    }
    this.root.classList.add("is-closed");
  }

  #showBar(text) {
    this.bar.hidden = false;
    this.bar.querySelector("[data-bar-text]").textContent = text;
  }
}
