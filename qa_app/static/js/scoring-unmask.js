/*
 * Shows what the pills hide, on demand and audited. The text of a bubble stays the masked one: what was hidden is drawn
 * by the style sheet from an attribute, so that offsets and quotes of evidence never contain it.
 */

/** Ask the server for what is hidden and draw it in place of the pills. */
export async function unmask(button, chat, ask) {
  const response = await ask();
  if (!response.ok) return;
  for (const [sequence, originals] of Object.entries(await response.json())) {
    const pills = chat.querySelectorAll(`[data-turn="${sequence}"] .masked`);
    pills.forEach((pill, index) => (pill.dataset.original = originals[index] ?? ""));
  }
  button.disabled = true;
  document.dispatchEvent(new CustomEvent("assay:unmasked"));
}
