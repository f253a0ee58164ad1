// The tab that tells of the run: its files, what was changed by hand, what it noted, what the models see.

import { fileAddress, viewsAddress } from "../base/api.js";
import { clock, el, icon, one, throttled, words } from "../base/dom.js";
import { print } from "../base/flow.js";
import { store } from "../base/store.js";
import * as actions from "../stage/actions.js";

const SEEN_EVERY = 3000;

const bytes = (size) => (size === undefined ? "" : size < 1e6 ? `${Math.max(1, Math.round(size / 1e3))} kB` : `${(size / 1e6).toFixed(1)} MB`);

const ORDER = [/^image\./, /^(?!.*(losses|progress|drawing|steering|preview|views)).*\.(png|webp|svg|pdf|mp4|gif)$/, /^recipe\.json$/, /\.yaml$/];

/** The files that can be downloaded, `{name, bytes}` each: what one wants most comes first. */
export function filesOf(detail) {
  const rank = ({ name }) => (ORDER.findIndex((pattern) => pattern.test(name)) + ORDER.length + 1) % (ORDER.length + 1);
  return [...(detail?.files ?? [])].sort((a, b) => rank(a) - rank(b));
}

/** A link that saves a file, with a small copy of it where it is one of the pictures of a batch. */
export function fileLink(run, name, ...more) {
  const address = fileAddress(run.id, name);
  const sign = /^batch\/seed-\d+\.png$/.test(name) ? el("img", { src: address, alt: "", width: "40", height: "40", loading: "lazy", decoding: "async" }) : icon("download");
  return el("a", { href: address, download: name }, sign, el("span", {}, name), ...more);
}

function facts(run) {
  const pairs = [
    ["Preset", run.preset || "your own"],
    ["Size", run.size.join(" × ") + (run.batch > 1 ? `, ${run.batch} at once` : "")],
    ["Steps", `${run.step} of ${run.steps}`],
    ["Time", clock(run.seconds)],
    run.parent && ["Branched", `from ${store.runs.has(run.parent.id) ? "another run" : "a run that is gone"}, step ${run.parent.step}`],
  ];
  return pairs.filter(Boolean).flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]);
}

function touches(detail) {
  return detail.touches.map(({ step, what }) => el("li", {}, el("button", { type: "button", class: "touch-line", on: { click: () => store.look(step) } }, el("b", {}, `Step ${step}`), el("span", {}, what.join(", ")))));
}

function settings(data) {
  return Object.entries(data ?? {}).flatMap(([name, value]) => [el("dt", {}, words(name)), el("dd", { class: "code" }, print(value))]);
}

function render() {
  const { run, detail } = store;
  if (!run || !detail || one("#tab-details").hidden) return;
  one("#remove").disabled = one("#stop").disabled = false;
  if (actions.isOver(run) || run.state === "stopped") one("#stop").disabled = true;
  if (actions.isGoing(run) || run.state === "finishing") one("#remove").disabled = true;
  one("#facts").replaceChildren(...facts(run));
  const files = filesOf(detail);
  one("#files").replaceChildren(...files.map(({ name, bytes: size }) => el("li", {}, fileLink(run, name, el("small", {}, bytes(size))))));
  one("#files-none").hidden = files.length > 0;
  one("#touches").replaceChildren(...touches(detail));
  one("#touches-none").hidden = detail.touches.length > 0;
  notes();
  one("#said-settings").replaceChildren(...settings(detail.data));
  look();
}

function notes() {
  const { detail } = store;
  if (!detail) return;
  one("#notes").replaceChildren(...detail.notes.map((note) => el("li", {}, typeof note === "string" ? note : note.text ?? JSON.stringify(note))));
  one("#notes-none").hidden = detail.notes.length > 0;
}

/** The views that the models get of the newest drawing. */
const look = throttled(() => {
  const { run } = store;
  const image = one("#views");
  if (!run || !one("#views-box").open || one("#tab-details").hidden) return;
  if (actions.isOver(run) || run.state === "stopped") return noViews("They can be looked at while it is drawn.");
  const address = viewsAddress(run.id, run.picture);
  if (image.getAttribute("src") !== address) image.src = address;
}, SEEN_EVERY);

function noViews(reason) {
  one("#views").removeAttribute("src");
  one("#views-none").textContent = reason;
  one("#views-none").hidden = false;
}

export function begin() {
  store.on("detail run tab selected", render);
  store.on("notes", notes);
  store.on("step", look);
  one("#views-box").addEventListener("toggle", look);
  one("#views").addEventListener("error", () => noViews("There are none yet."));
  one("#views").addEventListener("load", () => (one("#views-none").hidden = true));
  one("#stop").addEventListener("click", () => actions.act("stop"));
  one("#remove").addEventListener("click", () => one("#remove-dialog").showModal());
  one("#remove-dialog").addEventListener("close", () => one("#remove-dialog").returnValue === "remove" && actions.act("remove"));
}
