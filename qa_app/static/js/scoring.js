/*
 * The scoring page: joins rubric, evidence, autosave, player and keys. What each part does stands in its own module;
 * here stands only who tells whom.
 */

import { closeSignedOut, compare, confirmCritical, openSignedOut, openUnusable } from "./scoring-dialogs.js";
import { Evidence } from "./scoring-evidence.js";
import { attachKeys } from "./scoring-keys.js";
import { Pick } from "./scoring-pick.js";
import { connectPlayer } from "./scoring-player.js";
import { Proposals } from "./scoring-proposals.js";
import { Rubric } from "./scoring-rubric.js";
import { Saver } from "./scoring-save.js";
import { Status } from "./scoring-status.js";
import { Submit } from "./scoring-submit.js";
import { unmask } from "./scoring-unmask.js";

const page = document.querySelector("[data-scoring]");
if (page && matchMedia("(min-width: 768px)").matches) start(page, JSON.parse(page.dataset.scoring));

async function start(root, given) {
  const find = (name) => root.querySelector(`[data-${name}]`);
  const csrf = document.querySelector("meta[name=csrf-token]").content;
  const chat = find("chat");
  const rubric = new Rubric(find("rubric"));
  const evidence = new Evidence({ chat, rubric, template: document.querySelector("#proof-line") });
  const proposals = new Proposals({ rubric, chat, evidence });
  const pick = new Pick({ bar: find("pick"), pane: find("conversation"), chat, rubric });
  const saver = new Saver({
    url: given.saveUrl, revision: given.revision, csrf, store: `inspection-${given.id}`, refusedText: given.texts.refused,
  });
  const status = new Status(root, given.texts);
  const submit = new Submit({ root, given, saver, rubric, status, confirmCritical });

  joinSaving({ root, saver, rubric, evidence, proposals, status, submit });
  joinChanges({ root, saver, rubric, evidence, pick });
  restoreKept(saver, rubric, evidence);
  noteOpening(saver, given, find("live"));
  rubric.activate(rubric.row(given.firstOpen) ?? rubric.rows[0]);

  const player = await connectPlayer({ root, evidence, pick, given });
  find("unusable-button")?.addEventListener("click", openUnusable);
  find("unmask")?.addEventListener("click", (event) => unmask(event.currentTarget, chat, () => saver.post(given.unmaskUrl, {})));
  attachKeys(actions({ rubric, proposals, pick, saver, submit, player, find }), { singleKeys: document.body.dataset.keys !== "off" });
  root.dataset.ready = "true";
}

/**
 * Tell the server that the page is looked at; what the page could not know when it was fetched ahead comes back. Where
 * it was answered since, the page is an old one: it is loaded anew, unless something here still has to be sent.
 */
async function noteOpening(saver, { openedUrl, revision }, place) {
  const response = await saver.post(openedUrl, {}).catch(() => null);
  if (!response?.ok) return;
  const now = await response.json();
  place.innerHTML = now.top;
  if (now.revision !== revision && saver.revision === revision && !saver.waiting) location.reload();
}

/** What the server says comes back into the page. */
function joinSaving({ root, saver, rubric, evidence, proposals, status, submit }) {
  saver.addEventListener("status", (event) => status.show(event.detail));
  saver.addEventListener("state", (event) => {
    const state = event.detail;
    rubric.show(state.rows, state.blocks);
    proposals.show(state.rows);
    evidence.rename(state.tokens);
    evidence.refresh();
    submit.show(state);
    status.announce(rubric, state);
    closeSignedOut();
  });
  saver.addEventListener("signedout", () => {
    openSignedOut();
    // Back from signing in in another window: what waits here goes on its way.
    addEventListener("focus", () => saver.flush(), { once: true });
  });
  saver.addEventListener("closed", (event) => status.close(event.detail));
  saver.addEventListener("conflict", (event) => status.conflict(event.detail, () => settle(event.detail, saver, rubric)));
  root.addEventListener("focusout", (event) => event.target.matches("[data-reason]") && saver.flush());
}

/** What the person does goes to the server. */
function joinChanges({ root, saver, rubric, evidence, pick }) {
  root.querySelector("[data-remark]").addEventListener("input", (event) => {
    saver.note({ kind: "remark", key: "remark", text: event.target.value });
  });
  rubric.addEventListener("answer", (event) => {
    saver.note({ kind: "answer", key: `answer:${event.detail.code}`, ...event.detail });
    evidence.refresh();
  });
  evidence.addEventListener("add", (event) => {
    const { proof } = event.detail;
    saver.note({ ...proof, kind: "evidence", place: proof.kind, key: `evidence:${proof.token}` }, { now: true });
  });
  evidence.addEventListener("forget", (event) => {
    const { token } = event.detail.proof;
    if (!saver.take(`evidence:${token}`)) saver.note({ kind: "forget", key: `forget:${token}`, token }, { now: true });
  });
  pick.addEventListener("use", (event) => {
    const { place, praise, number } = event.detail;
    const row = number ? rubric.byNumber(number) : rubric.active;
    if (!row) return;
    evidence.add(place, { code: row.dataset.criterion, praise });
    rubric.active?.focus({ preventScroll: true });
  });
}

function restoreKept(saver, rubric, evidence) {
  for (const change of saver.restore()) {
    if (change.kind === "answer") rubric.put(change.code, change);
    if (change.kind === "evidence") evidence.readd({ ...change, kind: change.place });
    if (change.kind === "forget") evidence.forget(change.token);
  }
}

/** After a conflict: compare, keep what was chosen, and show the page as it now is. */
async function settle(theirs, saver, rubric) {
  const mine = [...(saver.sending?.changes ?? []), ...saver.pending.values()];
  const answers = new Map(mine.filter((change) => change.kind === "answer").map((change) => [change.code, change]));
  const rows = [...answers.values()].map((change) => {
    const row = rubric.row(change.code);
    const there = theirs.answers[change.code];
    const newer = there && there.at > change.at ? "there" : "here";
    const title = `${row.dataset.number} ${row.querySelector(".crit-name").textContent}`;
    return { code: change.code, title, here: rubric.wordsOf(row), there: there?.words ?? "–", newer };
  });
  const stays = rows.length ? await compare(rows) : new Set();
  const kept = mine.filter((change) => change.kind !== "answer" || stays.has(change.code));
  if (await saver.resume(theirs.revision, kept)) location.reload();
}

function actions({ rubric, proposals, pick, saver, submit, player, find }) {
  return {
    submit: () => submit.run(),
    save: () => saver.flush(),
    step: (direction) => rubric.step(direction),
    choose: (number) => rubric.choose(number),
    notApplicable: () => rubric.chooseNotApplicable(),
    unscoreable: () => rubric.turnUnscoreable(),
    confirm: () => proposals.confirm(),
    use: (how) => pick.use(how),
    other: () => pick.askOther(),
    walk: () => pick.walk(0),
    isWalking: () => pick.isWalking,
    extend: (direction) => pick.extend(direction),
    turn: (direction) => (pick.isWalking || !player ? pick.walk(direction) : player.turn(direction)),
    reason: () => rubric.active?.querySelector("[data-reason]")?.focus(),
    unusable: () => find("unusable-button")?.click(),
    escape: () => leave(rubric, pick),
    hasPlayer: () => Boolean(player),
    playPause: () => player?.toggle(),
    seek: (seconds) => player?.skip(seconds),
    rangeEdge: (edge) => player?.rangeEdge(edge),
    rate: (step) => player?.rate(step),
    skipSilence: () => player?.skipSilence(),
  };
}

/** Escape: out of the reason field or the messages, back to the active criterion. */
function leave(rubric, pick) {
  if (document.querySelector("dialog[open]")) return;
  if (pick.place) pick.drop();
  rubric.active?.focus({ preventScroll: true });
}
