/*
 * A new appeal: places in the conversation are taken for the answer that is active, by mouse, touch or keyboard.
 * Without this module the form works, only without places.
 */

import { bindKeys } from "./app.js";
import { Pick } from "./scoring-pick.js";
import { connectPlayer } from "./scoring-player.js";

const root = document.querySelector("[data-appeal-new]");
/** The rows as the pick bar knows a rubric: which is active, which has a number. */
class Rows extends EventTarget {
  constructor(element) {
    super();
    this.rows = [...element.querySelectorAll("[data-dispute-row]")];
    this.active = this.rows.find((row) => row.querySelector("[data-tick]").checked) ?? this.rows[0];
    element.addEventListener("focusin", (event) => this.activate(event.target.closest("[data-dispute-row]")));
    this.activate(this.active);
  }

  byNumber(number) {
    return this.rows.find((row) => Number(row.dataset.number) === number);
  }

  activate(row) {
    if (!row) return;
    this.active = row;
    for (const one of this.rows) one.classList.toggle("is-active", one === row);
    this.dispatchEvent(new Event("activate"));
  }

  step(direction) {
    const seen = this.rows.filter((row) => row.offsetParent);
    const next = seen[Math.min(seen.length - 1, Math.max(0, seen.indexOf(this.active) + direction))];
    next?.querySelector("[data-tick]").focus();
  }

  tick() {
    this.active?.querySelector("[data-tick]").click();
  }
}

async function start() {
  const rows = new Rows(root.querySelector("[data-disputes]"));
  const chat = root.querySelector("[data-chat]");
  const pick = new Pick({ bar: document.querySelector("[data-pick]"), pane: root.querySelector("[data-conversation]"), chat, rubric: rows });
  pick.addEventListener("use", ({ detail: { place, number } }) => add(rows, place, number));
  root.addEventListener("click", (event) => event.target.closest("[data-forget]")?.closest("[data-places] li").remove());
  followKind(root);
  keys(rows, pick, chat);
  await connectPlayer({ root, evidence: Object.assign(new EventTarget(), { proofs: [] }), pick });
  root.dataset.ready = "true";
}

/** A place becomes a line and a hidden field of the answer; the answer is then disputed. */
function add(rows, place, number) {
  const row = (number && rows.byNumber(number)) || rows.active;
  if (!row) return;
  const line = document.getElementById("place-line").content.firstElementChild.cloneNode(true);
  line.querySelector("[data-time]").textContent = place.time ?? "";
  line.querySelector("[data-quote]").textContent = place.quote ?? "";
  const field = line.querySelector("input");
  field.name = `place-${row.dataset.criterion}`;
  field.value = written(place);
  const tick = row.querySelector("[data-tick]");
  if (!tick.checked) tick.click();
  row.querySelector("[data-places]").append(line);
  rows.activate(row);
}

function written(place) {
  if (place.kind === "message") return `message:${place.turn}`;
  if (place.kind === "range") return `range:${place.start}:${place.end}`;
  return `span:${place.turn}:${place.from}:${place.to}`;
}

/** Whose conversation it was is about the whole of it: no answers are named. */
function followKind(element) {
  const disputes = element.querySelector("[data-disputes]");
  const show = () => { disputes.hidden = element.querySelector("[data-kind]:checked")?.value === "wrong_agent"; };
  element.addEventListener("change", (event) => event.target.matches("[data-kind]") && show());
  show();
}

function keys(rows, pick, chat) {
  const walking = (run) => () => pick.isWalking && run();
  bindKeys({
    j: () => rows.step(1),
    k: () => rows.step(-1),
    x: () => rows.tick(),
    e: () => pick.use({ praise: false }),
    o: () => pick.askOther(),
  });
  if (chat) bindKeys({ m: () => pick.walk(1) });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) document.getElementById("appeal-form").requestSubmit();
    if (!pick.isWalking || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
    walking(() => pick.walk(event.key === "ArrowDown" ? 1 : -1))();
  });
}

if (root) start();
