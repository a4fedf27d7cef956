/*
 * The read-only inspection: evidence is painted in the conversation, tags and quotes lead to each other, a range plays.
 */

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
  await connectPlayer({ root, evidence, pick: { offer: () => {} } });
  root.dataset.ready = "true";
}
