// The whole preset as a form, made from the schema: what is new there appears here by itself.

import { all, debounced, el, iconButton, one, words } from "../base/dom.js";
import { print } from "../base/flow.js";
import { get, same } from "../base/paths.js";
import { Form } from "./components.js";
import { draft } from "./draft.js";
import { componentOf, properties, shapeOf, typesOf } from "./schema.js";

const GROUPS = [
  ["Picture", ["prompts", "seed", "size", "steps", "start", "quality", "batch", "transparent", "about"]],
  ["Run", ["device", "deterministic", "auto_stop", "recipe", "chunk", "frames", "frame"]],
  ["Film and sweep", ["film", "sweep", "overlay"]],
];
const FIRST = ["Picture", "generator", "draft", "perceptors", "views", "losses", "filters", "finish"];

const open = new Set(["Picture"]);
let form = null;
let built = null;
let isOwn = false;

/** The sections in order: groups of settings, then each section of components, then what no group names. */
function sections() {
  const told = properties();
  const named = Object.keys(told).filter((name) => shapeOf(told[name]));
  const grouped = new Set([...GROUPS.flatMap(([, names]) => names), ...named, "extends"]);
  const groups = GROUPS.map(([title, names]) => [title, names.filter((name) => told[name])]);
  const others = Object.keys(told).filter((name) => !grouped.has(name));
  const found = [...groups, ...(others.length ? [["Others", others]] : []), ...named.map((name) => [name, null])];
  const rank = ([title]) => (FIRST.includes(title) ? FIRST.indexOf(title) : FIRST.length);
  return found.map((section, place) => [section, place]).sort(([a, i], [b, j]) => rank(a) - rank(b) || i - j).map(([section]) => section);
}

function set(steps, value, { rebuild = false } = {}) {
  isOwn = !rebuild;
  draft.set(steps, value);
  isOwn = false;
}

/** What a section holds, in a few words. */
function precis(title, names) {
  const data = draft.data ?? {};
  if (names) return names.filter((name) => data[name] !== undefined).slice(0, 4).map((name) => `${words(name).toLowerCase()} ${cut(print(data[name]))}`).join(" · ");
  const value = data[title];
  if (!value || typeof value !== "object") return value === null ? "none" : "";
  const parts = Array.isArray(value) ? value : "type" in value ? [value] : Object.values(value);
  return parts.map((part) => part?.type ?? "").filter(Boolean).join(" · ");
}

const cut = (text) => (text.length > 24 ? `${text.slice(0, 23)}…` : text);

/** What must be equal for the fields to stay as they are: which components and groups of settings there are. */
const outline = () => types(draft.data ?? {});

function types(value) {
  if (!value || typeof value !== "object") return value === undefined ? 0 : 1;
  if (Array.isArray(value)) return value.map(types);
  return Object.fromEntries(Object.entries(value).filter(([key, item]) => key === "type" || (item && typeof item === "object")).map(([key, item]) => [key, key === "type" ? item : types(item)]));
}

function section([title, names]) {
  const about = names ? "" : properties()[title].description;
  const body = el("div", { class: "section-body" });
  const node = el(
    "details",
    { class: "section", dataset: { section: title } },
    el("summary", { title: about }, el("span", { class: "section-title" }, words(title)), el("span", { class: "precis" }, precis(title, names))),
    body,
  );
  const fill = () => {
    open[node.open ? "add" : "delete"](title);
    if (node.open && !body.children.length) body.append(...(names ? form.settings(pick(names), []) : components(title)));
    if (node.open) form.update(draft.problems);
  };
  node.addEventListener("toggle", fill);
  node.fill = () => ((node.open = true), fill());
  if (open.has(title)) node.open = true;
  return node;
}

const pick = (names) => Object.fromEntries(names.map((name) => [name, properties()[name]]));

function components(title) {
  const schema = properties()[title];
  const shape = shapeOf(schema);
  if (shape === "one") return draft.data?.[title] ? single(title, schema) : [adder(title, schema, shape)];
  const held = draft.data?.[title] ?? (shape === "list" ? [] : {});
  const cards = Object.keys(held).map((key) => card(title, schema, [title, Array.isArray(held) ? Number(key) : key], held.length ?? 0));
  return [...cards, adder(title, schema, Array.isArray(held) ? "list" : "named")];
}

function single(title, schema) {
  const optional = title !== "generator";
  return [...form.component(schema, [title]), optional && el("button", { type: "button", class: "button small", on: { click: () => set([title], undefined, { rebuild: true }) } }, `Remove ${title}`)].filter(Boolean);
}

function card(title, schema, steps, length) {
  const key = steps[1];
  const move = (way) => {
    const list = [...draft.data[title]];
    [list[key], list[key + way]] = [list[key + way], list[key]];
    set([title], list, { rebuild: true });
  };
  const name = typeof key === "number" ? get(draft.data, [...steps, "id"]) ?? `No. ${key + 1}` : key;
  const tools = el("div", { class: "tools" });
  if (typeof key === "number" && key > 0) tools.append(iconButton("up", `Move ${title} ${key + 1} up`, () => move(-1), { class: "tool small" }));
  if (typeof key === "number" && key < length - 1) tools.append(iconButton("down", `Move ${title} ${key + 1} down`, () => move(1), { class: "tool small" }));
  tools.append(iconButton("close", `Remove ${title} ${name}`, () => set(steps, undefined, { rebuild: true }), { class: "tool small" }));
  return el("div", { class: "card-block" }, el("div", { class: "card-head" }, el("span", {}, String(name)), tools), ...form.component(componentOf(schema), steps));
}

function adder(title, schema, shape) {
  const choose = (event) => {
    const type = event.target.value;
    const held = draft.data?.[title] ?? (shape === "list" ? [] : {});
    if (shape === "one") set([title], { type }, { rebuild: true });
    else if (shape === "list") set([title], [...held, { type }], { rebuild: true });
    else set([title, freeName(held, type)], { type }, { rebuild: true });
  };
  const select = el("select", { class: "adder", "aria-label": `Add to ${title}`, on: { change: choose } }, el("option", { value: "" }, `+ Add to ${title}…`));
  select.append(...typesOf(componentOf(schema)).map(({ name, about }) => el("option", { value: name, title: about }, words(name))));
  return select;
}

function freeName(held, type) {
  let number = 1;
  while (Object.hasOwn(held, number === 1 ? type : `${type}_${number}`)) number += 1;
  return number === 1 ? type : `${type}_${number}`;
}

/** Draws the form anew where its outline has changed, and shows the values otherwise. */
function render() {
  const root = one("#form");
  const now = outline();
  if (!built || (!isOwn && !same(built, now)) || root.dataset.of !== `${draft.run}/${draft.preset}`) {
    const place = root.closest(".tab-body")?.scrollTop ?? 0;
    const folds = all("details.more", root).map((fold) => fold.open);
    form = new Form({ data: () => draft.data, set });
    root.replaceChildren(...sections().map(section));
    root.dataset.of = `${draft.run}/${draft.preset}`;
    all("details.section[open]", root).forEach((node) => node.fill());
    all("details.more", root).forEach((fold, at) => folds[at] && fold.fill());
    if (root.closest(".tab-body")) root.closest(".tab-body").scrollTop = place;
  }
  built = now;
  form.update(draft.problems);
  for (const [title, names] of sections()) {
    const line = one(`[data-section="${CSS.escape(title)}"] .precis`, root);
    if (line) line.textContent = precis(title, names);
  }
}

/** Shows only what holds `text` in its name or help. */
function find(text) {
  const root = one("#form");
  const asked = text.trim().toLowerCase();
  root.classList.toggle("found", Boolean(asked));
  for (const node of all("details.section", root)) {
    if (asked) node.fill();
    if (asked) all("details.more", node).forEach((fold) => fold.fill());
  }
  for (const node of all(".field", root)) node.hidden = Boolean(asked) && !node.textContent.toLowerCase().includes(asked) && !node.dataset.name.includes(asked);
  for (const node of all("details.section", root)) node.hidden = Boolean(asked) && !all(".field", node).some((part) => !part.hidden);
}

export function begin() {
  draft.addEventListener("change", render);
  one("#find").addEventListener("input", debounced(() => find(one("#find").value), 150));
}
