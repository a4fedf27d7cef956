/*
 * Muting one voice of a call. Each voice is a channel of a file: a file with one channel is muted as a whole, one with two
 * goes through Web Audio, where a voice that is alone is heard in both ears.
 */

/** How loud each channel comes out of each ear: `gains[channel][ear]`. */
export function mixOf(muted) {
  if (muted.length !== 2) return muted.map((silent) => [silent ? 0 : 1, silent ? 0 : 1]);
  return muted.map((silent, channel) => [0, 1].map((ear) => (!silent && (ear === channel || muted[1 - channel]) ? 1 : 0)));
}

export class Lanes {
  #elements;
  #voices;
  #muted;
  #mixers = new Map();

  constructor(elements, voices) {
    this.#elements = elements;
    this.#voices = voices;
    this.#muted = voices.map(() => false);
  }

  /** Mute or unmute a voice by its place; returns whether it is muted now. */
  toggle(place) {
    this.#muted[place] = !this.#muted[place];
    this.#apply(this.#voices[place].track);
    return this.#muted[place];
  }

  placeOf(side) {
    return this.#voices.findIndex((voice) => voice.side === side);
  }

  #apply(track) {
    const muted = [];
    this.#voices.forEach((voice, place) => {
      if (voice.track === track) muted[voice.channel] = this.#muted[place];
    });
    const element = this.#elements[track];
    element.muted = muted.every(Boolean);
    if (muted.length < 2) return;
    if (!this.#mixers.has(track)) this.#mixers.set(track, makeMixer(element, muted.length));
    const mixer = this.#mixers.get(track);
    mixOf(muted).forEach((ears, channel) => ears.forEach((gain, ear) => (mixer.gains[channel][ear].gain.value = gain)));
    mixer.context.resume();
  }
}

/** Made at the first press of a button: a browser lets no page open its ears before. */
function makeMixer(element, channels) {
  const context = new AudioContext();
  const splitter = context.createChannelSplitter(channels);
  const merger = context.createChannelMerger(2);
  context.createMediaElementSource(element).connect(splitter);
  merger.connect(context.destination);
  const gains = Array.from({ length: channels }, (_, channel) => [0, 1].map((ear) => {
    const gain = context.createGain();
    splitter.connect(gain, channel);
    gain.connect(merger, 0, ear);
    return gain;
  }));
  element.addEventListener("play", () => context.resume());
  return { context, gains };
}
