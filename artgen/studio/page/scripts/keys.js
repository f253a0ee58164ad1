// What keys do, wherever no text is typed; and the list of them.

import { isTyping, one } from "./base/dom.js";
import { store } from "./base/store.js";
import * as panel from "./panel/tabs.js";
import * as rail from "./runs/rail.js";
import * as actions from "./stage/actions.js";
import * as compare from "./stage/compare.js";
import * as painting from "./stage/painting.js";
import * as picking from "./stage/picking.js";
import * as timeline from "./stage/timeline.js";
import * as view from "./stage/view.js";

const brush = (tool) => {
  if (!painting.isPainting()) panel.open("paint");
  painting.choose({ tool });
};

const KEYS = {
  " ": () => actions.toggle(),
  ".": () => actions.step(),
  ArrowLeft: (event) => timeline.shift(event.shiftKey ? -10 : -1),
  ArrowRight: (event) => timeline.shift(event.shiftKey ? 10 : 1),
  ArrowUp: () => rail.shift(-1),
  ArrowDown: () => rail.shift(1),
  End: () => store.look(null),
  b: () => brush("brush"),
  e: () => brush("eraser"),
  i: () => brush("pipette"),
  "[": () => painting.choose({ size: painting.brush.size / 1.25 - 1 }),
  "]": () => painting.choose({ size: painting.brush.size * 1.25 + 1 }),
  f: () => actions.favourite(),
  c: () => compare.toggle(),
  0: () => view.fit(),
  1: () => view.whole(),
  "+": () => view.zoom(1.25),
  "-": () => view.zoom(0.8),
};

/** Keys that a control has a use of its own for, when it has the focus. */
function isTaken(event) {
  const { target, key } = event;
  if (isTyping(target)) return true;
  if (key === " ") return Boolean(target.closest("button, a, summary, input, [role=tab]"));
  if (key.startsWith("Arrow") || key === "End") return Boolean(target.closest("input, [role=tab], .tab-body"));
  return false;
}

function pressed(event) {
  if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
  const undoes = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "z";
  if (undoes && !isTyping(event.target)) return undo(event);
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") return escape(event);
  if (isTaken(event)) return;
  if (event.key === "?") {
    event.preventDefault();
    one("#help").showModal();
    return;
  }
  const action = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!action || !store.run) return;
  event.preventDefault();
  action(event);
}

function undo(event) {
  event.preventDefault();
  if (painting.isPainting()) painting.undo();
  else if (panel.isOpen("steer")) actions.undo();
}

function escape(event) {
  if (isTyping(event.target)) event.target.blur();
  else if (picking.isPicking()) picking.end();
  else if (compare.isComparing()) compare.close();
  else if (document.documentElement.classList.contains("rail-open")) document.documentElement.classList.remove("rail-open");
  else if (painting.isPainting()) panel.open("steer");
  else if (store.seen !== null) store.look(null);
}

export function begin() {
  document.addEventListener("keydown", pressed);
  one("#help-open").addEventListener("click", () => one("#help").showModal());
  one("#help-close").addEventListener("click", () => one("#help").close());
}
