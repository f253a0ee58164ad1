// The run as a line: how far it is, what was kept and touched, and the step that is shown.

import { el, one } from "../base/dom.js";
import { store } from "../base/store.js";

const MOST_MARKS = 160;

const share = (step) => `${(100 * step) / Math.max(1, store.run.steps)}%`;

function mark(kind, step, title) {
  const node = el("span", { class: `mark ${kind}`, title });
  node.style.left = share(step);
  return node;
}

const thinned = (list) => (list.length <= MOST_MARKS ? list : list.filter((_, place) => place % Math.ceil(list.length / MOST_MARKS) === 0));

function marks() {
  const { detail, run } = store;
  const line = one("#marks");
  if (!run || !detail) return line.replaceChildren();
  const seen = thinned(detail.moments ?? []).map((step) => mark("moment", step, `Picture of step ${step}`));
  const kept = thinned(detail.checkpoints).map((step) => mark("kept", step, `Checkpoint at step ${step}`));
  const touched = thinned(detail.touches).map(({ step, what }) => mark("touch", step, `Step ${step}: ${what.join(", ")}`));
  const born = run.parent ? [mark("born", run.parent.step, `Branched at step ${run.parent.step}`)] : [];
  return line.replaceChildren(...seen, ...kept, ...born, ...touched);
}

function place() {
  const { run, seen } = store;
  if (!run) return;
  const range = one("#scrub");
  const shown = seen ?? run.step;
  range.max = run.steps;
  if (Number(range.value) !== shown) range.value = shown;
  range.setAttribute("aria-valuetext", `step ${shown} of ${run.steps}${seen === null ? ", the newest" : ""}`);
  const box = one("#timeline");
  box.style.setProperty("--done", share(run.step));
  box.style.setProperty("--seen", share(shown));
  box.classList.toggle("scrubbed", seen !== null);
}

/** Moves what is shown by so many steps. */
export function shift(steps) {
  const { run, seen } = store;
  if (run) store.look((seen ?? run.step) + steps);
}

export function begin() {
  const range = one("#scrub");
  range.addEventListener("input", () => {
    store.look(Number(range.value));
    place();
  });
  range.addEventListener("keydown", (event) => {
    if (event.key === "End") store.look(null);
  });
  store.on("selected run step seen", place);
  store.on("detail selected moments", marks);
}
