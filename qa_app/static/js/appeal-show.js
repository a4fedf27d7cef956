/*
 * One appeal: keys 1 2 3 decide about the active answer, the preview follows every choice, a quote leads to its place.
 */

import { bindKeys } from "./app.js";
import { paint, showTurn } from "./scoring-places.js";
import { connectPlayer } from "./scoring-player.js";

const root = document.querySelector("[data-appeal]");
async function start() {
  const form = root.querySelector("[data-decide]");
  if (form) decide(form);
  const chat = root.querySelector("[data-chat]");
  const places = [...root.querySelectorAll("[data-show-turn]")];
  const evidence = Object.assign(new EventTarget(), { proofs: places.map(proofOf) });
  if (chat) paint(chat, evidence.proofs);
  root.addEventListener("click", (event) => {
    const link = event.target.closest("[data-show-turn]");
    if (!link) return;
    const proof = proofOf(link, places.indexOf(link));
    if (proof.kind === "range") evidence.dispatchEvent(new CustomEvent("range", { detail: { proof, play: true } }));
    if (chat && proof.turn !== null) showTurn(chat, proof.turn);
  });
  await connectPlayer({ root, evidence, pick: { offer: () => {} } });
  root.dataset.ready = "true";
}

/** A quote as `scoring-places.js` paints it: the inspector's as lost, the agent's as kept. */
function proofOf(link, index) {
  const { showTurn: turn, kind, from, to, start: begins, end, side, number } = link.dataset;
  const value = (text) => (text === undefined || text === "" ? null : Number(text));
  return { token: `place-${index}`, turn: value(turn), kind, from: value(from), to: value(to), start: value(begins), end: value(end), lost: side === "loss", praise: side === "good", number: value(number) };
}

function decide(form) {
  const points = [...form.querySelectorAll("[data-point]")];
  let active = points[0] ?? form;
  const show = (point) => {
    active = point;
    for (const one of points) one.classList.toggle("is-active", one === point);
  };
  form.addEventListener("focusin", (event) => {
    const point = event.target.closest("[data-point]");
    if (point) show(point);
  });
  form.addEventListener("change", () => {
    for (const point of points) follow(point);
    preview(form);
  });
  points.forEach(follow);
  const step = (direction) => {
    const next = points[Math.min(points.length - 1, Math.max(0, points.indexOf(active) + direction))];
    if (!next) return;
    next.focus();
    show(next);
  };
  const choose = (number) => {
    const choice = active.querySelector(`[data-verdict="${number}"]`);
    if (!choice) return;
    choice.checked = true;
    choice.focus({ preventScroll: true });
    choice.dispatchEvent(new Event("change", { bubbles: true }));
  };
  bindKeys({ j: () => step(1), k: () => step(-1), 1: () => choose(1), 2: () => choose(2), 3: () => choose(3), c: () => active.querySelector("textarea")?.focus() });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
    if (event.key === "Escape" && event.target.matches("textarea")) event.target.blur();
  });
  form.querySelector("[data-preview-button]")?.remove();
  preview(form);
}

/** The answers to choose from are asked for only where the decision is "otherwise". */
function follow(point) {
  const box = point.querySelector("[data-otherwise]");
  if (box) box.hidden = point.querySelector("[data-verdict]:checked")?.value !== "partly";
}

let asked = 0;

/** Ask the server what the score becomes: there is no second formula here. */
async function preview(form) {
  const box = form.querySelector("[data-preview]");
  const url = root.dataset.previewUrl;
  const points = [...form.querySelectorAll("[data-point]")];
  if (!box || !url || !points.every((point) => point.querySelector("[data-verdict]:checked"))) return;
  const number = ++asked;
  const body = new FormData(form);
  const answer = await fetch(url, { method: "POST", body, headers: { "X-CSRFToken": document.querySelector("meta[name=csrf-token]").content } });
  if (!answer.ok || number !== asked) return;
  const open = box.querySelector(".also");
  const text = await answer.text();
  // What is being answered stays as it is: only the figures above it follow.
  const fresh = new DOMParser().parseFromString(text, "text/html").body;
  if (open && open.contains(document.activeElement)) box.querySelector("p").replaceWith(fresh.querySelector("p"));
  else box.replaceChildren(...fresh.childNodes);
}

if (root) start();
