// Two settings that are one point of the picture: the first names the second in its widget.

import { words } from "../base/dom.js";
import { widgetOf } from "./schema.js";

const secondOf = (schema) => widgetOf(schema)?.y;

/** The names of the settings that have a control of their own. */
export function withControl(settings) {
  const seconds = Object.values(settings).map(secondOf);
  return Object.keys(settings).filter((name) => !seconds.includes(name));
}

/**
 * How a form reads and changes one of `settings`: its own value, or `[x, y]` of two.
 * `paths` are the steps of each that it stands for, and `schema` has the default of both.
 */
export function bound(form, name, settings, steps) {
  const schema = settings[name];
  const second = secondOf(schema);
  if (!second) return { schema, label: words(name), paths: [steps], read: () => form.value(steps), change: (value) => form.set(steps, value) };
  const paths = [steps, [...steps.slice(0, -1), second]];
  const usual = [schema.default, settings[second].default];
  const read = () => {
    const found = paths.map((path) => form.value(path));
    return found.some((value) => value !== undefined) ? found.map((value, at) => value ?? usual[at]) : undefined;
  };
  const change = (value) => paths.forEach((path, at) => form.set(path, value?.[at]));
  return { schema: { ...schema, default: usual }, label: words(`${name}, ${second}`), paths, read, change };
}
