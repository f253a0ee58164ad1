// Choosing a place within a box: a point or a rectangle, in shares of its width and height, by pointer or by keys.

import { clamp, el } from "../base/dom.js";
import { say } from "../base/messages.js";

const STEP = 0.01;
const FAR = 0.1;
const LEAST = 0.01; // a rectangle is at least so wide and high
const round = (value) => Number(clamp(value, 0, 1).toFixed(3));

const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * Lets `box` place a mark; `change` hears each new value: [x, y], or [left, top, right, bottom] where `isRegion`.
 * Where it shows several pictures, `cells` are their elements, and all of them get the mark.
 */
export function placing(box, { isRegion, change, cells = [box] }) {
  const marks = cells.map(() => el("span", { class: isRegion ? "mark-region" : "mark-point", "aria-hidden": "true" }));
  let value = null;
  let from = null;
  let cell = null; // under the pointer when it went down

  const show = (given) => {
    value = given;
    for (const mark of marks) {
      mark.hidden = !value;
      if (!value) continue;
      const [left, top, right, bottom] = value.map((share) => share * 100);
      Object.assign(mark.style, { left: `${left}%`, top: `${top}%` });
      if (isRegion) Object.assign(mark.style, { width: `${right - left}%`, height: `${bottom - top}%` });
    }
  };
  const set = (given) => {
    show(given.map(round));
    change(value);
  };
  const at = (event) => {
    const { left, top, width, height } = cell.getBoundingClientRect();
    return [clamp((event.clientX - left) / width, 0, 1), clamp((event.clientY - top) / height, 0, 1)];
  };
  const drawn = ([x, y]) => {
    const [left, right] = [Math.min(from[0], x), Math.max(from[0], x)];
    const [top, bottom] = [Math.min(from[1], y), Math.max(from[1], y)];
    if (right - left >= LEAST && bottom - top >= LEAST) set([left, top, right, bottom]);
  };
  const down = (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    event.stopPropagation();
    cell = cells.find((one) => one.contains(event.target));
    if (!cell) return;
    box.focus({ preventScroll: true });
    box.setPointerCapture(event.pointerId);
    from = at(event);
    if (!isRegion) set(from);
  };
  const moved = (event) => {
    if (!from || !box.hasPointerCapture(event.pointerId)) return;
    if (isRegion) drawn(at(event));
    else set(at(event));
  };
  const pressed = (event) => {
    const way = WAYS[event.key];
    if (!way || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    step(way, event.shiftKey);
    say(value.map((share) => `${Math.round(100 * share)} %`).join(", "));
  };
  const step = (way, isShift) => {
    if (!value) return set(isRegion ? [0.25, 0.25, 0.75, 0.75] : [0.5, 0.5]);
    const far = isShift && !isRegion ? FAR : STEP;
    const [dx, dy] = way.map((share) => share * far);
    const [left, top, right, bottom] = value;
    if (!isRegion) set([left + dx, top + dy]);
    else if (isShift) set([left, top, Math.max(right + dx, left + LEAST), Math.max(bottom + dy, top + LEAST)]);
    else if (left + dx >= 0 && right + dx <= 1 && top + dy >= 0 && bottom + dy <= 1) set([left + dx, top + dy, right + dx, bottom + dy]);
  };
  cells.forEach((one, at) => one.append(marks[at]));
  box.addEventListener("pointerdown", down);
  box.addEventListener("pointermove", moved);
  for (const name of ["pointerup", "pointercancel"]) box.addEventListener(name, () => (from = null));
  box.addEventListener("keydown", pressed);
  return { show };
}
