// Reviewing sheets by keyboard: J next, K previous, R reviewed and next.
import { bindKeys } from "/static/js/app.js";

const follow = (selector) => () => document.querySelector(selector)?.click();

bindKeys({
  j: follow("[data-next]"),
  k: follow("[data-previous]"),
  r: () => document.querySelector("[data-review]")?.requestSubmit(),
});
