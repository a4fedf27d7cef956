// The search of the left bar: `/` opens it from anywhere, results come while one types, arrow keys walk them.

const box = document.querySelector("[data-search]");
const list = document.getElementById("search-quick");

const links = () => [...(list?.querySelectorAll("a") ?? [])];

/** Put the cursor into the box; where the bar is too narrow for one, go to the page. */
export function openSearch() {
  if (box?.offsetParent) {
    box.focus();
    box.select();
  } else {
    document.querySelector("[data-search-page]")?.click();
  }
}

function close() {
  if (list) list.replaceChildren();
}

function walk(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !links().length) return;
  event.preventDefault();
  const at = links().indexOf(document.activeElement) + step;
  if (at < 0) box.focus();
  else links()[Math.min(at, links().length - 1)].focus();
}

function closeAndReturn(event) {
  if (event.key !== "Escape" || !list.children.length) return;
  event.preventDefault();
  close();
  box.focus();
}

if (box && list) {
  for (const part of [box, list]) {
    part.addEventListener("keydown", walk);
    part.addEventListener("keydown", closeAndReturn);
  }
  document.addEventListener("pointerdown", (event) => {
    if (!event.target.closest("#search-quick, [data-search]")) close();
  });
  document.addEventListener("focusin", (event) => {
    if (!event.target.closest("#search-quick, [data-search]")) close();
  });
}
