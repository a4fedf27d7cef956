/*
 * The player of a call: one waveform with a lane per voice, one or two sound files on the same clock, marks and ranges.
 * `attachPlayer(element)` brings a `[data-player]` section to life and returns its manners; the transcript beside it
 * (`[data-turn][data-start]`) follows the playhead. Every play is told to the server, which audits it.
 */

import WaveSurfer from "/static/vendor/wavesurfer.esm.js";
import Regions from "/static/vendor/wavesurfer-regions.esm.js";

import { Lanes } from "./player-lanes.js";
import { followTranscript } from "./player-transcript.js";
import { Tracks } from "./player-tracks.js";

const LANE_PIXELS = 44;
const NARROW_LANE_PIXELS = 32;
const RATES = [0.5, 0.75, 1, 1.25, 1.5, 2];
const LABEL_FROM_SHARE = 0.06;
const ZOOMS = [1, 4, 16];

export async function attachPlayer(element) {
  const duration = Number(element.dataset.duration);
  const wave = await (await fetch(element.dataset.waveform)).json();
  const audio = [...element.querySelectorAll("[data-track]")];
  const tracks = new Tracks(audio, () => notePlay(element, tracks.time));
  const lanes = new Lanes(audio, wave.voices);
  const drawing = draw(element, tracks.master, wave, duration);
  const state = { until: null, skipping: false, rangeListeners: [] };
  const manners = makeManners({ element, tracks, drawing, duration, state, wave, lanes });
  audio.forEach((one) => one.addEventListener("error", () => { element.querySelector("[data-trouble]").hidden = false; }));
  // What was silent for personal data can be heard once it is shown.
  document.addEventListener("assay:unmasked", () => tracks.reload());

  showBar(element);
  joinControls(element, manners, tracks, state);
  tracks.onTime((time) => {
    showTime(element, time);
    if (state.until !== null && time >= state.until) {
      state.until = null;
      tracks.pause();
    }
    if (state.skipping && tracks.isPlaying) leaveSilence(tracks, wave.silences, time);
  });
  followTranscript(document, tracks, manners.seek);
  joinRanges(drawing.regions, state);
  return manners;
}

/** What the page may ask of the player. */
function makeManners({ element, tracks, drawing, duration, state, wave, lanes }) {
  const seek = (time) => {
    const wanted = Math.min(Math.max(time, 0), duration);
    tracks.seek(wanted);
    // Before the sound has loaded the drawing hears nothing of it.
    drawing.showTime(wanted);
  };
  const setRate = (rate) => {
    tracks.rate = rate;
    const choice = element.querySelector(`[data-rate][value="${rate}"]`);
    if (choice) choice.checked = true;
  };
  return {
    seek,
    setRate,
    time: () => tracks.time,
    toggle: () => (tracks.isPlaying ? tracks.pause() : tracks.play()),
    play: (end = null) => {
      state.until = end;
      return tracks.play();
    },
    rate: (step) => setRate(RATES[Math.min(Math.max(RATES.indexOf(tracks.rate) + step, 0), RATES.length - 1)]),
    skipSilence: () => {
      const box = element.querySelector("[data-skip-silence]");
      box.checked = state.skipping = !state.skipping;
      if (state.skipping) leaveSilence(tracks, wave.silences, tracks.time);
    },
    mute: (side) => {
      const place = lanes.placeOf(side);
      if (place >= 0) toggleMute(element, lanes, place);
    },
    muteAt: (place) => toggleMute(element, lanes, place),
    zoom: (step) => drawing.zoom(step),
    onRange: (listener) => state.rangeListeners.push(listener),
    setRange: (start, end) => drawing.showSelection(start, end),
    addMark: (mark) => drawing.addMark(mark),
    removeMark: (id) => drawing.remove(id),
  };
}

/** Waveform, silence, overlap, marks. */
function draw(element, media, wave, duration) {
  const holder = element.querySelector("[data-wave]");
  const height = window.innerWidth < 1200 ? NARROW_LANE_PIXELS : LANE_PIXELS;
  nameLanes(element, wave.voices);
  element.querySelector("[data-wave-frame]").hidden = false;
  const regions = Regions.create();
  const surfer = WaveSurfer.create({
    container: holder, media, duration, peaks: wave.voices.map((voice) => voice.peaks.map((peak) => peak / 255)),
    plugins: [regions], cspNonce: element.dataset.nonce, cursorWidth: 2, normalize: true, barWidth: 2, barGap: 1, barRadius: 1, ...colours(wave.voices, height),
  });
  const paint = () => {
    regions.clearRegions();
    wave.silences.forEach((one) => addStretch(regions, one, duration, "--watch-soft"));
    wave.overlaps.forEach((one) => addStretch(regions, one, duration, "--band"));
    wave.muted.forEach((one) => addStretch(regions, one, duration, "--ink3", 35));
  };
  const marks = new Map();
  const putMark = (mark) => {
    marks.set(mark.id, mark);
    regions.getRegions().find((region) => region.id === mark.id)?.remove();
    regions.addRegion({ id: mark.id, start: mark.start, end: mark.end, content: mark.label, drag: false, resize: false, color: soft(mark.kind === "loss" ? "--loss" : "--good") });
  };
  surfer.on("ready", paint);
  new MutationObserver(() => {
    surfer.setOptions(colours(wave.voices, height));
    paint();
    marks.forEach(putMark);
  }).observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme"] });
  let width = 0;
  return {
    regions,
    showTime: (time) => surfer.setTime(time),
    zoom: (step) => {
      width = Math.min(Math.max(width + step, 0), ZOOMS.length - 1);
      surfer.zoom(width ? (holder.clientWidth / duration) * ZOOMS[width] : 0);
      element.querySelector(".player-ruler").hidden = width > 0;
      element.querySelectorAll("[data-zoom]").forEach((button) => {
        button.disabled = width === (Number(button.dataset.zoom) > 0 ? ZOOMS.length - 1 : 0);
      });
    },
    addMark: (mark) => (surfer.getDecodedData() ? putMark(mark) : surfer.once("ready", () => putMark(mark))),
    remove: (id) => {
      marks.delete(id);
      regions.getRegions().find((region) => region.id === id)?.remove();
    },
    showSelection: (start, end) => {
      regions.getRegions().find((region) => region.id === "selection")?.remove();
      regions.addRegion({ id: "selection", start, end, color: soft("--focus"), drag: false });
    },
  };
}

/** A button for each lane: its name, and whether it is heard. Two voices that nobody knows apart are numbered. */
function nameLanes(element, voices) {
  const names = JSON.parse(element.dataset.names);
  const mutes = JSON.parse(element.dataset.mutes);
  const place = element.querySelector("[data-lane-names]");
  place.replaceChildren(...voices.map((voice, index) => {
    const isAlone = voices.filter((other) => other.side === voice.side).length === 1;
    const named = isAlone ? names[voice.side] : names.numbered.replace("{number}", index + 1);
    const button = document.createElement("button");
    button.type = "button";
    button.className = `lane-mute lane-${voice.side || "both"}`;
    button.dataset.mute = index;
    button.setAttribute("aria-pressed", "false");
    button.setAttribute("aria-label", isAlone && voice.side ? mutes[voice.side] : mutes[""].replace("{name}", named));
    const name = document.createElement("span");
    name.textContent = named;
    button.append(element.querySelector("[data-mute-icons]").content.cloneNode(true), name);
    return button;
  }));
}

function toggleMute(element, lanes, place) {
  element.querySelector(`[data-mute="${place}"]`).setAttribute("aria-pressed", String(lanes.toggle(place)));
}

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const soft = (name) => `color-mix(in srgb, ${token(name)} 26%, transparent)`;

/** Colours follow the side, so that a lane keeps its colour wherever it stands. */
function colours(voices, height) {
  const lanes = voices.map((voice) => {
    const played = token(voice.side === "customer" ? "--c2" : "--c1");
    return { height, waveColor: `color-mix(in srgb, ${played} 60%, ${token("--surface")})`, progressColor: played };
  });
  return { cursorColor: token("--ink"), height, splitChannels: lanes, waveColor: lanes[0]?.waveColor, progressColor: lanes[0]?.progressColor };
}

function addStretch(regions, { start, end, label }, duration, colour, share = 80) {
  const wide = (end - start) / duration >= LABEL_FROM_SHARE;
  regions.addRegion({ start, end, content: wide ? label : undefined, drag: false, resize: false, color: `color-mix(in srgb, ${token(colour)} ${share}%, transparent)` });
}

/** A range dragged over the waveform is told to whoever wants evidence. */
function joinRanges(regions, state) {
  let ours = false;
  regions.enableDragSelection({ id: "selection", color: soft("--focus") });
  regions.on("region-initialized", (region) => {
    ours = region.id === "selection";
    if (ours) regions.getRegions().filter((other) => other.id === "selection" && other !== region).forEach((other) => other.remove());
  });
  const tell = (region) => region.id === "selection" && state.rangeListeners.forEach((listener) => listener(region.start, region.end));
  regions.on("region-created", tell);
  regions.on("region-updated", tell);
}

function showBar(element) {
  element.querySelector("[data-bar]").hidden = false;
  element.querySelectorAll("[data-track]").forEach((track) => track.removeAttribute("controls"));
}

function joinControls(element, manners, tracks, state) {
  element.querySelector("[data-toggle]").addEventListener("click", manners.toggle);
  element.querySelectorAll("[data-skip]").forEach((button) =>
    button.addEventListener("click", () => manners.seek(tracks.time + Number(button.dataset.skip))));
  element.querySelectorAll("[data-mute]").forEach((button) =>
    button.addEventListener("click", () => manners.muteAt(Number(button.dataset.mute))));
  element.querySelectorAll("[data-zoom]").forEach((button) =>
    button.addEventListener("click", () => manners.zoom(Number(button.dataset.zoom))));
  element.querySelectorAll("[data-rate]").forEach((choice) =>
    choice.addEventListener("change", () => manners.setRate(Number(choice.value))));
  element.querySelector("[data-seek]").addEventListener("input", (event) => manners.seek(Number(event.target.value)));
  element.querySelector("[data-skip-silence]").addEventListener("change", (event) => { state.skipping = event.target.checked; });
  tracks.onState((playing) => {
    const button = element.querySelector("[data-toggle]");
    button.setAttribute("aria-label", playing ? button.dataset.pauseLabel : button.dataset.playLabel);
    element.querySelector("[data-when=paused]").hidden = playing;
    element.querySelector("[data-when=playing]").hidden = !playing;
  });
}

export function clock(seconds) {
  const whole = Math.floor(seconds);
  const rest = `${String(Math.floor(whole / 60) % 60).padStart(2, "0")}:${String(whole % 60).padStart(2, "0")}`;
  return whole < 3600 ? rest : `${Math.floor(whole / 3600)}:${rest}`;
}

function showTime(element, time) {
  element.querySelector("[data-clock]").textContent = clock(time);
  const slider = element.querySelector("[data-seek]");
  slider.value = time;
  slider.setAttribute("aria-valuetext", clock(time));
}

function leaveSilence(tracks, silences, time) {
  const silence = silences.find(({ start, end }) => time >= start + 0.5 && time < end - 0.5);
  if (silence) tracks.seek(silence.end - 0.3);
}

function notePlay(element, at) {
  const token = document.querySelector("meta[name=csrf-token]").content;
  fetch(element.dataset.plays, { method: "POST", headers: { "X-CSRFToken": token }, body: new URLSearchParams({ at: at.toFixed(1) }) });
}
