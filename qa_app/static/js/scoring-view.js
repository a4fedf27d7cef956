/*
 * The read-only inspection: evidence is painted in the conversation, tags and quotes lead to each other, a range plays.
 */

import { bindKeys } from "./app.js";
import { Evidence } from "./scoring-evidence.js";
import { connectPlayer } from "./scoring-player.js";
import { Rubric } from "./scoring-rubric.js";

const root = document.querySelector("[data-view]");
if (root) start();

async function start() {
  const rubric = new Rubric(root.querySelector("[data-rubric]"));
  const evidence = new Evidence({ chat: root.querySelector("[data-chat]"), rubric, template: null });
  root.addEventListener("click", (event) => {
    const link = event.target.closest("[data-show]");
    const proof = link && evidence.proofs.find((known) => known.token === link.dataset.show);
    if (!proof) return;
    event.preventDefault();
    evidence.jump(proof);
  });
  // Lost points first, then praise, as they are read from the top.
  const places = [...root.querySelectorAll(".lost-item [data-show]"), ...root.querySelectorAll(".quote.good [data-show]")];
  const walk = (step) => {
    const place = places[Math.min(Math.max(places.indexOf(document.activeElement) + step, 0), places.length - 1)];
    place?.focus();
    place?.click();
  };
  bindKeys({ j: () => walk(1), k: () => walk(-1) });
  await connectPlayer({ root, evidence, pick: { offer: () => {} } });
  root.dataset.ready = "true";
}
