// A point or a rectangle that is chosen on the picture itself: the stage takes it until Escape, or until it is ended.

import { el, one } from "../base/dom.js";
import { say } from "../base/messages.js";
import { store } from "../base/store.js";
import { placing } from "./placing.js";

let picked = null; // {box, placed, end}

export const isPicking = () => Boolean(picked);
export const canPick = () => one("#stage").classList.contains("drawn");

/** Begins: `change` hears each value, and `ended` that it is over. Gives a way to show another value. */
export function pick({ label, isRegion, value, change, ended }) {
  end();
  const help = isRegion ? "drag to draw it, arrow keys move it, with Shift they resize it" : "click, drag, or use the arrow keys";
  const box = el("div", { id: "pick", class: "over-stage", tabindex: "0", role: "application", "aria-label": `${label}: ${help}; Escape ends` });
  const hint = el("p", { id: "pick-hint", class: "over-stage" }, el("b", {}, label), ` ${help} · `, el("kbd", {}, "Esc"));
  const placed = placing(box, { isRegion, change });
  placed.show(value);
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" && event.key !== "Enter") return;
    event.preventDefault();
    end();
  });
  one("#sheet").append(box);
  one("#stage").append(hint);
  picked = { box, hint, ended };
  box.focus({ preventScroll: true });
  say(`${label}: ${help}; Escape ends.`);
  return placed.show;
}

export function end() {
  if (!picked) return;
  const { box, hint, ended } = picked;
  picked = null;
  box.remove();
  hint.remove();
  ended();
}

export function begin() {
  store.on("selected", end);
}
