// What the page says: toasts that pass, a banner that stays until things are right, and lines for screen readers.

import { el, icon, one } from "./dom.js";

const MOST = 4;

/** Says something to screen readers alone. */
export function say(text) {
  one("#said").textContent = text;
}

/** A note that passes; one with `wrong` stays until it is closed. `action` is `{label, run}`. */
export function toast(text, { wrong = false, action = null } = {}) {
  const list = one("#toasts");
  for (const older of [...list.children]) if (older.dataset.text === text) older.remove();
  const close = () => note.remove();
  const note = el(
    "li",
    { class: wrong ? "toast wrong" : "toast", role: wrong ? "alert" : "status", dataset: { text } },
    el("p", {}, text),
    action && el("button", { type: "button", class: "link", on: { click: () => (close(), action.run()) } }, action.label),
    el("button", { type: "button", class: "tool small", "aria-label": "Close this note", on: { click: close } }, icon("close")),
  );
  list.append(note);
  while (list.children.length > MOST) list.firstElementChild.remove();
  if (!wrong) setTimeout(close, action ? 9000 : 4000);
}

/** What went wrong, one toast for all its problems. */
export function tellWrong(error) {
  const [first, ...others] = error.problems ?? [{ path: "", message: error.message }];
  const where = first.path ? `${first.path}: ` : "";
  toast(`${where}${first.message}${others.length ? ` (and ${others.length} more)` : ""}`, { wrong: true });
}

/** The banner; null hides it. `action` is `{label, run}`. */
export function banner(text, action = null) {
  const bar = one("#banner");
  if (bar.dataset.text === (text ?? "")) return;
  bar.dataset.text = text ?? "";
  bar.hidden = !text;
  bar.replaceChildren();
  if (!text) return;
  bar.append(el("p", {}, text), ...(action ? [el("button", { type: "button", class: "button", on: { click: action.run } }, action.label)] : []));
}
