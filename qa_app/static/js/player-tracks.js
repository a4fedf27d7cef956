/*
 * One or two sound files of a call as one: the first sets the clock, the other is kept in step with it. A file that
 * begins later waits for its turn.
 */

const OUT_OF_STEP_SECONDS = 0.15;

export class Tracks {
  #others;
  #timeListeners = [];
  #stateListeners = [];

  constructor(elements, onPlay) {
    const [master, ...others] = elements;
    this.master = master;
    this.#others = others.map((element) => ({ element, delay: Number(element.dataset.delay) }));
    master.addEventListener("play", () => {
      onPlay();
      this.#keepStep();
      this.#tellState();
    });
    master.addEventListener("pause", () => {
      this.#others.forEach(({ element }) => element.pause());
      this.#tellState();
    });
    ["timeupdate", "seeking", "seeked"].forEach((name) => master.addEventListener(name, () => this.#moved()));
  }

  get time() {
    return this.master.currentTime;
  }

  get isPlaying() {
    return !this.master.paused;
  }

  get rate() {
    return this.master.playbackRate;
  }

  set rate(rate) {
    [this.master, ...this.#others.map(({ element }) => element)].forEach((element) => {
      element.preservesPitch = true;
      element.playbackRate = rate;
    });
  }

  play() {
    // A pause that comes before the sound has loaded breaks the promise off; that is no error. A sound that cannot be
    // played is told by the player.
    return this.master.play().catch((error) => {
      if (!["AbortError", "NotSupportedError"].includes(error.name)) throw error;
    });
  }

  pause() {
    this.master.pause();
  }

  /** Before the first play nothing is loaded: the browser keeps the wanted place until it is. */
  seek(time) {
    this.master.currentTime = time;
    this.#moved();
  }

  /** Fetch the sound anew, staying where one is. */
  reload() {
    const { time, isPlaying, rate } = this;
    [this.master, ...this.#others.map(({ element }) => element)].forEach((element) => element.load());
    this.rate = rate;
    this.seek(time);
    if (isPlaying) this.play();
  }

  onTime(listener) {
    this.#timeListeners.push(listener);
  }

  onState(listener) {
    this.#stateListeners.push(listener);
  }

  #moved() {
    this.#keepStep();
    this.#timeListeners.forEach((listener) => listener(this.time));
  }

  #tellState() {
    this.#stateListeners.forEach((listener) => listener(this.isPlaying));
  }

  #keepStep() {
    this.#others.forEach(({ element, delay }) => {
      const wanted = this.time - delay;
      if (wanted < 0) {
        element.pause();
        return;
      }
      if (Math.abs(element.currentTime - wanted) > OUT_OF_STEP_SECONDS) element.currentTime = wanted;
      if (this.isPlaying && element.paused && !element.ended) element.play().catch(() => {});
    });
  }
}
