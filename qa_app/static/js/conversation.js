/* The player's keys on the page of one conversation: on controls and in text fields the browser's own keys go first. */

import { tinykeys } from "/static/vendor/tinykeys.js";

import { bindKeys } from "./app.js";
import { attachPlayer } from "./player.js";

const element = document.querySelector("[data-player]");
if (element) start(await attachPlayer(element));

function start(player) {
  const starts = [...document.querySelectorAll("[data-turn][data-start]")].map((turn) => Number(turn.dataset.start));
  const outsideControls = (act) => (event) => {
    if (event.target.closest("button, a, input, select, textarea, summary, audio, dialog")) return;
    event.preventDefault();
    act();
  };
  tinykeys(window, {
    Space: outsideControls(() => player.toggle()),
    ArrowLeft: outsideControls(() => player.seek(player.time() - 5)),
    ArrowRight: outsideControls(() => player.seek(player.time() + 5)),
  });
  bindKeys({
    "Shift+Space": () => player.toggle(),
    ",": () => player.seek(starts.filter((at) => at < player.time() - 1).at(-1) ?? 0),
    ".": () => player.seek(starts.find((at) => at > player.time() + 0.1) ?? player.time()),
    "-": () => player.rate(-1),
    "=": () => player.rate(1),
    s: () => player.skipSilence(),
    a: () => player.mute("agent"),
    c: () => player.mute("customer"),
    z: () => player.zoom(1),
    "Shift+z": () => player.zoom(-1),
  });
  element.dataset.ready = "true";
}
