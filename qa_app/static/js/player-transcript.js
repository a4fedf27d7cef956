/*
 * The transcript beside a player: the turn that is heard is framed and kept in view; a turn's time leads to its sound.
 * Who scrolls is left alone for a while: they are reading elsewhere.
 */

const LEFT_ALONE_MILLISECONDS = 6000;

export function followTranscript(root, tracks, seek) {
  const turns = [...root.querySelectorAll("[data-turn][data-start]")];
  const starts = turns.map((turn) => Number(turn.dataset.start));
  let shown = null;
  let last = 0;
  let scrolled = -LEFT_ALONE_MILLISECONDS;
  ["wheel", "touchmove"].forEach((name) => root.addEventListener(name, () => { scrolled = performance.now(); }, { passive: true }));
  turns.forEach((turn, place) => turn.querySelector(".turn-time")?.addEventListener("click", () => {
    scrolled = -LEFT_ALONE_MILLISECONDS;
    seek(starts[place]);
  }));
  tracks.onTime((time) => {
    const isMoving = tracks.isPlaying || Math.abs(time - last) > 1;
    last = time;
    const turn = turns[starts.findLastIndex((start) => start <= time + 0.01)] ?? null;
    if (turn === shown) return;
    shown?.classList.remove("is-playing");
    shown?.removeAttribute("aria-current");
    turn?.classList.add("is-playing");
    turn?.setAttribute("aria-current", "true");
    const isFree = performance.now() - scrolled >= LEFT_ALONE_MILLISECONDS;
    if (turn && isMoving && isFree) turn.scrollIntoView({ block: "nearest" });
    shown = turn;
  });
}
