/*
 * The rubric on the right: which row is active, what is answered, and what the server says each row is worth.
 *
 * Answers are native radio groups; this module only reads them, sets them by number, and repaints points and badges.
 */

const CHOICE = "input[type=radio]";

export class Rubric extends EventTarget {
  /** Tells of `answer` {code, value, reason, disputed} and `activate` {row}. */
  constructor(root) {
    super();
    this.root = root;
    this.rows = [...root.querySelectorAll("[data-criterion].crit")];
    this.active = null;
    root.addEventListener("change", (event) => this.#changed(event.target));
    root.addEventListener("input", (event) => event.target.matches("[data-reason]") && this.#reasoned(event.target));
    root.addEventListener("focusin", (event) => this.#entered(event.target));
    root.addEventListener("pointerdown", (event) => this.#entered(event.target));
  }

  row(code) {
    return this.rows.find((row) => row.dataset.criterion === code) ?? null;
  }

  byNumber(number) {
    return this.rows.find((row) => Number(row.dataset.number) === number) ?? null;
  }

  /** Open a row; with `focus` the keyboard goes there as well. */
  activate(row, { focus = true } = {}) {
    if (!row || row.classList.contains("is-off")) return;
    if (row !== this.active) {
      this.active?.classList.remove("is-active");
      this.active?.removeAttribute("aria-current");
      row.classList.add("is-active");
      row.setAttribute("aria-current", "true");
      this.active = row;
      growField(row.querySelector("[data-reason]"));
      this.dispatchEvent(new CustomEvent("activate", { detail: { row } }));
    }
    if (focus) {
      row.focus({ preventScroll: true });
      row.scrollIntoView({ block: "nearest" });
    }
  }

  /** Whether every row that asks for an answer has one, as far as the page can tell before the server did. */
  get isAnswered() {
    const asks = (row) => !row.classList.contains("is-off") && row.dataset.kind !== "measured";
    return this.rows.every((row) => !asks(row) || this.valueOf(row) !== null);
  }

  /** The next or previous row that can be answered. */
  step(direction) {
    const rows = this.rows.filter((row) => !row.classList.contains("is-off"));
    const at = rows.indexOf(this.active);
    this.activate(rows[Math.min(rows.length - 1, Math.max(0, at + direction))]);
  }

  /** Choose the n-th answer of the active row; of a checklist: turn its n-th item one answer on. */
  choose(number) {
    if (!this.active) return;
    if (this.active.dataset.kind === "checklist") return this.#turnItem(number);
    this.#press(this.active.querySelectorAll(`[data-answers] ${CHOICE}:not([value="na"])`)[number - 1]);
  }

  /** Give one answer of a row by its code, as its button would. */
  give(row, level) {
    this.#press([...row.querySelectorAll(`.crit-answer ${CHOICE}`)].find((input) => input.value === level));
  }

  /** Give a row the answer it had before, or none. */
  takeBack(row, value) {
    this.put(row.dataset.criterion, { value, disputed: row.querySelector("[data-dispute]")?.checked });
    this.#announce(row);
  }

  chooseNotApplicable() {
    this.#press(this.active?.querySelector(`.crit-answer ${CHOICE}[value="na"]`));
  }

  /** Say that the active criterion cannot be scored as written, or take it back. */
  turnUnscoreable() {
    const box = this.active?.querySelector("[data-unscoreable]");
    if (!box) return;
    box.checked = !box.checked;
    box.dispatchEvent(new Event("change", { bubbles: true }));
    if (box.checked) this.active.querySelector("[data-reason]")?.focus();
  }

  /** What a row says now, as the server takes it. */
  valueOf(row) {
    if (row.querySelector("[data-unscoreable]")?.checked) return { unscoreable: true };
    const whole = row.querySelector(`.crit-answer ${CHOICE}:checked`)?.value;
    if (whole === "na") return { na: true };
    if (row.dataset.kind === "checklist") return itemsOf(row);
    if (row.dataset.kind === "measured") return null;
    return whole ? { level: whole } : null;
  }

  /** The answer of a row in words, for the comparison and for screen readers. */
  wordsOf(row) {
    const chosen = [...row.querySelectorAll(`${CHOICE}:checked, [data-unscoreable]:checked`)];
    return chosen.map((input) => input.closest("label").lastChild.textContent.trim()).join(", ") || "–";
  }

  /** Put an answer into a row without telling anybody. */
  put(code, { value, reason, disputed }) {
    const row = this.row(code);
    if (!row) return;
    for (const input of row.querySelectorAll(CHOICE)) input.checked = isChosen(input, value);
    const unscoreable = row.querySelector("[data-unscoreable]");
    if (unscoreable) unscoreable.checked = Boolean(value?.unscoreable);
    const field = row.querySelector("[data-reason]");
    if (field && reason !== undefined) field.value = reason;
    const dispute = row.querySelector("[data-dispute]");
    if (dispute) dispute.checked = Boolean(disputed);
  }

  /** Repaint from what the server computed. */
  show(rows, blocks) {
    for (const [code, state] of Object.entries(rows)) this.#showRow(this.row(code), state);
    for (const [code, sum] of Object.entries(blocks)) {
      this.root.querySelector(`[data-block="${code}"] [data-block-sum]`).textContent = sum;
    }
  }

  #showRow(row, state) {
    row.classList.remove("is-open", "is-kept", "is-lost", "is-fatal", "is-na", "is-off");
    row.classList.add(`is-${state.state}`);
    row.querySelector("[data-points]").textContent = state.points;
    row.querySelector("[data-of]").hidden = state.state === "na" || state.state === "off" || row.dataset.weight === "0";
    row.querySelector("[data-needs-proof]").hidden = !state.evidence_missing;
    row.querySelector("[data-need-text]").hidden = !state.evidence_missing;
    row.querySelector("[data-condition]").hidden = state.state !== "off";
    row.querySelector("[data-disputed-chip]").hidden = !state.disputed;
    row.querySelector("[data-unscoreable-chip]").hidden = !state.unscoreable;
    if (row === this.active && state.state === "off") this.step(1);
  }

  #press(input) {
    if (!input || input.disabled) return;
    input.checked = true;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  #turnItem(number) {
    const choices = [...(this.active.querySelectorAll("[data-item]")[number - 1]?.querySelectorAll(CHOICE) ?? [])];
    const at = choices.findIndex((input) => input.checked);
    this.#press(choices[(at + 1) % choices.length]);
  }

  #entered(target) {
    const row = target.closest?.(".crit");
    if (row) this.activate(row, { focus: false });
  }

  #changed(target) {
    const row = target.closest(".crit");
    if (!row || target.matches("[data-reason]")) return;
    const unscoreable = row.querySelector("[data-unscoreable]");
    if (target === unscoreable) {
      if (target.checked) row.querySelectorAll(CHOICE).forEach((input) => (input.checked = false));
    } else if (unscoreable) unscoreable.checked = false;
    if (row.dataset.kind === "checklist" && target.value === "na" && target.closest(".crit-answer")) clearItems(row);
    if (row.dataset.kind === "checklist" && target.closest("[data-item]")) clearWhole(row);
    this.#announce(row);
  }

  #reasoned(field) {
    growField(field);
    this.#announce(field.closest(".crit"));
  }

  #announce(row) {
    const detail = {
      code: row.dataset.criterion,
      value: this.valueOf(row),
      reason: row.querySelector("[data-reason]")?.value ?? "",
      disputed: row.querySelector("[data-dispute]")?.checked ?? false,
    };
    this.dispatchEvent(new CustomEvent("answer", { detail }));
  }
}

function itemsOf(row) {
  const items = [...row.querySelectorAll("[data-item]")];
  const said = items.map((item) => [item.dataset.item, item.querySelector(`${CHOICE}:checked`)?.value]);
  if (said.every(([, value]) => !value)) return null;
  const those = (wanted) => said.filter(([, value]) => value === wanted).map(([code]) => code);
  return { done: those("done"), missed: those("missed"), excluded: those("excluded") };
}

function isChosen(input, value) {
  if (!value) return false;
  const item = input.closest("[data-item]")?.dataset.item;
  if (item) return Boolean(value[input.value]?.includes(item));
  return value.na ? input.value === "na" : input.value === value.level;
}

const clearItems = (row) => row.querySelectorAll(`[data-item] ${CHOICE}`).forEach((input) => (input.checked = false));
const clearWhole = (row) => row.querySelectorAll(`.crit-answer ${CHOICE}`).forEach((input) => (input.checked = false));

/** Let a reason field be as high as its text. */
function growField(field) {
  if (!field) return;
  field.style.height = "auto";
  field.style.height = `${Math.min(field.scrollHeight + 2, 160)}px`;
}
