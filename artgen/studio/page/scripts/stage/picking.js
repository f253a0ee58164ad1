// A point or a rectangle that is chosen on the picture itself: the stage takes it until Escape, or until it is ended.

import { el, one } from "../base/dom.js";
import { say } from "../base/messages.js";
import { store } from "../base/store.js";
import { picturesOf } from "./pictures.js";
import { placing } from "./placing.js";

let picked = null; // {box, hint, ended}

export const isPicking = () => Boolean(picked);
export const canPick = () => one("#stage").classList.contains("drawn");

/** Begins: `change` hears each value, and `ended` that it is over, and whether it had the focus. Gives a way to show another value. */
export function pick({ label, isRegion, value, change, ended }) {
  end();
  const [first, keys] = isRegion ? ["drag to draw it", ", arrow keys move it, with Shift they resize it"] : ["click or drag", ", or use the arrow keys"];
  const help = first + keys;
  const box = el("div", { id: "pick", class: "over-stage", tabindex: "0", role: "application", "aria-label": `${label}: ${help}; Escape ends` });
  const done = el("button", { type: "button", class: "button small", on: { click: end } }, "Done");
  const hint = el("div", { id: "pick-hint", class: "over-stage" }, el("p", {}, el("b", {}, label), ` ${first}`, el("span", { class: "keys" }, keys)), done);
  const placed = placing(box, { isRegion, change, cells: cellsIn(box) });
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
  const hadFocus = [box, hint].some((part) => part.contains(document.activeElement));
  picked = null;
  box.remove();
  hint.remove();
  ended(hadFocus);
}

/** An element over each picture that is shown. */
function cellsIn(box) {
  const picture = one("#picture");
  const percent = (part, whole) => `${(100 * part) / whole}%`;
  const cells = picturesOf(picture).map(([left, top, width, height]) => {
    const cell = el("div", { class: "pick-cell" });
    Object.assign(cell.style, { left: percent(left, picture.width), top: percent(top, picture.height), width: percent(width, picture.width), height: percent(height, picture.height) });
    return cell;
  });
  box.append(...cells);
  return cells;
}

export function begin() {
  store.on("selected tab", end);
}
