// One setting as a labelled control: `{node, update(value), fail(message)}`. `change(value)` hears what was chosen.

import { el, icon, short, words } from "../base/dom.js";
import { parse, print } from "../base/flow.js";
import { bounds, kindOf, plain, suggestions } from "./schema.js";
import { slider } from "./sliders.js";
import { valueAt } from "./schedules.js";

let count = 0;

/** A control for a setting of any kind but component and object. `moment` gives `{step, steps}` for schedules. */
export function field({ schema, name, label = words(name), value, change, moment = null, isBare = false }) {
  const told = plain(schema);
  const id = `f${++count}`;
  const kind = kindOf(schema, name);
  const control = (KINDS[kind] ?? flow)({ told, id, name, change, moment });
  const message = el("p", { class: "wrong-text", id: `${id}-wrong`, hidden: true });
  const doc = told.description && !isBare ? el("p", { class: "doc", id: `${id}-doc`, title: told.description }, told.description) : null;
  const node = el(
    "div",
    { class: `field ${kind}`, dataset: { name } },
    el("label", { for: id, title: told.description }, label),
    control.node,
    doc,
    message,
  );
  if (doc) control.input.setAttribute("aria-describedby", doc.id);
  const fail = (text) => {
    message.textContent = text ?? "";
    message.hidden = !text;
    node.classList.toggle("wrong", Boolean(text));
    control.input.setAttribute("aria-invalid", text ? "true" : "false");
  };
  const update = (given) => {
    node.classList.toggle("set", given !== undefined);
    if (!node.contains(document.activeElement) || control.isSafe) control.update(given);
  };
  control.refuse = fail;
  control.update(value);
  node.classList.toggle("set", value !== undefined);
  return { node, update, fail, isPending: (pending) => node.classList.toggle("pending", pending) };
}

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

function colour({ told, id, change }) {
  const input = el("input", { type: "text", id, placeholder: fallback(told) || "#rrggbb", spellcheck: "false", autocomplete: "off" });
  const well = el("input", { type: "color", class: "well", "aria-label": "Choose the colour" });
  const isHex = (value) => /^#[0-9a-f]{6}$/i.test(value ?? "");
  input.addEventListener("change", () => {
    if (isHex(input.value)) well.value = input.value;
    change(input.value === "" ? undefined : input.value);
  });
  well.addEventListener("change", () => change((input.value = well.value)));
  const update = (value) => {
    input.value = value ?? "";
    const shown = value ?? told.default;
    if (isHex(shown)) well.value = shown;
  };
  return { node: el("div", { class: "pair" }, well, input), input, update };
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

function number({ told, id, change }) {
  const isWhole = told.type === "integer";
  const range = bounds(told);
  const isUseful = range && range[1] - range[0] <= 10000;
  return slider({ id, range: isUseful ? range : null, isWhole, usual: told.default, change, low: told.minimum ?? told.exclusiveMinimum });
}

/** A number that may change over the run: a slider for now, or the whole schedule as a text. */
function schedule({ told, id, name, change, moment }) {
  const simple = slider({ id, range: usualRange(name, told.default), isWhole: name === "count", usual: told.default, change, isRate: /rate/.test(name) });
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

/** Where a slider for a number without bounds goes from and to. */
function usualRange(name, usual) {
  if (name === "count") return [1, 64];
  if (/rate/.test(name)) return [(usual ?? 0.05) / 50, (usual ?? 0.05) * 20];
  if (/weight/.test(name)) return [-1, 3];
  if (typeof usual === "number" && usual > 1) return [0, usual * 4];
  return [0, 1];
}

const KINDS = { boolean, enum: choice, text, colour, number, schedule, suggested: flow, flow };

