// The rubric editor: what was typed is saved before anything else happens, criteria are dragged, keys move about.
// Saving itself is htmx's work (hx-post on the forms); here are the moments around it.
import Sortable from "/static/vendor/Sortable.esm.js";
import { tinykeys } from "/static/vendor/tinykeys.js";
import { bindKeys } from "/static/js/app.js";

const editor = document.querySelector("[data-rubric-editor]");
const status = document.getElementById("save-status");
const RETRY_AFTER_MS = 5000;
let isUnsaved = false;
let goOn = null; // what the person wanted to do while something was still unsaved
let isOutdated = false; // the server drew the form anew, but something had been typed meanwhile

const partForm = () => document.querySelector("[data-part-form]");
const list = () => document.getElementById("rubric-list");

/** Do something now, or as soon as what was typed is saved. */
function afterSaving(act) {
  if (!isUnsaved) return act();
  goOn = act;
  partForm().requestSubmit();
}

editor.addEventListener("input", (event) => {
  if (event.target.closest("[data-part-form]")) isUnsaved = true;
});
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || !isUnsaved || event.ctrlKey || event.metaKey || link.target) return;
  event.preventDefault();
  afterSaving(() => { location.href = link.href; });
});
document.addEventListener("submit", (event) => {
  // Forms that leave the page wait for the save; those of the editor are queued by htmx.
  if (!isUnsaved || event.defaultPrevented || event.target.hasAttribute("hx-post")) return;
  event.preventDefault();
  afterSaving(() => event.target.submit());
});
window.addEventListener("pagehide", () => {
  const form = partForm();
  if (isUnsaved && form) navigator.sendBeacon(form.action, new FormData(form));
});

document.body.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target === partForm()) {
    isUnsaved = false; // anything typed from now on is for the next request
    status.textContent = status.dataset.saving;
  }
});
document.body.addEventListener("htmx:beforeOnLoad", (event) => {
  // Before the next queued request is sent: every form speaks of the draft as it is now.
  const revision = event.detail.xhr.getResponseHeader("X-Revision");
  if (revision) document.querySelectorAll("input[name=revision]").forEach((field) => { field.value = revision; });
});
document.body.addEventListener("htmx:oobBeforeSwap", (event) => {
  // A new form must not wipe out what was typed while it was under way; it is fetched once that is saved.
  if (event.target.id !== "part-form" || !isUnsaved) return;
  event.detail.shouldSwap = false;
  isOutdated = true;
});
document.body.addEventListener("htmx:afterRequest", (event) => {
  const act = goOn;
  goOn = null;
  if (!event.detail.successful || status.querySelector(".problem")) return;
  if (act) act();
  else if (isOutdated && !isUnsaved) location.reload();
});
for (const failure of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.body.addEventListener(failure, (event) => {
    if (event.target !== partForm()) return;
    isUnsaved = true;
    status.textContent = status.dataset.offline;
    setTimeout(() => partForm()?.requestSubmit(), RETRY_AFTER_MS);
  });
}

/** Let criteria be dragged within and between sections; the buttons do the same without a mouse. */
function makeSortable() {
  for (const rows of document.querySelectorAll("[data-sortable]")) {
    Sortable.create(rows, { group: "criteria", handle: "[data-grip]", animation: 0, onEnd: sendOrder });
  }
}

function sendOrder() {
  const form = list();
  const order = [...form.querySelectorAll("[data-section]")].map((section) => [
    section.dataset.section,
    [...section.querySelectorAll("[data-code]")].map((row) => row.dataset.code),
  ]);
  form.elements.order.value = JSON.stringify(order);
  form.requestSubmit();
}

/** Suggest the values that belong to what a condition asks. */
editor.addEventListener("change", (event) => {
  const row = event.target.closest("[data-clause]");
  if (!row || !event.target.matches("select[name$=subject]")) return;
  row.querySelector("input[list]").setAttribute("list", `values-${event.target.value.replace(":", "-")}`);
});

function openNeighbour(step) {
  const links = [...document.querySelectorAll("[data-criterion-link]")];
  const at = links.findIndex((link) => link.hasAttribute("aria-current"));
  links[Math.min(Math.max(at + step, 0), links.length - 1)]?.click();
}

function press(direction) {
  const code = list().elements.open_criterion.value;
  if (code) document.getElementById(`${direction}-${code}`)?.click();
}

bindKeys({ j: () => openNeighbour(1), k: () => openNeighbour(-1) });
tinykeys(window, {
  "Alt+ArrowUp": (event) => { event.preventDefault(); press("up"); },
  "Alt+ArrowDown": (event) => { event.preventDefault(); press("down"); },
  "$mod+Enter": (event) => { event.preventDefault(); partForm()?.requestSubmit(); },
  "$mod+d": (event) => {
    const duplicate = document.querySelector("input[name=do][value^='duplicate:']");
    if (!duplicate) return;
    event.preventDefault();
    afterSaving(() => duplicate.form.submit());
  },
});
document.body.addEventListener("htmx:oobAfterSwap", (event) => {
  if (event.target.id === "rubric-list") makeSortable();
  if (event.target.id === "part-form") isOutdated = false;
});
makeSortable();
