// A place on the picture: a point or a rectangle, on a small copy in the form, on the stage, or as numbers.

import { el, icon, iconButton, one, words } from "../base/dom.js";
import { same } from "../base/paths.js";
import { store } from "../base/store.js";
import { draft } from "../preset/draft.js";
import { canPick, pick, end } from "../stage/picking.js";
import { picturesOf } from "../stage/pictures.js";
import { placing } from "../stage/placing.js";

const EDGES = ["left", "top", "right", "bottom"];
const AXES = ["from the left", "from the top"];
const SHORT = ["x", "y"];
const MOST_PIXELS = 320; // of the small copy, across

/** Width over height of what is drawn. */
function aspect() {
  const size = store.run?.size ?? draft.data?.size;
  const [width, height] = Array.isArray(size) ? size : /^(\d+)[x×:](\d+)/.exec(size ?? "")?.slice(1).map(Number) ?? [1, 1];
  return width > 0 && height > 0 ? width / height : 1;
}

const isPlace = (value, count) => Array.isArray(value) && value.length === count && value.every((share) => typeof share === "number");

/** `kind` is "point" or "region". The value is a list of shares of the picture's width and height. */
export function place({ told, id, name, kind, change }) {
  const isRegion = kind === "region";
  const names = isRegion ? EDGES : AXES;
  const label = words(name);
  const usual = isPlace(told.default, names.length) ? told.default : null;
  let shown = null;
  let onStage = null;

  const copy = el("canvas", { "aria-hidden": "true" });
  const pad = el("div", { class: "pad", tabindex: "0", role: "application", "aria-label": `${label}: ${isRegion ? "drag, or move it with the arrow keys and resize it with Shift" : "click, drag, or use the arrow keys"}` }, copy);
  const set = (value) => {
    shown = value;
    paint();
    change(value);
  };
  const placed = placing(pad, { isRegion, change: set });
  const numbers = names.map((edge, at) => el("input", { type: "number", id: at ? null : id, step: "0.01", "aria-label": `${label}, ${edge}`, title: edge, on: { change: () => typed() } }));
  const button = el("button", { type: "button", class: "button small", "aria-pressed": "false", on: { click: () => (onStage ? end() : choose()) } }, icon("target"), el("span", {}, "On the picture"));
  const reset = () => {
    update(undefined);
    change(undefined);
  };
  const clear = iconButton("undo", `${label}: as usual`, reset, { class: "tool small" });

  const paint = () => {
    placed.show(shown ?? usual);
    onStage?.(shown ?? usual);
    pad.style.setProperty("--aspect", aspect());
    numbers.forEach((input, at) => {
      if (document.activeElement !== input) input.value = shown?.[at] ?? "";
      input.placeholder = usual?.[at] ?? "";
    });
    clear.hidden = !shown;
    button.hidden = !canPick();
  };
  const typed = () => {
    if (numbers.every((input) => input.value === "")) return reset();
    const value = numbers.map((input, place) => (input.value === "" ? (usual?.[place] ?? (place > 1 ? 1 : isRegion ? 0 : 0.5)) : input.valueAsNumber));
    if (value.every(Number.isFinite)) set(value);
  };
  const choose = () => {
    button.setAttribute("aria-pressed", "true");
    const ended = (hadFocus) => {
      onStage = null;
      button.setAttribute("aria-pressed", "false");
      if (hadFocus) button.focus();
    };
    onStage = pick({ label, isRegion, value: shown ?? usual, change: set, ended });
  };
  const look = () => {
    const picture = one("#picture");
    if (!canPick()) return;
    const [[left, top, width, height]] = picturesOf(picture);
    copy.width = Math.min(Math.round(width), MOST_PIXELS);
    copy.height = Math.max(1, Math.round((copy.width * height) / width));
    copy.getContext("2d").drawImage(picture, left, top, width, height, 0, 0, copy.width, copy.height);
  };
  const update = (value) => {
    const next = isPlace(value, names.length) ? value : null;
    if (!same(next, shown) || !pad.style.length) {
      shown = next;
      paint();
    }
    button.hidden = !canPick();
    look();
  };
  pad.addEventListener("pointerenter", look);
  pad.addEventListener("focus", look);
  const fields = el("div", { class: "shares" }, ...numbers.map((input, at) => el("span", { class: "share" }, el("span", { "aria-hidden": "true" }, isRegion ? EDGES[at] : SHORT[at]), input)));
  return { node: el("div", { class: "place" }, pad, el("div", { class: "place-side" }, fields, el("div", { class: "adders" }, button, clear))), input: numbers[0], isSafe: true, isGroup: true, update };
}
