/*
 * The rule editor: a button of the tree changes the form in its place, and choosing another kind shows its fields at
 * once. Without this file every button sends the whole page, which comes back the same.
 */

const DEED = "[data-tree-deed]";

document.querySelector("#rule-page")?.classList.add("has-js");

document.addEventListener("click", (event) => {
  const button = event.target.closest(DEED);
  if (!button) return;
  event.preventDefault();
  change(button.form, button.value);
});

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-reshape]")) return;
  change(event.target.form, `reshape:${event.target.closest("[data-node]").dataset.node}`);
});

/** Ask the server for the form after a deed, and put it where the old one stands; the keyboard stays near. */
async function change(form, deed) {
  const body = new FormData(form);
  body.set("do", deed);
  // What is typed meanwhile would be lost with the form it is typed into.
  form.inert = true;
  const response = await fetch(form.action || location.href, { method: "POST", body }).catch(() => null);
  form.inert = false;
  if (!response?.ok) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page.querySelector("#rule-form");
  if (!fresh) return;
  form.replaceWith(fresh);
  focusAfter(fresh, deed);
}

function focusAfter(form, deed) {
  const [name, path] = deed.split(":");
  const above = path.includes("-") ? path.slice(0, path.lastIndexOf("-")) : path;
  const node = form.querySelector(`[data-node="${name === "remove" ? above : path}"]`) ?? form.querySelector("[data-node]");
  const last = name === "add" ? [...node.querySelectorAll(":scope > [data-node]")].at(-1) : node;
  last?.querySelector("select")?.focus();
}
