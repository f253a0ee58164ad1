// The picture on the stage. One drawing is fetched at a time, drawn into a canvas and let go.

import { api, drawingAddress } from "../base/api.js";
import { one } from "../base/dom.js";
import { store } from "../base/store.js";
import { sizeOfAll } from "./pictures.js";
import * as view from "./view.js";

let busy = false;
let again = false;
let shown = "";

/** Fetches the drawing at `address` into the canvas. */
export async function drawInto(canvas, address) {
  const bitmap = await createImageBitmap(await api.drawing(address));
  canvas.width = bitmap.width;
  canvas.height = bitmap.height;
  canvas.getContext("2d", { willReadFrequently: true }).drawImage(bitmap, 0, 0);
  bitmap.close();
}

function wantedAddress() {
  const { run } = store;
  return run?.picture ? drawingAddress(run.id, { version: run.picture, step: store.seen }) : "";
}

/** Shows what is wanted now, and once more if that has changed meanwhile. */
async function show() {
  if (busy) {
    again = true;
    return;
  }
  const wanted = wantedAddress();
  if (!wanted || wanted === shown) return;
  busy = true;
  const { selected } = store;
  try {
    await drawInto(one("#picture"), wanted);
    shown = wanted;
    if (selected === store.selected) one("#stage").classList.add("drawn");
    view.show(sizeOfAll(store.run?.size ?? [256, 256]));
  } catch {
    // There is none yet, or the line is lost: the next event asks again.
  }
  busy = false;
  if (again) {
    again = false;
    show();
  }
}

const STATES = {
  waiting: ["Getting ready", "It begins as soon as the process that draws is free."],
  building: ["Getting ready", "The models are loaded and the first drawing is made."],
  failed: ["The run has failed", null],
};

function tell() {
  const { run } = store;
  const note = one("#stage-note");
  const isDrawn = one("#stage").classList.contains("drawn");
  const [title, text] = STATES[run?.state] ?? (isDrawn ? [] : ["Waiting for the first drawing", ""]);
  note.hidden = !title || (["waiting", "building"].includes(run?.state) && isDrawn && run.step > 0);
  if (note.hidden) return;
  one("h2", note).textContent = title;
  one("p", note).textContent = text ?? run.reason ?? "No reason was given.";
  note.classList.toggle("wrong", run?.state === "failed");
}

function describe() {
  const { run, seen } = store;
  if (run) one("#picture").setAttribute("aria-label", `${run.title || run.prompts || run.preset}, at step ${seen ?? run.step} of ${run.steps}`);
}

function selected() {
  shown = "";
  one("#stage").classList.remove("drawn");
  const canvas = one("#picture");
  canvas.getContext("2d").clearRect(0, 0, canvas.width, canvas.height);
  if (store.run) view.show(sizeOfAll(store.run.size));
  tell();
}

export function begin() {
  store.on("selected", selected);
  store.on("selected run step seen", async () => {
    describe();
    await show();
    tell();
  });
}
