// A setting that may be several things: which of them it is, and then the fields of that.

import { el, words } from "../base/dom.js";
import { framed, nextId } from "./fields.js";
import { choicesOf, kindOf, plain } from "./schema.js";

const NOT_SET = "not set";

/** The kinds of value that a setting may have: `{label, holds(value), first, schema}`; words are a kind each. */
function kinds(told) {
  const found = choicesOf(told).flatMap((choice, place, all) => {
    if (choice.enum) return choice.enum.map((word) => fixed(word, String(word)));
    if (choice.const !== undefined) return [fixed(choice.const, String(choice.const))];
    if (choice.type === "boolean") return [fixed(true, "yes"), fixed(false, "no")];
    return [open(choice, all)];
  });
  return found.filter(({ label }, place) => found.findIndex((other) => other.label === label) === place);
}

const fixed = (word, label) => ({ label, holds: (value) => value === word, first: word, schema: null });

function open(choice, all) {
  if (choice.properties || choice.additionalProperties) {
    const others = all.filter((other) => other.properties || other.additionalProperties);
    const label = others.length === 1 || !choice.title ? "in detail…" : `${words(choice.title.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase())}…`;
    const required = choice.required ?? [];
    const holds = (value) => isMap(value) && (!choice.properties || Object.keys(value).every((key) => key in choice.properties)) && required.every((key) => key in value);
    return { label, holds, first: {}, schema: choice };
  }
  if (choice.type === "array") return { label: kindOf(choice) === "colours" ? "colours…" : "several…", holds: Array.isArray, first: [], schema: choice };
  if (choice.type === "string") return { label: `${choice.title ?? "text"}…`, holds: (value) => typeof value === "string", first: "", schema: choice };
  return { label: `${choice.title ?? "number"}…`, holds: (value) => typeof value === "number", first: 0, schema: choice };
}

const isMap = (value) => Boolean(value) && typeof value === "object" && !Array.isArray(value);

/** A control whose fields, below its own line, follow what kind the value is. */
export function union(form, steps, { schema, name, label, value, change }) {
  const told = plain(schema);
  const id = nextId();
  const all = kinds(told);
  const select = el("select", { id });
  select.append(el("option", { value: "" }, told.default === undefined ? NOT_SET : "as usual"), ...all.map((kind, place) => el("option", { value: String(place) }, kind.label)));
  const odd = el("option", { value: "odd", hidden: true }, "something else");
  select.append(odd);
  const inner = el("div", { class: "inner", role: "group", "aria-label": label });
  let shown = null;
  let chosen = null; // what was chosen here and has no value yet

  const placeOf = (given) => {
    if (given === undefined || given === null) return chosen === null ? "" : String(chosen);
    const found = all.map(({ holds }, place) => (holds(given) ? place : -1)).filter((place) => place >= 0);
    return found.length ? String(found.includes(chosen) ? chosen : found[0]) : "odd";
  };
  const draw = (place) => {
    form.forget(steps);
    const kind = place === "" ? null : all[Number(place)];
    if (place === "odd") inner.replaceChildren(...form.within(name, {}, steps));
    else inner.replaceChildren(...(kind?.schema ? form.within(name, kind.schema, steps) : []));
    inner.hidden = !inner.children.length;
  };
  const update = (given) => {
    const place = placeOf(given);
    odd.hidden = place !== "odd";
    select.value = place;
    if (place === shown) return;
    shown = place;
    draw(place);
  };
  select.addEventListener("change", () => {
    chosen = select.value === "" ? null : Number(select.value);
    const kind = chosen === null ? null : all[chosen];
    const isEmpty = kind?.schema && typeof kind.first !== "object";
    const next = isEmpty ? undefined : kind?.first;
    update(next);
    change(next);
    if (isEmpty) inner.querySelector("input, textarea")?.focus();
  });
  const control = { node: select, input: select, isSafe: true, update };
  const framing = framed({ told, id, name, label, kind: "union", control, value });
  const node = el("div", { class: "block", dataset: { name } }, framing.node, inner);
  return { ...framing, node };
}
