// Settings as groups of fields: of a component, which has a type, and of whatever else has settings of its own.

import { el, iconButton, words } from "../base/dom.js";
import { get, pathOf } from "../base/paths.js";
import { field } from "./fields.js";
import { list } from "./lists.js";
import { bound, withControl } from "./pairs.js";
import { kindOf, plain, settingsOf, typesOf } from "./schema.js";
import { union } from "./unions.js";

/** Whether a problem is at a path or at what lies within. */
const isAt = (found, path) => found === path || found?.startsWith(`${path}.`) || found?.startsWith(`${path}[`);

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
    for (const { paths, control, read, isInner } of this.fields) {
      control.update(read());
      // What is wrong with a setting of several kinds is told where its kind is chosen.
      const found = !isInner && problems.find((problem) => paths.some((path) => isAt(problem.path, path)));
      control.fail(found ? found.message : null);
    }
  }

  #keep(paths, control, read, isInner = false) {
    this.fields.add({ paths: paths.map(pathOf), control, read, isInner });
    return control.node;
  }

  /** One of `settings`, whatever it is. */
  setting(name, settings, steps) {
    const kind = kindOf(settings[name]);
    if (kind === "component" || kind === "object") return this.nested(name, settings[name], steps, kind);
    const { paths, read, ...given } = bound(this, name, settings, steps);
    return this.#keep(paths, this.control(steps, { ...given, name, value: read() }), read);
  }

  /** The control of a setting that is no group of others. */
  control(steps, given) {
    const kind = kindOf(given.schema);
    if (kind === "union") return union(this, steps, given);
    return kind === "list" ? list(this, steps, given) : field({ ...given, moment: this.moment });
  }

  /** What lies within a setting of several kinds, or within an item: the settings of a mapping, or one control. */
  within(name, schema, steps) {
    const told = plain(schema);
    const kind = kindOf(told);
    if (kind === "object") return this.settings(told.properties, steps);
    if (kind === "component") return this.component(told, steps);
    const given = bound(this, name, { [name]: { ...told, description: undefined } }, steps);
    const control = this.control(steps, { ...given, name, label: words(told.title ?? name), value: given.read() });
    return [this.#keep(given.paths, control, given.read, true)];
  }

  /** Forgets the controls of all that lies within a setting, which is drawn anew. */
  forget(steps) {
    const path = pathOf(steps);
    for (const entry of [...this.fields]) {
      const [first] = entry.paths;
      if (first === path ? entry.isInner : isAt(first, path)) this.fields.delete(entry);
    }
  }

  nested(name, schema, steps, kind) {
    const told = plain(schema);
    const body = el("div", { class: "nested-body" });
    const box = el("fieldset", { class: "nested" }, el("legend", {}, words(name)), body);
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
    const names = withControl(settings);
    const isSet = (name) => bound(this, name, settings, [...steps, name]).read() !== undefined;
    const nodes = names.filter(isSet).map((name) => this.setting(name, settings, [...steps, name]));
    const others = names.filter((name) => !isSet(name));
    if (!others.length) return nodes;
    const fold = el("details", { class: "more" }, el("summary", {}, `${others.length} more settings`));
    const fill = () => {
      if (fold.open && fold.children.length === 1) fold.append(...others.map((name) => this.setting(name, settings, [...steps, name])));
    };
    fold.addEventListener("toggle", fill);
    fold.fill = () => ((fold.open = true), fill());
    return [...nodes, fold];
  }
}
