// A list whose items have settings of their own: each is a card, with its place in the order.

import { el, iconButton } from "../base/dom.js";
import { framed, nextId } from "./fields.js";
import { kindOf, plain, typesOf } from "./schema.js";

/** A control that draws a card for each item. */
export function list(form, steps, { schema, name, label, value, change }) {
  const told = plain(schema);
  const id = nextId();
  const one = label.toLowerCase();
  const rows = el("div", { class: "inner", role: "group", "aria-label": label });
  const input = el("button", { type: "button", class: "button small", id, "aria-label": `Add to ${one}`, on: { click: () => add() } }, "Add");
  let shown = null;

  const now = () => (Array.isArray(form.value(steps)) ? form.value(steps) : []);
  const set = (items) => {
    change(items.length ? items : undefined);
    update(items);
  };
  const first = () => {
    const kind = kindOf(told.items);
    return kind === "component" ? { type: typesOf(told.items)[0].name } : kind === "union" ? "" : {};
  };
  const add = () => {
    if (told.maxItems && now().length >= told.maxItems) return;
    set([...now(), first()]);
    rows.lastElementChild?.querySelector(".list-body :is(input, select, textarea)")?.focus();
  };
  const move = (place, way) => {
    const items = [...now()];
    [items[place], items[place + way]] = [items[place + way], items[place]];
    shown = null;
    set(items);
  };
  const remove = (place) => {
    shown = null;
    set(now().filter((_, at) => at !== place));
    input.focus();
  };
  const card = (_, place, items) => {
    const each = `${one} ${place + 1}`;
    const tools = el("div", { class: "tools" });
    if (place > 0) tools.append(iconButton("up", `Move ${each} up`, () => move(place, -1), { class: "tool small" }));
    if (place < items.length - 1) tools.append(iconButton("down", `Move ${each} down`, () => move(place, 1), { class: "tool small" }));
    tools.append(iconButton("close", `Remove ${each}`, () => remove(place), { class: "tool small" }));
    return el("div", { class: "card-block", role: "group", "aria-label": each }, el("div", { class: "card-head" }, el("span", {}, `No. ${place + 1}`), tools), el("div", { class: "list-body" }, ...form.within(name, told.items, [...steps, place])));
  };
  const update = (given) => {
    const items = Array.isArray(given) ? given : [];
    if (shown === items.length) return;
    shown = items.length;
    form.forget(steps);
    rows.replaceChildren(...items.map(card));
    rows.hidden = !items.length;
  };
  const control = { node: input, input, isSafe: true, update };
  const framing = framed({ told, id, name, label, kind: "list", control, value });
  return { ...framing, node: el("div", { class: "block", dataset: { name } }, framing.node, rows) };
}
