/*
 * The foot: sums as the server computed them, the way to the first missing item, submit and the next sample.
 */

const PREFETCH_SHARE = 0.8;

export class Submit {
  constructor({ root, given, saver, rubric, status, confirmCritical }) {
    Object.assign(this, { root, given, saver, rubric, status, confirmCritical });
    this.button = root.querySelector("[data-submit]");
    this.foot = root.querySelector("[data-foot-sums]");
    this.next = given.next;
    this.busy = false;
    this.button.addEventListener("click", () => this.run());
    root.querySelector("[data-leave-page]").addEventListener("click", (event) => this.#leave(event));
    this.#prefetch(given.share);
  }

  /** Repaint from the state of a save. */
  show(state) {
    this.next = state.next;
    this.foot.innerHTML = state.foot;
    this.button.querySelector("[data-words]").textContent = state.next.text;
    const unusable = this.root.querySelector("[data-unusable-button]");
    if (unusable) unusable.disabled = state.started;
    this.#prefetch(state.share);
  }

  /** Go to what is missing, otherwise submit and open the next. */
  async run() {
    if (this.busy || this.saver.halted) return;
    this.busy = true;
    try {
      // Answers first: what is missing is judged by what the server has.
      if (await this.saver.flush()) await this.#submit(false);
    } finally {
      this.busy = false;
    }
  }

  async #submit(confirmed) {
    if (this.next.code) return this.#go(this.next.code);
    const body = { revision: this.saver.revision, confirmed, seconds: this.saver.takeSeconds() };
    const response = await this.saver.post(this.given.submitUrl, body).catch(() => null);
    if (!response) return this.status.show({ kind: "offline", count: this.saver.waiting });
    if (response.status === 401) return this.saver.dispatchEvent(new CustomEvent("signedout"));
    const answer = await response.json();
    if (response.ok) return location.assign(answer.url);
    if (answer.why === "critical") return (await this.confirmCritical(answer)) ? this.#submit(true) : null;
    if (answer.why === "missing") return this.#go(answer.code);
    return this.saver.dispatchEvent(new CustomEvent(answer.why === "changed" ? "conflict" : "closed", { detail: answer }));
  }

  #go(code) {
    this.rubric.activate(this.rubric.row(code));
  }

  async #leave(event) {
    if (!this.saver.waiting) return;
    event.preventDefault();
    if (await this.saver.flush()) location.assign(event.target.closest("a").href);
  }

  /** Near the end the next sample is prepared, so that it stands there at once; nothing counts as opened by this. */
  async #prefetch(share) {
    if (share < PREFETCH_SHARE || this.prefetched) return;
    this.prefetched = true;
    const response = await this.saver.post(this.given.prepareUrl, {}).catch(() => null);
    const { url, also = [] } = response?.ok ? await response.json() : {};
    for (const href of [url, ...also].filter(Boolean)) {
      const link = document.createElement("link");
      Object.assign(link, { rel: "prefetch", href });
      document.head.append(link);
    }
  }
}
