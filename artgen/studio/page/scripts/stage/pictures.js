// Where on a drawing its pictures lie: those of a batch are drawn side by side until the run is finished.

import { store } from "../base/store.js";

const GAP = 4; // pixels between them, as the server lays them

function laidOut() {
  const { run, seen } = store;
  const count = run?.state === "finished" && seen === null ? 1 : (run?.batch ?? 1);
  const columns = Math.ceil(Math.sqrt(count));
  return { count, columns, rows: Math.ceil(count / columns) };
}

/** [left, top, width, height] of each, in pixels of the canvas that holds the drawing. */
export function picturesOf(canvas) {
  const { count, columns, rows } = laidOut();
  const [width, height] = [(canvas.width + GAP) / columns - GAP, (canvas.height + GAP) / rows - GAP];
  return Array.from({ length: count }, (_, at) => [(at % columns) * (width + GAP), Math.floor(at / columns) * (height + GAP), width, height]);
}

/** How large the whole drawing is, [width, height], if each of its pictures were so large. */
export function sizeOfAll([width, height]) {
  const { columns, rows } = laidOut();
  return [columns * (width + GAP) - GAP, rows * (height + GAP) - GAP];
}
