// One setting as a labelled control: `{node, update(value), fail(message)}`. `change(value)` hears what was chosen.

import { printBlock, parseBlock } from "../base/blocks.js";
import { el, icon, one, short, words } from "../base/dom.js";
import { parse, print } from "../base/flow.js";
import { angle } from "../widgets/angles.js";
import { colour, colours } from "../widgets/colours.js";
import { place } from "../widgets/places.js";
import { slider } from "../widgets/sliders.js";
import { choicesOf, kindOf, plain, suggestions, widgetOf } from "./schema.js";
import { valueAt } from "./schedules.js";

let count = 0;

/** A control for a setting that is no group of others. `moment` gives `{step, steps}` for schedules. */
export function field({ schema, name, label = words(name), value, change, moment = null, isBare = false }) {
  const told = plain(schema);
  const id = `f${++count}`;
  const kind = kindOf(schema);
  const control = (KINDS[kind] ?? flow)({ told, id, name, kind, change, moment });
  return framed({ told, id, name, label, kind, control, value, isBare });
}

/** A control with its label, its help and what is wrong with it. */
export function framed({ told, id, name, label, kind, control, value, isBare = false }) {
  const message = el("p", { class: "wrong-text", id: `${id}-wrong`, hidden: true });
  const doc = told.description && !isBare ? el("p", { class: "doc", id: `${id}-doc`, title: told.description }, told.description) : null;
  const node = el(
    "div",
    { class: `field ${kind}`, dataset: { name }, role: control.isGroup && "group", "aria-label": control.isGroup && label },
    el("label", { for: id, title: told.description }, label),
    control.node,
    doc,
    message,
  );
  control.input.setAttribute("aria-describedby", [one(".unit", control.node)?.id, doc?.id, message.id].filter(Boolean).join(" "));
  let own = null; // what is wrong with what stands in the field, which is then not sent, and stays there
  const show = (text) => {
    message.textContent = text ?? "";
    message.hidden = !text;
    node.classList.toggle("wrong", Boolean(text));
    control.input.setAttribute("aria-invalid", text ? "true" : "false");
  };
  const update = (given) => {
    node.classList.toggle("set", given !== undefined);
    if (!own && (!node.contains(document.activeElement) || control.isSafe)) control.update(given);
  };
  const fail = (text) => show(own ?? text);
  control.refuse = (text) => show((own = text));
  control.update(value);
  node.classList.toggle("set", value !== undefined);
  return { node, update, fail, isPending: (pending) => node.classList.toggle("pending", pending) };
}

export const nextId = () => `f${++count}`;

const fallback = (told) => (told.default === undefined ? "" : print(told.default));

function boolean({ told, id, change }) {
  const input = el("input", { type: "checkbox", role: "switch", id, class: "switch", on: { change: () => change(input.checked) } });
  return { node: input, input, isSafe: true, update: (value) => (input.checked = value ?? told.default ?? false) };
}

function choice({ told, id, change }) {
  const values = told.enum ?? [told.const];
  const given = told.default === undefined ? "not set" : `${told.default}, as usual`;
  const input = el("select", { id, on: { change: () => change(input.value === "" ? undefined : values[Number(input.value)]) } }, el("option", { value: "" }, given));
  input.append(...values.map((value, place) => el("option", { value: String(place) }, String(value))));
  return { node: input, input, isSafe: true, update: (value) => (input.value = value === undefined || value === null ? "" : String(values.indexOf(value))) };
}

function text({ told, id, change }) {
  const input = el("input", { type: "text", id, placeholder: fallback(told), spellcheck: "false", autocomplete: "off" });
  input.addEventListener("change", () => change(input.value === "" ? undefined : input.value));
  return { node: input, input, update: (value) => (input.value = value ?? "") };
}

/** A text of YAML's flow style, for whatever has no control of its own. */
function flow({ told, id, change }) {
  const list = suggestions(told);
  const names = list.length ? el("datalist", { id: `${id}-list` }, ...list.map((value) => el("option", { value: String(value) }))) : null;
  const input = el("input", { type: "text", id, class: "code", placeholder: fallback(told), spellcheck: "false", autocomplete: "off", list: names?.id });
  const control = { node: names ? el("div", {}, input, names) : input, input, update: (value) => (input.value = print(value)) };
  input.addEventListener("change", () => {
    try {
      control.refuse(null);
      change(parse(input.value));
    } catch (error) {
      control.refuse(error.message);
    }
  });
  return control;
}

/** What a form cannot show: YAML over several lines. */
function yaml({ told, id, change }) {
  const input = el("textarea", { id, class: "code", rows: "2", placeholder: told.default === undefined ? "name: value" : printBlock(told.default), spellcheck: "false", autocapitalize: "off", autocomplete: "off", wrap: "off" });
  const grow = () => (input.rows = Math.min(12, Math.max(2, input.value.split("\n").length)));
  const mark = (line) => {
    if (!line) return;
    const lines = input.value.split("\n");
    const start = lines.slice(0, line - 1).reduce((length, text) => length + text.length + 1, 0);
    input.setSelectionRange(start, start + lines[line - 1].length);
  };
  const control = { node: input, input, update: (value) => ((input.value = value === undefined ? "" : printBlock(value)), grow()) };
  input.addEventListener("input", grow);
  input.addEventListener("change", () => {
    try {
      control.refuse(null);
      change(parseBlock(input.value));
    } catch (error) {
      control.refuse(error.message);
      mark(error.line);
    }
  });
  return control;
}

/** A slider or a dial, as the schema says. */
function numeric({ told, id, change }) {
  const widget = widgetOf(told);
  const choice = choicesOf(told).find(({ type }) => type === "number" || type === "integer") ?? told;
  const given = { id, isWhole: choice.type === "integer", usual: usual(told.default), change, low: choice.minimum ?? choice.exclusiveMinimum };
  return widget?.kind === "angle" ? angle({ ...given, widget }) : slider({ ...given, widget: widget?.kind === "slider" ? widget : null });
}

/** A default that may be a schedule, at the beginning. */
const usual = (given) => (given && typeof given === "object" ? (valueAt(given, 0, 2) ?? undefined) : given);

/** A number that may change over the run: a slider for now, or the whole schedule as a text. */
function schedule({ told, id, name, change, moment }) {
  const simple = numeric({ told, id, change });
  const line = flow({ told, id: `${id}-over`, change });
  line.input.setAttribute("aria-label", `${words(name)} over the run`);
  const now = el("span", { class: "now" });
  const over = el("div", { class: "over", hidden: true }, line.node, now);
  const toggle = el("button", { type: "button", class: "tool small", "aria-pressed": "false", "aria-label": `${words(name)} over the run`, title: "Numbers over the run" }, icon("curve"));
  const show = (isOver) => {
    over.hidden = !isOver;
    simple.node.hidden = isOver && !moment;
    toggle.setAttribute("aria-pressed", String(isOver));
  };
  toggle.addEventListener("click", () => show(over.hidden));
  const above = el("div", { class: "pair" }, simple.node, !moment && over, toggle);
  const control = { node: el("div", { class: "schedule" }, above, moment && over), input: simple.input };
  line.refuse = (message) => control.refuse(message);
  control.update = (value) => {
    const isOver = value !== undefined && value !== null && typeof value === "object";
    const current = isOver && moment ? valueAt(value, moment().step, moment().steps) : null;
    simple.update(isOver ? (current ?? undefined) : value);
    line.update(value);
    now.textContent = current === null ? "" : `now ${short(current)}`;
    show(isOver);
  };
  return control;
}

const KINDS = { boolean, enum: choice, text, colour, colours, number: numeric, schedule, point: place, region: place, suggested: flow, flow, yaml };
