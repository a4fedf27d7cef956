/* The transcript beside a player: the turn that is heard is framed and kept in view; a turn's time leads to its sound. */

export function followTranscript(root, tracks, seek) {
  const turns = [...root.querySelectorAll("[data-turn][data-start]")];
  const starts = turns.map((turn) => Number(turn.dataset.start));
  let shown = null;
  turns.forEach((turn, place) => turn.querySelector(".turn-time")?.addEventListener("click", () => seek(starts[place])));
  tracks.onTime((time) => {
    const place = starts.findLastIndex((start) => start <= time);
    const turn = turns[place] ?? null;
    if (turn === shown) return;
    shown?.classList.remove("is-playing");
    turn?.classList.add("is-playing");
    if (turn && tracks.isPlaying) turn.scrollIntoView({ block: "nearest" });
    shown = turn;
  });
}
