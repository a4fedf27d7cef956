// What every page has: theme switch, global keys, lists by keyboard, dialogs, confirmation, CSRF for htmx.
import { watchSession } from "/static/js/session.js";
import { openSearch } from "/static/js/search.js";
import { tinykeys } from "/static/vendor/tinykeys.js";

const root = document.documentElement;
const keysOn = document.body.dataset.keys !== "off";

export function isTyping(event) {
  const field = event.target.closest?.("input, textarea, select, [contenteditable=true]");
  return Boolean(field) && !["radio", "checkbox", "button", "submit", "range"].includes(field.type);
}

/** Bind single-letter keys: never inside a text field, and only where the person left them on. */
export function bindKeys(bindings) {
  if (!keysOn) return () => {};
  const guarded = Object.fromEntries(Object.entries(bindings).map(([key, act]) => [key, (event) => {
    if (isTyping(event) || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    act(event);
  }]));
  return tinykeys(window, guarded);
}

export function toggleTheme() {
  const next = root.dataset.bsTheme === "dark" ? "light" : "dark";
  root.dataset.bsTheme = next;
  localStorage.setItem("assay-theme", next);
}

/** Follow the entry of the left bar, or on a page without one the link that leads there. */
function go(pattern) {
  const link = document.querySelector(`#side a[href^="${pattern}"]`) ?? document.querySelector(`header a[href="${pattern}"]`);
  link?.click();
}

function walkRows(step) {
  const links = [...document.querySelectorAll("[data-list] tbody tr > :first-child a, [data-list] [data-row-link]")];
  if (!links.length) return;
  const at = links.indexOf(document.activeElement);
  links[Math.min(Math.max(at + step, 0), links.length - 1)].focus();
}

document.querySelectorAll("[data-theme-toggle]").forEach((button) => button.addEventListener("click", toggleTheme));
document.querySelectorAll("[data-open-keys]").forEach((button) =>
  button.addEventListener("click", () => document.getElementById("keys")?.showModal()));
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open-dialog]");
  if (opener) document.getElementById(opener.dataset.openDialog)?.showModal();
  const closer = event.target.closest("[data-close-dialog]");
  if (closer) closer.closest("dialog").close();
});
document.addEventListener("submit", (event) => {
  const question = event.target.dataset?.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
});
// A form that answers every change has not heard what was typed, or restored by "back", before htmx listened.
document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("form[hx-trigger^=change]").forEach((form) => {
  const isChanged = (field) => field.matches("select")
    ? field.selectedIndex !== Math.max([...field.options].findIndex((option) => option.defaultSelected), 0)
    : field.checked !== field.defaultChecked || (field.defaultValue ?? field.value) !== field.value;
  if ([...form.elements].some(isChanged)) form.dispatchEvent(new Event("change", { bubbles: true }));
}));
document.body.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRFToken"] = document.querySelector("meta[name=csrf-token]").content;
});

watchSession();

const openKeys = () => document.getElementById("keys")?.showModal();

bindKeys({
  "Shift+?": openKeys,
  "?": openKeys,
  "/": openSearch,
  d: toggleTheme,
  "g h": () => { location.href = "/"; },
  "g q": () => go("/queue"),
  "g s": () => go("/sheets"),
  "g c": () => go("/conversations"),
  "g m": () => go("/months"),
  "g n": () => document.querySelector(".bell")?.click(),
  z: () => document.querySelector("[data-undo]")?.focus(),
});
// Enter presses the page's main button while nothing has the focus; it is no letter, so nobody needs to switch it off.
addEventListener("keydown", (event) => {
  const main = document.querySelector("[data-enter]");
  if (event.key !== "Enter" || event.repeat || event.target !== document.body || !main || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  main.click();
});
if (document.querySelector("[data-list]")) {
  bindKeys({ j: () => walkRows(1), k: () => walkRows(-1) });
}
