// The list of runs: newest first, branches below the run that they came from.

import { drawingAddress, presetThumbnail } from "../base/api.js";
import { all, el, iconButton, one, throttled } from "../base/dom.js";
import { store } from "../base/store.js";
import * as actions from "../stage/actions.js";
import { stateOf } from "../stage/transport.js";

const DEEPEST = 3;
const SLOW = 2000;

let isFiltered = false;
const rows = new Map();

export const nameOf = (run) => run.title || run.prompts || run.preset || run.id;

/** The runs in order, each with how deep in the tree it is: `[run, depth]`. */
function tree() {
  const runs = [...store.runs.values()].reverse();
  const isShown = (run) => !isFiltered || run.favourite;
  const below = (id, depth) => runs.filter((run) => parentOf(run) === id).flatMap((run) => [...(isShown(run) ? [[run, depth]] : []), ...below(run.id, Math.min(DEEPEST, depth + (isShown(run) ? 1 : 0)))]);
  return below(null, 0);
}

const parentOf = (run) => (run.parent && store.runs.has(run.parent.id) && run.parent.id !== run.id ? run.parent.id : null);

function thumbnailOf(name) {
  return store.presets.find((preset) => preset.name === name)?.thumbnail ? presetThumbnail(name) : null;
}

function create(run) {
  const picture = el("img", { alt: "", width: "48", height: "48", decoding: "async", loading: "lazy" });
  picture.addEventListener("error", () => picture.removeAttribute("src"));
  const title = el("span", { class: "run-title" });
  const line = el("span", { class: "run-line" });
  const fill = el("span", { class: "run-fill" });
  const open = el("button", { type: "button", class: "run-open", on: { click: () => store.select(run.id) } }, el("span", { class: "thumb" }, picture), el("span", { class: "run-text" }, title, line, el("span", { class: "run-bar" }, fill)));
  const star = iconButton("star", "Favourite", () => actions.favourite(store.runs.get(run.id)), { class: "tool small star" });
  const node = el("li", { class: "run", dataset: { id: run.id } }, open, star);
  const load = throttled(() => {
    const now = store.runs.get(run.id);
    if (!now) return;
    // Until there is a drawing, the preset's own picture stands in for it.
    const address = now.picture ? drawingAddress(run.id, { version: now.picture, width: 160 }) : thumbnailOf(now.preset);
    if (!address) return;
    node.classList.toggle("blank", !now.picture);
    if (picture.getAttribute("src") !== address) picture.src = address;
  }, SLOW);
  const update = (now, depth) => {
    title.textContent = nameOf(now);
    open.title = nameOf(now);
    node.dataset.state = now.state;
    if (depth !== undefined) node.dataset.depth = depth;
    node.classList.toggle("pending", store.pending.has(now.id));
    const isCurrent = now.id === store.selected;
    open.setAttribute("aria-current", String(isCurrent));
    star.setAttribute("aria-pressed", String(now.favourite));
    star.classList.toggle("on", now.favourite);
    progress(now);
  };
  const progress = (now) => {
    line.textContent = `${stateOf(now)} · ${now.step}/${now.steps}`;
    fill.style.width = `${(100 * now.step) / Math.max(1, now.steps)}%`;
    load();
  };
  return { node, update, progress };
}

function render() {
  const list = one("#runs");
  const wanted = tree();
  const ids = new Set(wanted.map(([run]) => run.id));
  for (const [id, row] of rows) {
    if (ids.has(id)) continue;
    row.node.remove();
    rows.delete(id);
  }
  wanted.forEach(([run, depth], place) => {
    if (!rows.has(run.id)) rows.set(run.id, create(run));
    const row = rows.get(run.id);
    row.update(run, depth);
    if (list.children[place] !== row.node) list.insertBefore(row.node, list.children[place] ?? null);
  });
  one("#runs-empty").hidden = wanted.length > 0;
  one("#runs-empty").textContent = isFiltered && store.runs.size ? "No favourites yet. Press F to mark the picture that is shown." : "Pictures that you start appear here.";
  one("#runs-new").setAttribute("aria-current", String(store.selected === null));
}

/** Moves the choice by so many runs. */
export function shift(way) {
  const ids = all("#runs .run").map((node) => node.dataset.id);
  const next = ids[ids.indexOf(store.selected) + way];
  if (next) store.select(next);
}

export function begin() {
  one("#runs-new").addEventListener("click", () => store.select(null));
  one("#only-favourites").addEventListener("click", (event) => {
    isFiltered = !isFiltered;
    event.currentTarget.setAttribute("aria-pressed", String(isFiltered));
    render();
  });
  const soon = throttled(render, 50);
  store.on("runs selected", soon);
  store.on("progress", (id) => rows.get(id)?.progress(store.runs.get(id)));
}

