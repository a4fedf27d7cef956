// Lists: ticks by mouse and keyboard, how many are ticked, and the way to the buttons. Without it boxes still work.
import { bindKeys } from "./app.js";

const bar = document.querySelector("[data-many]");
const boxes = () => [...document.querySelectorAll("[data-tick]")];
const allBox = document.querySelector("[data-tick-all]");
const everything = document.querySelector("[data-tick-everything]");
const said = bar?.querySelector("[data-tick-count]");
let last = null;

function tell() {
  if (!bar) return;
  const ticked = boxes().filter((box) => box.checked).length;
  if (allBox) {
    allBox.checked = ticked > 0 && ticked === boxes().length;
    allBox.indeterminate = ticked > 0 && !allBox.checked;
  }
  said.classList.remove("is-missing");
  const some = ticked ? said.dataset.some.replace("{count}", ticked) : said.dataset.none;
  said.textContent = everything?.checked ? said.dataset.all : some;
}

function tickAll(on) {
  boxes().forEach((box) => { box.checked = on; });
  tell();
}

/** The box of the row that has the focus. */
function boxHere() {
  return document.activeElement?.closest("tr")?.querySelector("[data-tick]");
}

function toggleHere() {
  const box = boxHere();
  if (!box) return;
  box.checked = !box.checked;
  last = box;
  tell();
}

document.addEventListener("click", (event) => {
  // With a script the dialog is enough; the address is for those without.
  if (event.target.closest("a[data-open-dialog]")) event.preventDefault();
  const box = event.target.closest("[data-tick]");
  if (!box) return;
  const all = boxes();
  if (event.shiftKey && last) {
    const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
    all.slice(from, to + 1).forEach((one) => { one.checked = box.checked; });
  }
  last = box;
});

document.addEventListener("change", (event) => {
  if (event.target === allBox) tickAll(allBox.checked);
  else if (event.target.matches("[data-tick]")) {
    if (everything && !event.target.checked) everything.checked = false;
    tell();
  } else if (event.target === everything) tickAll(everything.checked);
});

bar?.addEventListener("submit", (event) => {
  if (everything?.checked || boxes().some((box) => box.checked)) return;
  event.preventDefault();
  said.textContent = said.dataset.first;
  said.classList.add("is-missing");
});

if (bar) {
  bindKeys({
    x: toggleHere,
    "Shift+X": () => tickAll(!boxes().every((box) => box.checked)),
    b: () => bar.querySelector(".many-deeds button")?.focus(),
  });
  // The browser keeps ticks when one comes back to the page.
  addEventListener("pageshow", tell);
}
