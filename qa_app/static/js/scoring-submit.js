/*
 * The foot: sums as the server computed them, the way to the first missing item, submit and the next sample.
 */

const PREFETCH_SHARE = 0.8;
// As long as browsers keep what was fetched ahead.
const PREFETCH_KEEPS = 5 * 60 * 1000;

export class Submit {
  constructor({ root, given, saver, rubric, status, confirmCritical }) {
    Object.assign(this, { root, given, saver, rubric, status, confirmCritical });
    this.button = root.querySelector("[data-submit]");
    this.foot = root.querySelector("[data-foot-sums]");
    this.next = given.next;
    this.busy = false;
    this.prefetchedAt = -Infinity;
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
    this.from = document.activeElement;
    try {
      // What is missing is judged by what the server has: answers go first, and with the last one given along with it.
      if (this.rubric.isAnswered) await this.#submit(false);
      else if ((await this.saver.flush()) && this.next.code) this.#go(this.next.code);
      else if (!this.saver.waiting) await this.#submit(false);
    } finally {
      this.busy = false;
    }
  }

  async #submit(confirmed) {
    const save = await this.saver.pack();
    if (!save && this.saver.waiting) return null;
    if (!save && this.next.code) return this.#go(this.next.code);
    const body = { revision: this.saver.revision, confirmed, seconds: this.saver.takeSeconds(), ...(save && { save }) };
    const response = await this.saver.post(this.given.submitUrl, body).catch(() => null);
    if (response?.ok) return this.#open((await response.json()).url);
    this.saver.unpack();
    if (!response || response.status >= 500) return this.#waitForServer();
    if (response.type === "opaqueredirect" || response.status === 401) return this.saver.dispatchEvent(new CustomEvent("signedout"));
    const answer = response.status === 409 ? await response.json() : {};
    if (answer.why === "critical" && (await this.confirmCritical(answer))) return this.#submit(true);
    if (answer.why === "critical" || answer.why === "missing") await this.saver.flush();
    if (answer.why === "critical") return null;
    if (answer.why === "missing") return this.#go(answer.code);
    return this.saver.refuse(answer);
  }

  #open(url) {
    this.saver.packArrived();
    location.assign(url);
  }

  #waitForServer() {
    this.status.show({ kind: "offline", count: this.saver.waiting });
    // What waits goes on trying by itself; the button is pressed again by the person.
    return this.saver.flush();
  }

  /** To what is missing, unless the person has moved on while the server was asked. */
  #go(code) {
    if (document.activeElement === this.from) this.rubric.activate(this.rubric.row(code));
  }

  async #leave(event) {
    if (!this.saver.waiting) return;
    event.preventDefault();
    if (await this.saver.flush()) location.assign(event.target.closest("a").href);
  }

  /** Near the end the next sample is prepared, so that it stands there at once; nothing counts as opened by this. */
  async #prefetch(share) {
    if (share < PREFETCH_SHARE || Date.now() - this.prefetchedAt < PREFETCH_KEEPS) return;
    this.prefetchedAt = Date.now();
    const response = await this.saver.post(this.given.prepareUrl, {}).catch(() => null);
    const { url, waveform } = response?.ok ? await response.json() : {};
    [url, waveform].filter(Boolean).forEach(fetchAhead);
  }
}

function fetchAhead(url) {
  document.head.querySelector(`link[rel=prefetch][href="${url}"]`)?.remove();
  const link = document.createElement("link");
  Object.assign(link, { rel: "prefetch", href: url });
  document.head.append(link);
}
