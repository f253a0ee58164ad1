// Two runs over each other, with a cut that is moved between them.

import { drawingAddress } from "../base/api.js";
import { el, one } from "../base/dom.js";
import { toast } from "../base/messages.js";
import { store } from "../base/store.js";
import { drawInto } from "./picture.js";

let other = null;
let last = null;
let isShown = "";

export const isComparing = () => other !== null;
const name = (run) => run.title || run.prompts || run.preset || run.id;

/** The run to compare with first: the one looked at before, else the one this came from, else any. */
function first() {
  const { run, runs } = store;
  const others = [last, run?.parent?.id, ...[...runs.keys()].reverse()];
  return others.find((id) => id && id !== run?.id && runs.has(id)) ?? null;
}

export function toggle() {
  if (other) return close();
  other = first();
  if (!other) return toast("There is no other run to compare with yet.");
  return open();
}

function open() {
  list();
  one("#stage").classList.add("comparing");
  one("#compare-bar").hidden = false;
  one("#compare").setAttribute("aria-pressed", "true");
  cut(50);
  draw();
}

export function close() {
  other = null;
  isShown = "";
  one("#stage").classList.remove("comparing");
  one("#compare-bar").hidden = true;
  one("#compare").setAttribute("aria-pressed", "false");
}

function list() {
  const select = one("#compare-with");
  select.replaceChildren(...[...store.runs.values()].filter((run) => run.id !== store.selected).map((run) => el("option", { value: run.id }, `${name(run)} · step ${run.step}`)));
  select.value = other;
}

async function draw() {
  const run = store.runs.get(other);
  if (!run) return close();
  const address = drawingAddress(run.id, { version: run.picture });
  if (address === isShown) return undefined;
  isShown = address;
  one("#compare-left").textContent = name(run);
  one("#compare-right").textContent = store.run ? name(store.run) : "";
  try {
    return await drawInto(one("#other"), address);
  } catch {
    isShown = "";
    return undefined;
  }
}

function cut(percent) {
  one("#cut").value = percent;
  one("#sheet").style.setProperty("--cut", `${percent}%`);
}

/** The cut follows the pointer on the picture. */
function drag(event) {
  if (!other || !(event.buttons & 1)) return;
  const box = one("#sheet").getBoundingClientRect();
  cut(Math.round(Math.min(100, Math.max(0, (100 * (event.clientX - box.left)) / box.width))));
}

export function begin() {
  one("#compare").addEventListener("click", toggle);
  one("#compare-close").addEventListener("click", close);
  one("#cut").addEventListener("input", () => cut(Number(one("#cut").value)));
  for (const event of ["pointerdown", "pointermove"]) one("#handle").addEventListener(event, drag);
  one("#handle").addEventListener("pointerdown", (event) => {
    event.stopPropagation();
    event.currentTarget.setPointerCapture(event.pointerId);
  });
  one("#compare-with").addEventListener("change", () => {
    other = one("#compare-with").value;
    draw();
  });
  let current = null;
  store.on("selected", (id) => {
    if (current && current !== id) last = current;
    current = id;
    if (other === id) other = first();
    if (other && id) open();
    else close();
  });
  store.on("progress runs", (id) => id === other && draw());
}
