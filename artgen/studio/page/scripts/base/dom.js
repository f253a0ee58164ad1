// Making and finding elements. Texts are put in as text alone, so that nothing in them can be markup.

export const one = (selector, root = document) => root.querySelector(selector);
export const all = (selector, root = document) => [...root.querySelectorAll(selector)];

/** An element. `on` holds listeners by event, `dataset` data attributes; false, null and undefined set nothing. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "on") for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    else if (name === "dataset") Object.assign(node.dataset, value);
    else if (name === "value") node.value = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

const SVG = "http://www.w3.org/2000/svg";

/** An element of SVG. */
export function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** One of the page's symbols, which says nothing to a screen reader: its button does. */
export function icon(name) {
  return svg("svg", { class: "icon", "aria-hidden": "true" }, svg("use", { href: `#i-${name}` }));
}

/** A button with a symbol, named by `label`. */
export function iconButton(name, label, listener, attributes = {}) {
  return el("button", { type: "button", class: "tool", "aria-label": label, title: label, on: { click: listener }, ...attributes }, icon(name));
}

/** Calls `action` once `wait` milliseconds have passed without another call. */
export function debounced(action, wait) {
  let timer = 0;
  const call = (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => action(...values), wait);
  };
  call.cancel = () => clearTimeout(timer);
  return call;
}

/** Calls `action` at once, and then at most every `wait` milliseconds; the last call is never lost. */
export function throttled(action, wait) {
  let timer = 0;
  let again = false;
  const call = () => {
    if (timer) {
      again = true;
      return;
    }
    action();
    timer = setTimeout(() => {
      timer = 0;
      if (again) {
        again = false;
        call();
      }
    }, wait);
  };
  return call;
}

let lost = null; // the button that had the focus when it was disabled

/** Disables a button, or not. One that is only disabled for a while has the focus again afterwards, if nothing else has it. */
export function disable(button, isDisabled) {
  if (isDisabled && button === document.activeElement) lost = button;
  button.disabled = isDisabled;
  if (isDisabled || button !== lost) return;
  lost = null;
  if (document.activeElement === document.body) button.focus({ preventScroll: true });
}

export const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

/** Four significant digits, without zeros at the end. */
export function short(number) {
  if (number === null || number === undefined || !Number.isFinite(number)) return "–";
  return String(Number(number.toPrecision(4)));
}

/** Seconds as a clock shows them. */
export function clock(seconds) {
  const whole = Math.floor(seconds ?? 0);
  const minutes = Math.floor(whole / 60);
  const rest = String(whole % 60).padStart(2, "0");
  return minutes < 60 ? `${minutes}:${rest}` : `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}:${rest}`;
}

/** `learning_rate` as people write it: Learning rate. */
export function words(name) {
  const text = String(name).replaceAll("_", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Whether keys that are typed now go into a text. */
export function isTyping(target) {
  if (target.isContentEditable || target.tagName === "TEXTAREA" || target.tagName === "SELECT") return true;
  return target.tagName === "INPUT" && !["checkbox", "radio", "button", "range", "color"].includes(target.type);
}
