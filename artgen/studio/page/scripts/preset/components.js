// Settings as groups of fields: of a component, which has a type, and of whatever else has settings of its own.

import { el, iconButton, words } from "../base/dom.js";
import { get, pathOf } from "../base/paths.js";
import { field } from "./fields.js";
import { kindOf, plain, settingsOf, typesOf } from "./schema.js";

/** Draws into a form: `data()` is the preset, `set(steps, value)` changes it, `fields` holds each control by its path. */
export class Form {
  constructor({ data, set, moment = null }) {
    Object.assign(this, { data, set, moment, fields: new Map() });
  }

  value(steps) {
    return get(this.data(), steps);
  }

  /** Shows what the data say now, and problems at their fields. */
  update(problems = []) {
    for (const [path, { control, steps }] of this.fields) {
      control.update(this.value(steps));
      const found = problems.find((problem) => problem.path === path || problem.path?.startsWith(`${path}.`) || problem.path?.startsWith(`${path}[`));
      control.fail(found?.message);
    }
  }

  /** One setting, whatever it is. */
  setting(name, schema, steps) {
    const kind = kindOf(schema, name);
    if (kind === "component" || kind === "object") return this.nested(name, schema, steps, kind);
    const control = field({ schema, name, value: this.value(steps), change: (value) => this.set(steps, value), moment: this.moment });
    this.fields.set(pathOf(steps), { control, steps });
    return control.node;
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
    if (kind === "component") body.append(...this.component(told, steps));
    else if (typeof this.value(steps) === "object") body.append(...this.settings(told.properties, steps));
    else body.append(this.plainSetting(name, schema, steps));
    return box;
  }

  /** A setting that has a short form, such as a text in the place of a mapping. */
  plainSetting(name, schema, steps) {
    const { description } = plain(schema);
    const control = field({ schema: { description }, name, value: this.value(steps), change: (value) => this.set(steps, value) });
    this.fields.set(pathOf(steps), { control, steps });
    return control.node;
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
    const names = Object.keys(settings);
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
