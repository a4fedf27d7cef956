/*
 * A page outlives its session: the evening passes, or somebody signs out in another tab. This module notices, says so
 * without taking the page away, and puts the new token into every form once the person has signed in again.
 */

const AWAY_AFTER = 60000;

/** Ask who is signed in: {signed_in, token}; null without network. */
export async function askSession() {
  const response = await fetch("/account/session", { headers: { Accept: "application/json" } }).catch(() => null);
  return response?.ok ? response.json().catch(() => null) : null;
}

/** Let every form and script of the page use this token. */
export function takeToken(token) {
  const meta = document.querySelector("meta[name=csrf-token]");
  meta.content = token;
  document.querySelectorAll("input[name=csrf_token]").forEach((field) => { field.value = token; });
}

/** Take the token in force, or say that the person is signed out; true when they are signed in. */
export async function renewSession() {
  const session = await askSession();
  if (!session) return false;
  const dialog = document.getElementById("session-ended");
  if (session.signed_in) {
    takeToken(session.token);
    if (dialog?.open) dialog.close();
  } else if (dialog && !dialog.open) {
    dialog.showModal();
  }
  return session.signed_in;
}

/** Watch over this page: call once, where somebody is signed in. */
export function watchSession() {
  const dialog = document.getElementById("session-ended");
  if (!dialog) return;
  let leftAt = Infinity;
  const look = () => {
    if (document.hidden) leftAt = Date.now();
    else if (dialog.open || Date.now() - leftAt > AWAY_AFTER) renewSession();
  };
  document.addEventListener("visibilitychange", look);
  addEventListener("focus", () => dialog.open && renewSession());
  // 400 too: after a new sign-in the token of the page is an old one.
  document.body.addEventListener("htmx:responseError", (event) => {
    if ([400, 401].includes(event.detail.xhr.status)) renewSession();
  });
}
