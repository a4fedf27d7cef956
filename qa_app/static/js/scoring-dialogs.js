/*
 * The questions of the scoring page: critical error, unusable sample, what changed elsewhere, signed out.
 * Native dialogs: the browser keeps the focus inside, Escape cancels.
 */

const byName = (name) => document.querySelector(`[data-${name}]`);

const open = (name) => byName(name).open || byName(name).showModal();

export const openSignedOut = () => open("signed-out-dialog");
export const closeSignedOut = () => byName("signed-out-dialog").close();
export const openUnusable = () => open("unusable-dialog");

/** Ask once whether a critical error is meant; resolves to true when it is. */
export function confirmCritical({ errors, quality }) {
  const dialog = byName("critical-dialog");
  dialog.querySelector("[data-critical-list]").replaceChildren(...errors.map(criticalLine));
  dialog.querySelector("[data-critical-quality]").textContent = quality;
  dialog.showModal();
  return new Promise((resolve) => {
    const yes = dialog.querySelector("[data-confirm-critical]");
    const confirm = () => dialog.close("yes");
    yes.addEventListener("click", confirm);
    dialog.addEventListener("close", () => {
      yes.removeEventListener("click", confirm);
      resolve(dialog.returnValue === "yes");
      dialog.returnValue = "";
    }, { once: true });
  });
}

function criticalLine({ title, kind, quotes }) {
  const line = document.createElement("li");
  const name = document.createElement("b");
  name.textContent = title;
  line.append(name, ` (${kind})`);
  for (const words of quotes) {
    const quote = document.createElement("blockquote");
    quote.className = "quote loss";
    quote.textContent = words;
    line.append(quote);
  }
  return line;
}

/** Show both answers of every criterion that differs; resolves to the codes for which the answer here stays. */
export function compare(rows) {
  const dialog = byName("compare-dialog");
  dialog.querySelector("[data-compare-rows]").replaceChildren(...rows.map(compareLine));
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.querySelector("[data-merge]").addEventListener("click", () => {
      const chosen = [...dialog.querySelectorAll("input[value=here]:checked")].map((input) => input.name.slice("side-".length));
      dialog.close();
      resolve(new Set(chosen));
    }, { once: true });
  });
}

function compareLine({ code, title, here, there, newer }) {
  const line = document.createElement("tr");
  const head = document.createElement("th");
  head.scope = "row";
  head.textContent = title;
  line.append(head, side(code, "here", here, newer === "here"), side(code, "there", there, newer === "there"));
  return line;
}

function side(code, value, words, checked) {
  const cell = document.createElement("td");
  const label = document.createElement("label");
  const input = document.createElement("input");
  Object.assign(input, { type: "radio", name: `side-${code}`, value, checked, className: "form-check-input" });
  label.append(input, ` ${words}`);
  cell.append(label);
  return cell;
}
