// Settings as groups of fields: of a component, which has a type, and of whatever else has settings of its own.

import { el, iconButton, words } from "../base/dom.js";
import { get, pathOf } from "../base/paths.js";
import { field } from "./fields.js";
import { list } from "./lists.js";
import { kindOf, plain, settingsOf, typesOf, widgetOf } from "./schema.js";
import { union } from "./unions.js";

/** Draws into a form: `data()` is the preset, `set(steps, value)` changes it, `fields` holds its controls. */
export class Form {
  constructor({ data, set, moment = null }) {
    Object.assign(this, { data, set, moment, fields: new Set() });
  }

  value(steps) {
    return get(this.data(), steps);
  }

  /** Shows what the data say now, and problems at their fields. */
  update(problems = []) {
    for (const { path, control, steps, read, isInner } of this.fields) {
      control.update(read ? read() : this.value(steps));
      // What is wrong with a setting of several kinds is told where its kind is chosen.
      const found = !isInner && problems.find((problem) => problem.path === path || problem.path?.startsWith(`${path}.`) || problem.path?.startsWith(`${path}[`));
      control.fail(found ? found.message : null);
    }
  }

  #keep(steps, control, others = {}) {
    this.fields.add({ path: pathOf(steps), control, steps, ...others });
    return control.node;
  }

  /** One setting, whatever it is. */
  setting(name, schema, steps, { label = words(name), isInner = false } = {}) {
    const kind = kindOf(schema);
    if (kind === "component" || kind === "object") return this.nested(name, schema, steps, kind, label);
    const second = widgetOf(schema)?.y;
    if (second) return this.pair(name, schema, steps, second);
    const given = { schema, name, label, value: this.value(steps), change: (value) => this.set(steps, value), moment: this.moment };
    const control = kind === "union" ? union(this, steps, given) : kind === "list" ? list(this, steps, given) : field(given);
    return this.#keep(steps, control, { isInner });
  }

  /** What lies within a setting of several kinds, or within an item: the settings of a mapping, or one control. */
  within(name, schema, steps) {
    const told = plain(schema);
    const kind = kindOf(told);
    if (kind === "object") return this.settings(told.properties, steps);
    if (kind === "component") return this.component(told, steps);
    return [this.setting(name, { ...told, description: undefined }, steps, { label: words(told.title ?? name), isInner: true })];
  }

  /** Two settings that are one point of the picture. */
  pair(name, schema, steps, second) {
    const both = [steps, [...steps.slice(0, -1), second]];
    const read = () => {
      const found = both.map((one) => this.value(one));
      return found.every((value) => typeof value === "number") ? found : undefined;
    };
    const change = (value) => both.forEach((one, at) => this.set(one, value?.[at]));
    const control = field({ schema, name, label: `${words(name)}, ${second}`, value: read(), change });
    return this.#keep(steps, control, { read });
  }

  /** Forgets the controls of all that lies within a setting, which is drawn anew. */
  forget(steps) {
    const path = pathOf(steps);
    for (const entry of [...this.fields]) {
      const isWithin = entry.path.startsWith(`${path}.`) || entry.path.startsWith(`${path}[`);
      if (isWithin || (entry.isInner && entry.path === path)) this.fields.delete(entry);
    }
  }

  nested(name, schema, steps, kind, label) {
    const told = plain(schema);
    const body = el("div", { class: "nested-body" });
    const box = el("fieldset", { class: "nested" }, el("legend", {}, label), body);
    const has = this.value(steps) !== undefined && this.value(steps) !== null;
    if (!has) {
      const begin = () => this.set(steps, kind === "component" ? { type: typesOf(told)[0].name } : {}, { rebuild: true });
      body.append(el("button", { type: "button", class: "button small", title: told.description, on: { click: begin } }, `Add ${words(name).toLowerCase()}`));
      return box;
    }
    if (told.nullable || told.default !== undefined || kind === "object") {
      box.append(iconButton("close", `Remove ${words(name).toLowerCase()}`, () => this.set(steps, undefined, { rebuild: true }), { class: "tool small corner" }));
    }
    body.append(...(kind === "component" ? this.component(told, steps) : this.settings(told.properties, steps)));
    return box;
  }

  /** Its type, and the settings of that type. */
  component(schema, steps) {
    const types = typesOf(schema);
    const type = this.value([...steps, "type"]);
    const kept = this.value([...steps, "id"]);
    const choose = (event) => this.set(steps, { type: event.target.value, ...(kept ? { id: kept } : {}) }, { rebuild: true });
    const known = types.some(({ name }) => name === type);
    const select = el("select", { class: "type", "aria-label": `Type of ${pathOf(steps)}`, on: { change: choose } });
    if (!known) select.append(el("option", { value: type ?? "" }, type ?? "choose a type"));
    select.append(...types.map(({ name, about }) => el("option", { value: name, title: about }, words(name))));
    select.value = type ?? "";
    const about = types.find(({ name }) => name === type)?.about;
    return [select, el("p", { class: "about" }, about ?? ""), ...this.settings(settingsOf(schema, type), steps)];
  }

  /** Those that are set, and the others behind a fold, which is filled when it is opened. */
  settings(settings, steps) {
    const seconds = Object.values(settings).map((schema) => widgetOf(schema)?.y);
    const names = Object.keys(settings).filter((name) => !seconds.includes(name));
    const isSet = (name) => this.value([...steps, name]) !== undefined;
    const nodes = names.filter(isSet).map((name) => this.setting(name, settings[name], [...steps, name]));
    const others = names.filter((name) => !isSet(name));
    if (!others.length) return nodes;
    const fold = el("details", { class: "more" }, el("summary", {}, `${others.length} more settings`));
    const fill = () => {
      if (fold.open && fold.children.length === 1) fold.append(...others.map((name) => this.setting(name, settings[name], [...steps, name])));
    };
    fold.addEventListener("toggle", fill);
    fold.fill = () => ((fold.open = true), fill());
    return [...nodes, fold];
  }
}
