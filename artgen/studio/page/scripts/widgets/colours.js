// Colours: one as a well and its name, and lists of them, which are added, removed and put in order.

import { el, iconButton, words } from "../base/dom.js";

const HEX = /^#[0-9a-f]{6}$/i;
const FIRST = "#e2583e";
const context = document.createElement("canvas").getContext("2d");

/** `#rrggbb` of a colour that the browser knows by its text; null of any other, which the server may know. */
export function hexOf(text) {
  if (typeof text !== "string" || !CSS.supports("color", text)) return null;
  context.fillStyle = "#000000";
  context.fillStyle = text;
  return HEX.test(context.fillStyle) ? context.fillStyle : null;
}

/** A well and a text field: `#rrggbb`, or a name. */
function pair({ id, label, placeholder, change }) {
  const input = el("input", { type: "text", id, placeholder, "aria-label": label, spellcheck: "false", autocomplete: "off" });
  const well = el("input", { type: "color", class: "well", "aria-label": label ? `Choose ${label}` : "Choose the colour" });
  const show = (text) => {
    const hex = hexOf(text);
    well.classList.toggle("unknown", !hex);
    if (hex) well.value = hex;
  };
  input.addEventListener("change", () => {
    show(input.value || placeholder);
    change(input.value === "" ? undefined : input.value.trim());
  });
  well.addEventListener("input", () => {
    input.value = well.value;
    show(well.value);
    change(well.value);
  });
  const update = (value) => {
    if (document.activeElement !== input) input.value = value ?? "";
    show(value ?? placeholder);
  };
  return { nodes: [well, input], input, update };
}

export function colour({ told, id, change }) {
  const { nodes, input, update } = pair({ id, placeholder: told.default ?? "#rrggbb or a name", change });
  return { node: el("div", { class: "pair" }, ...nodes), input, isSafe: true, update };
}

/** A text of several colours as a list; a list as it is. */
const entries = (value) => (typeof value === "string" ? value.split(/[,;]/).map((part) => part.trim()).filter(Boolean) : Array.isArray(value) ? value : []);

/** A list: a palette, or the colours of anything. Its entries may also be what the schema proposes, such as palettes of plugins. */
export function colours({ told, id, name, change }) {
  const label = words(name).toLowerCase();
  const rows = el("ol", { class: "colours" });
  const strip = el("div", { class: "strip", "aria-hidden": "true" });
  let shown = [];
  strip.hidden = true;
  const input = el("button", { type: "button", class: "button small", id, "aria-label": `Add a colour to ${label}`, on: { click: () => add() } }, "Add a colour");
  const proposed = (told.anyOf ?? [told]).flatMap((choice) => choice.examples ?? []);
  const offered = proposed.length > 0 && el("select", { class: "offered", "aria-label": `Add a palette to ${label}`, on: { change: () => add(offered.value) } }, el("option", { value: "" }, "or a palette…"), ...proposed.map((text) => el("option", { value: text }, text)));

  const set = (list) => {
    draw(list);
    change(list.length ? list : undefined);
  };
  const add = (text) => {
    set([...shown, text ?? hexOf(shown.at(-1)) ?? FIRST]);
    if (offered) offered.value = "";
    rows.lastElementChild.querySelector("input[type=text]").select(); // what is typed now takes its place
  };
  const move = (place, way) => {
    const list = [...shown];
    [list[place], list[place + way]] = [list[place + way], list[place]];
    set(list);
    rows.children[place + way].querySelector(way < 0 ? ".up" : ".down")?.focus();
  };
  const row = (text, place) => {
    const each = `colour ${place + 1} of ${label}`;
    const one = pair({ label: each, placeholder: "", change: (value) => (value === undefined ? remove(place) : put(place, value)) });
    one.update(text);
    const up = iconButton("up", `Move ${each} up`, () => move(place, -1), { class: "tool small up", disabled: place === 0 });
    const down = iconButton("down", `Move ${each} down`, () => move(place, 1), { class: "tool small down", disabled: place === shown.length - 1 });
    return el("li", {}, ...one.nodes, up, down, iconButton("close", `Remove ${each}`, () => remove(place), { class: "tool small" }));
  };
  const put = (place, value) => {
    shown = shown.map((text, at) => (at === place ? value : text));
    paint();
    change(shown);
  };
  const remove = (place) => {
    set(shown.filter((_, at) => at !== place));
    (rows.children[Math.min(place, shown.length - 1)]?.querySelector("input[type=text]") ?? input).focus();
  };
  const paint = () => {
    const known = shown.map(hexOf).filter(Boolean);
    strip.hidden = known.length < 2;
    strip.replaceChildren(...known.map((hex) => {
      const part = el("span");
      part.style.background = hex;
      return part;
    }));
  };
  const draw = (list) => {
    shown = list.map(String);
    rows.replaceChildren(...shown.map(row));
    paint();
  };
  const update = (value) => {
    const list = entries(value ?? told.default);
    if (JSON.stringify(list.map(String)) !== JSON.stringify(shown)) draw(list);
  };
  return { node: el("div", { class: "palette" }, strip, rows, el("div", { class: "adders" }, input, offered)), input, isSafe: true, isGroup: true, update };
}
