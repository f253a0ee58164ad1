// The losses over the run, on the timeline's scale: each in the height that it needs, the sum in the accent.

import { el, one, short, svg, throttled } from "../base/dom.js";
import { store } from "../base/store.js";

const WIDTH = 1000;
const HEIGHT = 100;
const POINTS = 400;

/** Points as the path of a line, between the least and the greatest of them. */
function path(points, steps) {
  const values = points.map(([, value]) => value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const span = high - low || 1;
  const every = Math.max(1, Math.ceil(points.length / POINTS));
  return points
    .filter((_, place) => place % every === 0 || place === points.length - 1)
    .map(([step, value], place) => `${place ? "L" : "M"}${((WIDTH * (step + 1)) / steps).toFixed(1)} ${(HEIGHT - 4 - ((value - low) / span) * (HEIGHT - 8)).toFixed(1)}`)
    .join("");
}

/** The value at a step, or the last one before it. */
function valueAt(points, step) {
  let found = null;
  for (const [place, value] of points) {
    if (place > step) break;
    found = value;
  }
  return found;
}

function named() {
  const losses = store.detail?.losses ?? {};
  const names = Object.keys(losses).filter((name) => losses[name].length);
  return [...names.filter((name) => name === "total"), ...names.filter((name) => name !== "total")].slice(0, 7).map((name) => [name, losses[name]]);
}

function draw() {
  const { run, seen } = store;
  const chart = one("#chart");
  const lines = run ? named() : [];
  one("#curves").classList.toggle("empty", !lines.some(([, points]) => points.length > 1));
  chart.replaceChildren(...lines.map(([, points], place) => svg("path", { class: `curve c${place}`, d: path(points, run.steps) })).reverse());
  const step = seen ?? run?.step ?? 0;
  one("#legend").replaceChildren(...lines.map(([name, points], place) => el("li", { class: `c${place}` }, el("span", { class: "swatch" }), el("span", {}, name), el("b", {}, short(valueAt(points, step - 1))))));
}

export function begin() {
  const soon = throttled(draw, 250);
  store.on("selected detail step seen", soon);
  one("#fold").addEventListener("click", () => {
    const isFolded = one("#curves").classList.toggle("folded");
    one("#fold").setAttribute("aria-expanded", String(!isFolded));
  });
}
