// Settings by path, as the server names them in its problems: losses[0].weight, perceptors.clip.model.

/** `losses[0].weight` as its steps: ["losses", 0, "weight"]. */
export function stepsOf(path) {
  return [...String(path).matchAll(/\[(\d+)\]|([^.[\]]+)/g)].map(([, place, name]) => (place === undefined ? name : Number(place)));
}

/** The steps as a path. */
export function pathOf(steps) {
  return steps.map((step, place) => (typeof step === "number" ? `[${step}]` : place ? `.${step}` : step)).join("");
}

export function get(data, steps) {
  return steps.reduce((value, step) => value?.[step], data);
}

/** A copy of `data` with `value` at the steps; undefined takes it away. */
export function put(data, steps, value) {
  if (!steps.length) return value;
  const [step, ...rest] = steps;
  const copy = Array.isArray(data) ? [...data] : typeof step === "number" && !data ? [] : { ...data };
  if (!rest.length && value === undefined) {
    if (Array.isArray(copy)) copy.splice(step, 1);
    else delete copy[step];
    return copy;
  }
  // A mark such as __proto__ is a setting like any other: own, and refused by the server.
  Object.defineProperty(copy, step, { value: put(own(copy, step), rest, value), enumerable: true, configurable: true, writable: true });
  return copy;
}

function own(data, step) {
  return Object.hasOwn(data, step) ? data[step] : undefined;
}

export const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/** The paths at which two settings differ, at most `most` of them. */
export function differences(a, b, most = 50, steps = []) {
  if (same(a, b)) return [];
  const maps = [a, b].every((value) => value && typeof value === "object") && Array.isArray(a) === Array.isArray(b);
  if (!maps || steps.length > 5) return [pathOf(steps)];
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  const found = names.flatMap((name) => differences(a[name], b[name], most, [...steps, Array.isArray(a) ? Number(name) : name]));
  return found.slice(0, most);
}
