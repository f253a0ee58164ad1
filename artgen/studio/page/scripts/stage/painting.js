// Painting on the picture: a brush, an eraser, a pipette; and masks, which are painted in the same way.

import { api } from "../base/api.js";
import { clamp, one } from "../base/dom.js";
import { say, tellWrong, toast } from "../base/messages.js";
import { store } from "../base/store.js";
import { picturesOf, sizeOfAll } from "./pictures.js";
import { Strokes } from "./strokes.js";
import * as view from "./view.js";

const MASK = "#ff5a36"; // how a mask is shown; it is kept in white
const GREATEST = 512;

export const brush = { tool: "brush", size: 24, colour: "#e2583e", opacity: 1, isMask: false };
const listeners = new Set();
let strokes = null;
let current = null;
let isActive = false;
let laid = null; // {run, step, picture}: what is to be laid on before that step, until the drawing shows it

export const onBrush = (listener) => listeners.add(listener);
export const isPainting = () => isActive;
export const isEmpty = () => !strokes || strokes.isEmpty;

/** Sets what the brush is, and tells all who show it. */
export function choose(values) {
  Object.assign(brush, values);
  brush.size = clamp(Math.round(brush.size), 1, GREATEST);
  tell();
}

function tell() {
  one("#stage").dataset.tool = isActive ? brush.tool : "";
  ring();
  for (const listener of listeners) listener();
}

/** Whether pointers paint: while the tab with the brushes is open. */
export function activate(active) {
  isActive = active && Boolean(store.run);
  one("#paint").hidden = !isActive && isEmpty() && !laid;
  if (isActive) resize();
  tell();
}

/** As large as the drawing is now: a batch is one picture when it is finished. */
function resize() {
  const { size } = store.run;
  strokes.resize(...size);
  const [width, height] = sizeOfAll(size);
  const paint = one("#paint");
  if (paint.width !== width || paint.height !== height) Object.assign(paint, { width, height });
  show();
}

/** What is painted, on each picture: it is laid on all of a batch. */
function show() {
  const paint = one("#paint");
  const context = paint.getContext("2d");
  context.clearRect(0, 0, paint.width, paint.height);
  const layers = laid?.run === store.selected ? [laid.picture, strokes.canvas] : [strokes.canvas];
  for (const [left, top, width, height] of picturesOf(paint)) for (const layer of layers) context.drawImage(layer, left, top, width, height);
}

/** What was laid on is shown until it is part of the drawing. */
function settle() {
  const { run } = store;
  if (laid && (laid.run !== run?.id || run.step > laid.step || ["finishing", "finished", "failed"].includes(run.state))) {
    laid = null;
    show();
    one("#paint").hidden = !isActive && isEmpty();
  }
}

/** Where the pointer is on the whole drawing, in pixels of its pictures. */
function onDrawing(event) {
  const paint = one("#paint");
  const box = paint.getBoundingClientRect();
  return [((event.clientX - box.left) / box.width) * paint.width, ((event.clientY - box.top) / box.height) * paint.height];
}

/** The left and top edge of the picture that is nearest to a point of the drawing. */
function nearest([x, y]) {
  const away = ([left, top, width, height]) => Math.hypot(x - clamp(x, left, left + width), y - clamp(y, top, top + height));
  const [[left, top]] = picturesOf(one("#paint")).sort((one, other) => away(one) - away(other));
  return [left, top];
}

/** A point of the picture on which a stroke began, under the pointer. */
function at(event, [left, top]) {
  const [x, y] = onDrawing(event);
  const pressure = event.pointerType === "pen" ? clamp(event.pressure * 1.6, 0.15, 1) : 1;
  return [x - left, y - top, pressure];
}

function down(event) {
  if (!isActive || event.button !== 0 || event.target.closest("button, .over-stage")) return;
  if (brush.tool === "pipette" || event.altKey) return pick(event);
  event.preventDefault();
  one("#stage").setPointerCapture(event.pointerId);
  const corner = nearest(onDrawing(event));
  current = {
    erases: brush.tool === "eraser", colour: brush.isMask ? MASK : brush.colour, opacity: brush.isMask ? 1 : brush.opacity, size: brush.size,
    points: [at(event, corner)], pointer: event.pointerId, corner,
  };
  strokes.begin(current);
  tell();
}

function move(event) {
  ring(event);
  if (!current || event.pointerId !== current.pointer) return;
  const events = event.getCoalescedEvents?.() ?? [];
  current.points.push(...(events.length ? events : [event]).map((each) => at(each, current.corner)));
  strokes.draw();
}

function up() {
  current = null;
}

/** Takes the colour of the picture under the pointer. */
function pick(event) {
  const picture = one("#picture");
  const paint = one("#paint");
  const [x, y] = onDrawing(event);
  const [left, top] = [(x / paint.width) * picture.width, (y / paint.height) * picture.height].map(Math.floor);
  const [red, green, blue, alpha] = picture.getContext("2d").getImageData(left, top, 1, 1).data;
  if (alpha) choose({ colour: `#${[red, green, blue].map((value) => value.toString(16).padStart(2, "0")).join("")}`, tool: "brush" });
}

/** The outline of the brush under the pointer. */
function ring(event) {
  const node = one("#ring");
  node.hidden = !isActive || brush.tool === "pipette";
  const side = brush.size * view.scale();
  node.style.width = node.style.height = `${side}px`;
  if (!event) return;
  const box = one("#stage").getBoundingClientRect();
  node.style.translate = `${event.clientX - box.left - side / 2}px ${event.clientY - box.top - side / 2}px`;
}

export function undo() {
  strokes.undo();
  tell();
}

export function clear() {
  strokes.clear();
  tell();
}

/** Lays what is painted on the picture, before the next step. */
export async function lay() {
  if (isEmpty()) return;
  const { run } = store;
  try {
    const { step } = await api.paint(run.id, await strokes.picture());
    laid = { run: run.id, step, picture: strokes.copy() };
    clear();
    toast(`Your painting is laid on the picture at step ${step}.`);
    say(`Painted at step ${step}.`);
  } catch (error) {
    tellWrong(error);
  }
}

/** Hands the mask to the server; its path, or null. */
export async function keepMask() {
  if (isEmpty()) return null;
  try {
    const { path } = await api.mask(await strokes.mask());
    clear();
    return path;
  } catch (error) {
    tellWrong(error);
    return null;
  }
}

export function begin() {
  strokes = new Strokes(show);
  const stage = one("#stage");
  stage.addEventListener("pointerdown", down);
  stage.addEventListener("pointermove", move);
  for (const name of ["pointerup", "pointercancel"]) stage.addEventListener(name, up);
  view.yieldTo(() => isActive);
  view.onView(() => ring());
  let before = null;
  store.on("selected", (id) => {
    // A branch takes along what is painted, but not yet laid on.
    if (store.run?.parent?.id !== before) clear();
    before = id;
    settle();
    activate(isActive);
  });
  store.on("run step", settle);
  store.on("run seen", () => isActive && store.run && resize());
}
