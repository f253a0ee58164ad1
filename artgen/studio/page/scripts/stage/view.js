// How the picture lies on the stage: fitted, at 100 %, or as far as was zoomed and moved.

import { clamp, one } from "../base/dom.js";

const LEAST = 0.05;
const GREATEST = 64;
const BLOCKS = 3; // from so many screen pixels a pixel on, its edges are shown hard

const view = { size: [256, 256], scale: 1, x: 0, y: 0, isFitted: true };
const pointers = new Map();
const listeners = new Set();
let isPanning = false;

export const scale = () => view.scale;
export const onView = (listener) => listeners.add(listener);

/** While this gives true, a pointer paints and does not move the picture. */
let paints = () => false;
export const yieldTo = (asked) => (paints = asked);

const stage = () => one("#stage");

function room() {
  const { clientWidth, clientHeight } = stage();
  const margin = clientWidth < 600 ? 12 : 40;
  return [clientWidth - 2 * margin, clientHeight - 2 * margin];
}

function fitted() {
  const [width, height] = room();
  return clamp(Math.min(width / view.size[0], height / view.size[1]), LEAST, GREATEST);
}

function draw() {
  if (view.isFitted) Object.assign(view, { scale: fitted(), x: 0, y: 0 });
  const [width, height] = view.size;
  const sheet = one("#sheet");
  sheet.style.width = `${width * view.scale}px`;
  sheet.style.height = `${height * view.scale}px`;
  sheet.style.transform = `translate(${view.x}px, ${view.y}px)`;
  const dots = (view.scale * width * devicePixelRatio) / (one("#picture").width || width);
  sheet.classList.toggle("blocks", dots >= BLOCKS);
  one("#zoom").textContent = view.isFitted ? `Fit · ${Math.round(view.scale * 100)} %` : `${Math.round(view.scale * 100)} %`;
  for (const listener of listeners) listener();
}

export function show(size) {
  if (size[0] === view.size[0] && size[1] === view.size[1]) return draw();
  view.size = size;
  fit();
}

export function fit() {
  view.isFitted = true;
  draw();
}

export function whole() {
  Object.assign(view, { isFitted: false, scale: 1 / devicePixelRatio, x: 0, y: 0 });
  draw();
}

/** Fitted and 100 % take turns. */
export const toggle = () => (view.isFitted ? whole() : fit());

/** Zooms by `factor`; the point of the picture under `x`, `y` of the window stays there. */
export function zoom(factor, x, y) {
  const box = stage().getBoundingClientRect();
  const [dx, dy] = [(x ?? box.left + box.width / 2) - box.left - box.width / 2 - view.x, (y ?? box.top + box.height / 2) - box.top - box.height / 2 - view.y];
  const next = clamp(view.scale * factor, LEAST, GREATEST);
  const ratio = next / view.scale;
  Object.assign(view, { isFitted: false, scale: next, x: view.x + dx * (1 - ratio), y: view.y + dy * (1 - ratio) });
  draw();
}

function move(dx, dy) {
  Object.assign(view, { isFitted: false, x: view.x + dx, y: view.y + dy });
  draw();
}

function wheel(event) {
  event.preventDefault();
  zoom(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0015)), event.clientX, event.clientY);
}

function down(event) {
  if (event.target.closest("button, input, .over-stage")) return;
  pointers.set(event.pointerId, event);
  isPanning = pointers.size > 1 || event.button === 1 || !paints();
  if (isPanning) stage().setPointerCapture(event.pointerId);
}

function moved(event) {
  const before = pointers.get(event.pointerId);
  if (!before || !isPanning) return;
  if (pointers.size === 1) move(event.clientX - before.clientX, event.clientY - before.clientY);
  else {
    const other = [...pointers.values()].find((pointer) => pointer.pointerId !== event.pointerId);
    const apart = (pointer) => Math.hypot(pointer.clientX - other.clientX, pointer.clientY - other.clientY) || 1;
    move((event.clientX - before.clientX) / 2, (event.clientY - before.clientY) / 2);
    zoom(apart(event) / apart(before), (event.clientX + other.clientX) / 2, (event.clientY + other.clientY) / 2);
  }
  pointers.set(event.pointerId, event);
}

function up(event) {
  pointers.delete(event.pointerId);
  if (!pointers.size) isPanning = false;
}

export function begin() {
  const area = stage();
  area.addEventListener("wheel", wheel, { passive: false });
  area.addEventListener("pointerdown", down);
  area.addEventListener("pointermove", moved);
  for (const name of ["pointerup", "pointercancel"]) area.addEventListener(name, up);
  area.addEventListener("dblclick", (event) => event.target.closest("button, .over-stage") || paints() || toggle());
  one("#zoom").addEventListener("click", toggle);
  one("#zoom-in").addEventListener("click", () => zoom(1.25));
  one("#zoom-out").addEventListener("click", () => zoom(0.8));
  new ResizeObserver(draw).observe(area);
}
