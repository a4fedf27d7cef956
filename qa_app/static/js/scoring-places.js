/*
 * Places in the conversation: from a selection to offsets in the masked text, and back to something to look at.
 *
 * Offsets count characters (code points) as the server does, so that an emoji before a quote does not shift it.
 * Highlights use the CSS Custom Highlight API: the text itself is never taken apart, masked pieces stay whole.
 */

const TEXT = "[data-text]";

/** Characters of a string, an emoji counting once. */
const lengthOf = (text) => Array.from(text).length;

/** The element that holds the text of the turn a node lies in, or null. */
export function textAround(node) {
  const element = node?.nodeType === Node.ELEMENT_NODE ? node : node?.parentElement;
  return element?.closest(TEXT) ?? element?.closest("[data-turn]")?.querySelector(TEXT) ?? null;
}

/** What is selected in the conversation, cut to the turn in which the selection starts; null without one. */
export function selectedPlace(root) {
  const selection = document.getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  if (!root.contains(range.commonAncestorContainer)) return null;
  const text = firstTextIn(root, range);
  return text && spanIn(text, range);
}

/** The first text the range touches: a selection that begins between two bubbles belongs to the second. */
function firstTextIn(root, range) {
  const own = textAround(range.startContainer);
  if (own && range.intersectsNode(own)) return own;
  return [...root.querySelectorAll(TEXT)].find((text) => range.intersectsNode(text)) ?? null;
}

function spanIn(text, range) {
  const whole = document.createRange();
  whole.selectNodeContents(text);
  const inner = range.cloneRange();
  if (inner.compareBoundaryPoints(Range.START_TO_START, whole) < 0) inner.setStart(whole.startContainer, whole.startOffset);
  if (inner.compareBoundaryPoints(Range.END_TO_END, whole) > 0) inner.setEnd(whole.endContainer, whole.endOffset);
  const before = document.createRange();
  before.selectNodeContents(text);
  before.setEnd(inner.startContainer, inner.startOffset);
  const quote = inner.toString();
  if (!quote.trim()) return null;
  const from = lengthOf(before.toString());
  const turn = text.closest("[data-turn]");
  return { kind: "span", turn: Number(turn.dataset.turn), from, to: from + lengthOf(quote), quote: quote.trim(), time: timeOf(turn), range: inner };
}

const timeOf = (turn) => turn.querySelector(".turn-time").textContent.trim();

/** A whole message as a place. */
export function messagePlace(turn) {
  const text = turn.querySelector(TEXT);
  const range = document.createRange();
  range.selectNodeContents(text);
  return { kind: "message", turn: Number(turn.dataset.turn), from: 0, to: lengthOf(text.textContent), quote: text.textContent.trim(), time: timeOf(turn), range };
}

/** The range between two character offsets of a text element. */
export function rangeOf(text, from, to) {
  const range = document.createRange();
  const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
  let passed = 0;
  let started = false;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const characters = Array.from(node.data);
    const unitsTo = (count) => characters.slice(0, count).join("").length;
    if (!started && from < passed + characters.length) {
      range.setStart(node, unitsTo(from - passed));
      started = true;
    }
    if (started && to <= passed + characters.length) {
      range.setEnd(node, unitsTo(to - passed));
      return range;
    }
    passed += characters.length;
  }
  range.selectNodeContents(text);
  return range;
}

/** Paint all places: `proofs` are {turn, from, to, kind, lost, praise}. */
export function paint(root, proofs) {
  if (!("highlights" in CSS)) return;
  const groups = { "proof-kept": [], "proof-lost": [], "proof-noted": [] };
  for (const proof of proofs) {
    const text = proof.turn === null ? null : root.querySelector(`[data-turn="${proof.turn}"] ${TEXT}`);
    if (!text || proof.kind !== "span") continue;
    groups[groupOf(proof)].push(rangeOf(text, proof.from, proof.to));
  }
  for (const [name, ranges] of Object.entries(groups)) CSS.highlights.set(name, new Highlight(...ranges));
}

function groupOf(proof) {
  if (proof.praise) return "proof-kept";
  return proof.lost ? "proof-lost" : "proof-noted";
}

/** Bring a turn into view and show for a moment which one it is. */
export function showTurn(root, sequence) {
  const turn = root.querySelector(`[data-turn="${sequence}"]`);
  if (!turn) return;
  turn.scrollIntoView({ block: "center", behavior: calm() ? "auto" : "smooth" });
  turn.classList.add("is-shown");
  setTimeout(() => turn.classList.remove("is-shown"), 1600);
}

/** Whether the reader asked for no movement. */
export const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
