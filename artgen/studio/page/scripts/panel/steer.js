// The tab from which a run is steered: its prompts as lines, and every number that may change while it is drawn.

import { el, iconButton, one, words } from "../base/dom.js";
import { get, pathOf, same } from "../base/paths.js";
import { store } from "../base/store.js";
import { field } from "../preset/fields.js";
import { componentOf, isScheduled, properties, settingsOf, shapeOf, typesOf } from "../preset/schema.js";
import { PromptLines } from "./prompt_lines.js";
import { isPending, onSteering, steer, wanted } from "./steering.js";

const FIRST = ["weight", "learning_rate", "count"]; // shown at once, even where the preset leaves them as they are
const ORDER = ["losses", "generator", "views", "perceptors", "filters"];

let built = null;
let fields = new Map(); // path -> {control, steps}
const lines = new PromptLines();

const moment = () => ({ step: store.run?.step ?? 0, steps: store.run?.steps ?? 1 });

/** Each component of a section: `[steps, name, schema]`. */
function parts(title) {
  const schema = properties()[title];
  const held = wanted()?.[title];
  if (!held || typeof held !== "object") return [];
  if (shapeOf(schema) === "one") return inside(componentOf(schema), [title], held, words(held.type ?? title));
  const name = (key) => held[key]?.id ?? (Array.isArray(held) ? held[key]?.type : key) ?? key;
  return Object.keys(held).map((key) => [[title, Array.isArray(held) ? Number(key) : key], words(name(key)), componentOf(schema)]);
}

/** A component and those that it holds, such as the layers of a drawing. */
function inside(schema, steps, held, name) {
  const settings = settingsOf(schema, held.type);
  const nested = Object.entries(settings).filter(([key, told]) => typesOf(told).length && held[key]);
  return [[steps, name, schema], ...nested.flatMap(([key, told]) => inside(told, [...steps, key], held[key], words(key)))];
}

function row(name, schema, steps, label) {
  const control = field({ schema, name, label, value: get(wanted(), steps), change: (value) => steer(steps, value), moment, isBare: true });
  fields.set(pathOf(steps), { control, steps });
  return control.node;
}

function component([steps, name, schema], isList) {
  const held = get(wanted(), steps);
  const settings = Object.entries(settingsOf(schema, held?.type)).filter(([, told]) => isScheduled(told));
  const isShown = ([key]) => held?.[key] !== undefined || FIRST.includes(key);
  const shown = settings.filter(isShown);
  const others = settings.filter((setting) => !isShown(setting));
  if (!settings.length && !isList) return null;
  const isSingle = shown.length === 1 && isList;
  const rows = shown.map(([key, told]) => row(key, told, [...steps, key], isSingle ? name : words(key)));
  const about = typesOf(schema).find((type) => type.name === held?.type)?.about;
  const remove = isList && iconButton("close", `Remove ${name}`, () => steer(steps, undefined), { class: "tool small" });
  const head = el("div", { class: "part-head" }, el("span", { title: about }, isSingle ? "" : name), remove);
  const fold = others.length > 0 && el("details", { class: "more" }, el("summary", {}, `${others.length} more`));
  if (fold) fold.addEventListener("toggle", () => fold.open && fold.children.length === 1 && fold.append(...others.map(([key, told]) => row(key, told, [...steps, key], words(key)))));
  return el("div", { class: isSingle ? "part single" : "part" }, head, ...rows, fold);
}

function section(title) {
  const isList = shapeOf(properties()[title]) === "list";
  const nodes = parts(title).map((part) => component(part, isList)).filter(Boolean);
  const add = title === "losses" && adder(title);
  if (!nodes.length && !add) return null;
  return el("section", { class: "group" }, el("h3", { title: properties()[title].description }, words(title)), ...nodes, add);
}

function adder(title) {
  const select = el("select", { class: "adder", "aria-label": "Add a loss" }, el("option", { value: "" }, "+ Add a loss…"));
  select.append(...typesOf(componentOf(properties()[title])).map(({ name, about }) => el("option", { value: name, title: about }, words(name))));
  select.addEventListener("change", () => steer([title], [...(wanted()?.[title] ?? []), { type: select.value }]));
  return select;
}

/** The sections in which something may change while it is drawn: those named above first. */
function titles() {
  const named = Object.keys(properties()).filter((title) => shapeOf(properties()[title]) && !["draft", "finish", "reporters"].includes(title));
  return [...ORDER.filter((title) => named.includes(title)), ...named.filter((title) => !ORDER.includes(title))];
}

const outline = () => ({ run: store.selected, parts: titles().map((title) => parts(title).map(([steps, name]) => [pathOf(steps), name, get(wanted(), steps)?.type])) });

function build() {
  const root = one("#steer-settings");
  const focused = document.activeElement?.closest?.("[data-name]") && root.contains(document.activeElement);
  if (focused) document.activeElement.blur();
  fields = new Map();
  const seed = el("section", { class: "group" }, el("h3", {}, "Chance"), seedRow());
  root.replaceChildren(...titles().map(section).filter(Boolean), seed);
}

function seedRow() {
  const node = row("seed", properties().seed ?? { type: "integer" }, ["seed"], "Seed");
  const dice = () => steer(["seed"], Math.floor(Math.random() * 1e6));
  one(".slider, input", node).after(iconButton("dice", "Another seed from here on", dice, { class: "tool small" }));
  return node;
}

function render() {
  const { run, detail } = store;
  const isOver = !run || ["finished", "failed", "finishing"].includes(run.state);
  one("#steer-over").hidden = !isOver;
  one("#steer-empty").hidden = Boolean(detail);
  one("#steer-body").hidden = !detail;
  if (!detail || !wanted()) return;
  const now = outline();
  if (!same(built, now)) build();
  built = now;
  lines.update(wanted().prompts);
  for (const [path, { control, steps }] of fields) {
    const pending = isPending(path);
    control.isPending(pending);
    if (!pending) control.update(get(wanted(), steps));
  }
  one("#tab-steer").inert = isOver;
}

function refused({ problems }) {
  for (const [path, { control }] of fields) control.fail(problems.find((problem) => problem.path?.startsWith(path))?.message);
  built = null;
}

function applied({ paths, step }) {
  for (const path of paths) {
    const found = fields.get(path);
    found?.control.fail(null);
    const node = found?.control.node ?? (path === "prompts" ? one("#prompt-lines") : null);
    if (!node) continue;
    node.dataset.since = `from step ${step}`;
    setTimeout(() => delete node.dataset.since, 2500);
  }
}

export function begin() {
  lines.begin();
  onSteering("change", render);
  onSteering("applied", applied);
  onSteering("refused", refused);
  store.on("run selected", render);
}

