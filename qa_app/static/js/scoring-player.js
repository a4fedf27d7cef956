/*
 * Joins the player of the conversations room to the scoring page: a range drawn on the waveform or set with [ and ] is
 * offered as a place, evidence stands on the waveform, a line of evidence plays its part.
 */

/** The player's manners as the keys need them, or null where there is no recording. */
export async function connectPlayer({ root, evidence, pick }) {
  const element = root.querySelector("[data-player]");
  if (!element) return null;
  const { attachPlayer, clock } = await import("./player.js");
  const player = await attachPlayer(element);
  const turns = [...root.querySelectorAll("[data-turn][data-start]")];
  let start = null;

  const offer = (from, to) => {
    if (to - from < 0.2) return;
    pick.offer({ kind: "range", turn: null, start: round(from), end: round(to), quote: wordsIn(turns, from, to), time: `${clock(from)}–${clock(to)}` }, element);
  };
  const draw = () => evidence.proofs.filter((proof) => proof.kind === "range").forEach((proof) => player.addMark(markOf(proof)));

  player.onRange(offer);
  evidence.addEventListener("add", () => {
    player.removeMark("selection");
    draw();
  });
  evidence.addEventListener("forget", (event) => player.removeMark(event.detail.proof.token));
  evidence.addEventListener("range", ({ detail: { proof, play } }) => {
    player.seek(proof.start);
    if (play) player.play(proof.end);
  });
  draw();

  return {
    toggle: () => player.toggle(),
    skip: (seconds) => player.seek(player.time() + seconds),
    rate: (step) => player.rate(step),
    skipSilence: () => player.skipSilence(),
    turn: (direction) => player.seek(startOfTurn(turns, player.time(), direction)),
    rangeEdge: (edge) => {
      if (edge === "start") start = player.time();
      else if (start !== null) {
        player.setRange(start, player.time());
        offer(start, player.time());
      }
    },
  };
}

const round = (seconds) => Math.round(seconds * 100) / 100;

const markOf = (proof) => ({ id: proof.token, start: proof.start, end: proof.end, kind: proof.lost ? "loss" : "good", label: String(proof.number) });

/** The words spoken in a range, for the line until the server has cut its own. */
function wordsIn(turns, from, to) {
  const spoken = turns.filter((turn) => Number(turn.dataset.start) < to && Number(turn.dataset.end || Infinity) > from);
  return spoken.map((turn) => turn.querySelector("[data-text]").textContent).join(" ").slice(0, 160);
}

function startOfTurn(turns, time, direction) {
  const starts = turns.map((turn) => Number(turn.dataset.start));
  if (direction > 0) return starts.find((start) => start > time + 0.1) ?? time;
  return starts.filter((start) => start < time - 1).at(-1) ?? 0;
}
