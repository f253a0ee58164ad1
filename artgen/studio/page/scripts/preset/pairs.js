// Two settings that are one point of the picture: the first names the second in its widget.

import { words } from "../base/dom.js";
import { widgetOf } from "./schema.js";

/** The name of the setting that is the second number of this one's point; else undefined. */
const secondOf = (schema) => widgetOf(schema)?.y;

/** What stands before a control for these. */
export const labelOf = (names) => words(names.join(", "));

/** Settings without those that are edited with another. */
export function withoutSeconds(settings) {
  const seconds = Object.values(settings).map(secondOf);
  return Object.fromEntries(Object.entries(settings).filter(([name]) => !seconds.includes(name)));
}

/** How the value of a setting is read and changed: its own, or `[x, y]` of two; `names` are those that it stands for. */
export function bound(name, settings, steps, { get, set }) {
  const schema = settings[name];
  const second = secondOf(schema);
  if (!second) return { schema, names: [name], read: () => get(steps), change: (value) => set(steps, value) };
  const both = [steps, [...steps.slice(0, -1), second]];
  const usual = [schema.default, settings[second]?.default];
  const read = () => {
    const found = both.map((one, at) => get(one) ?? usual[at]);
    return both.some((one) => get(one) !== undefined) ? found : undefined;
  };
  const change = (value) => both.forEach((one, at) => set(one, value?.[at]));
  return { schema: { ...schema, default: usual }, names: [name, second], read, change };
}
