/*
 * Autosave: every change goes to the server 400 ms after the last one, one request at a time, with the revision the
 * page stands on. What has not arrived is kept for this tab (answers and offsets, never words of the conversation) and
 * sent again by itself; a save whose answer was lost carries its token, so the server does not apply it twice.
 */

import { askSession, takeToken } from "./session.js";

const WAIT = 400;
const RETRY_FIRST = 1500;
const RETRY_LONGEST = 30000;
const IDLE_AFTER = 60000;

export class Saver extends EventTarget {
  /** `settings`: {url, revision, csrf, store, refusedText}. Tells of `status`, `state`, `conflict`, `closed`, `signedout`. */
  constructor(settings) {
    super();
    Object.assign(this, settings);
    this.pending = new Map();
    this.sending = null;
    this.flying = null;
    this.timer = null;
    this.delay = RETRY_FIRST;
    this.halted = false;
    this.packed = false;
    this.seconds = 0;
    this.#countSeconds();
    addEventListener("online", () => this.flush());
    addEventListener("pagehide", () => this.#sendLast());
    addEventListener("pageshow", () => this.unpack());
    document.addEventListener("visibilitychange", () => document.hidden && this.flush());
  }

  /** What this tab kept of an earlier visit, to be shown again before it is sent. */
  restore() {
    const kept = JSON.parse(sessionStorage.getItem(this.store) ?? "null");
    if (!kept) return [];
    this.sending = kept.sending;
    for (const change of kept.pending) this.pending.set(change.key, change);
    const changes = [...(kept.sending?.changes ?? []), ...kept.pending];
    if (changes.length) this.#later(0);
    return changes;
  }

  /** Note a change; a later one with the same key takes its place. */
  note(change, { now = false } = {}) {
    this.pending.set(change.key, { ...change, at: Date.now() });
    this.#keep();
    this.#tell("status", { kind: "saving" });
    this.#later(now ? 0 : WAIT);
  }

  /** Take a change back that was not sent yet; true when there was one. */
  take(key) {
    const was = this.pending.delete(key);
    this.#keep();
    return was;
  }

  get waiting() {
    return this.pending.size + (this.sending?.changes.length ?? 0);
  }

  /** Send what is there; resolves when everything arrived, or false when it could not, or something carries it now. */
  async flush() {
    clearTimeout(this.timer);
    if (this.halted || this.packed) return false;
    if (this.flying) {
      await this.flying;
      return this.waiting ? this.flush() : true;
    }
    if (!this.waiting) return true;
    this.flying = this.#send();
    const done = await this.flying;
    this.flying = null;
    return done && this.waiting ? this.flush() : done;
  }

  /**
   * What waits, to travel with another request: one save, or null where nothing waits. It stays kept here until
   * `packArrived` says that it got there; until then, or `unpack`, nothing else is sent.
   */
  async pack() {
    clearTimeout(this.timer);
    if (this.flying) await this.flying;
    // One save at a time: what could not be sent before goes first, alone.
    if (this.sending && !(await this.flush())) return null;
    this.packed = true;
    if (this.waiting) this.#fill();
    this.#keep();
    return this.sending;
  }

  /** The other request came back without having been taken: what it carried is sent from here again. */
  unpack() {
    this.packed = false;
  }

  packArrived() {
    this.sending = null;
    this.#keep();
  }

  /** Go on from the revision of the other side, after a conflict was settled. */
  resume(revision, changes) {
    this.revision = revision;
    this.sending = null;
    this.pending = new Map(changes.map((change) => [change.key, change]));
    this.halted = false;
    this.#keep();
    return this.flush();
  }

  /** Seconds of attention since they were last taken. */
  takeSeconds() {
    const taken = this.seconds;
    this.seconds = 0;
    return taken;
  }

  async #send() {
    if (!this.sending) this.#fill();
    this.#keep();
    this.#tell("status", { kind: "saving" });
    let response;
    try {
      response = await this.post(this.url, this.sending);
    } catch {
      return this.#retry();
    }
    if (response.type === "opaqueredirect" || response.status === 401) return this.#stop("signedout", {});
    if (response.status === 409) return this.refuse(await response.json());
    if (response.status === 400) return this.refuse({});
    if (!response.ok) return this.#retry();
    return this.#arrived(await response.json());
  }

  /**
   * POST JSON to our own server; throws when there is no network. Whoever signed in again in another window has a new
   * token: what was refused goes once more with that.
   */
  async post(url, body, options) {
    const response = await this.#postOnce(url, body, options);
    if (response.status !== 400) return response;
    const session = await askSession();
    if (!session?.signed_in) return response;
    this.csrf = session.token;
    takeToken(session.token);
    return this.#postOnce(url, body, options);
  }

  #postOnce(url, body, { keepalive = false } = {}) {
    const headers = { "Content-Type": "application/json", "X-CSRFToken": this.csrf, Accept: "application/json" };
    return fetch(url, { method: "POST", headers, body: JSON.stringify(body), redirect: "manual", keepalive });
  }

  #fill() {
    this.sending = {
      token: crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`,
      revision: this.revision,
      seconds: this.takeSeconds(),
      changes: [...this.pending.values()],
    };
    this.pending.clear();
  }

  #arrived(state) {
    this.sending = null;
    this.delay = RETRY_FIRST;
    this.revision = state.revision;
    // What was added and taken back while it was under way is known to the server by another name.
    for (const change of this.pending.values()) {
      if (change.kind === "forget" && change.token in state.tokens) change.token = String(state.tokens[change.token]);
    }
    this.#keep();
    this.#tell("state", state);
    if (!this.pending.size) this.#tell("status", { kind: "saved", at: state.saved });
    return true;
  }

  /** The server takes nothing more from the page as it stands: halt and say why, as far as it said. */
  refuse(body) {
    return this.#stop(body.why === "changed" ? "conflict" : "closed", { text: this.refusedText, ...body });
  }

  #stop(kind, detail) {
    this.#keep();
    this.halted = kind !== "signedout";
    this.#tell(kind, detail);
    return false;
  }

  #retry() {
    this.#tell("status", { kind: "offline", count: this.waiting });
    this.#later(this.delay);
    this.delay = Math.min(this.delay * 2, RETRY_LONGEST);
    return false;
  }

  #sendLast() {
    if (this.halted || this.flying || !this.waiting) return;
    if (!this.sending) this.#fill();
    this.#keep();
    this.post(this.url, this.sending, { keepalive: true }).catch(() => {});
  }

  #later(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), wait);
  }

  #keep() {
    if (!this.waiting) return sessionStorage.removeItem(this.store);
    const bare = ({ quote, ...rest }) => rest;
    const sending = this.sending && { ...this.sending, changes: this.sending.changes.map(bare) };
    return sessionStorage.setItem(this.store, JSON.stringify({ sending, pending: [...this.pending.values()].map(bare) }));
  }

  #countSeconds() {
    let last = Date.now();
    for (const kind of ["keydown", "pointerdown", "pointermove", "wheel"]) {
      addEventListener(kind, () => (last = Date.now()), { passive: true, capture: true });
    }
    setInterval(() => {
      if (!document.hidden && Date.now() - last < IDLE_AFTER) this.seconds += 1;
    }, 1000);
  }

  #tell(kind, detail) {
    this.dispatchEvent(new CustomEvent(kind, { detail }));
  }
}
