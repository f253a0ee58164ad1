// The preset as YAML: a text field over its coloured copy, with line numbers and the problems at their lines.

import { el, one } from "../base/dom.js";
import { draft } from "./draft.js";
import { pieces } from "./highlight.js";

const AREA = "#yaml";

/** Draws the copy below the text: one element a line, so that unchanged lines stay. */
function colour() {
  const lines = one(AREA).value.split("\n");
  const copy = one("#yaml-copy");
  while (copy.children.length > lines.length) copy.lastElementChild.remove();
  lines.forEach((line, place) => {
    const shown = copy.children[place] ?? copy.appendChild(el("div", { class: "line" }));
    if (shown.dataset.text === line) return;
    shown.dataset.text = line;
    shown.replaceChildren(...pieces(line).map(([kind, text]) => el("span", { class: `y-${kind}` }, text)), line ? "" : "\u200b");
  });
  one("#yaml-numbers").textContent = lines.map((_, place) => place + 1).join("\n");
}

function mark() {
  const shown = one("#yaml-copy").children;
  for (const line of shown) line.classList.remove("wrong");
  const list = one("#yaml-problems");
  const isOwn = draft.source === "yaml";
  list.replaceChildren(...draft.problems.map((problem) => {
    const line = isOwn || problem.line ? problem.line : null;
    if (line && shown[line - 1]) shown[line - 1].classList.add("wrong");
    const where = [line ? `line ${line}` : "", problem.path].filter(Boolean).join(", ");
    return el("li", {}, el("button", { type: "button", class: "problem", on: { click: () => go(problem) } }, el("span", { class: "where" }, where), el("span", {}, problem.message)));
  }));
  list.append(...draft.remarks.map((remark) => el("li", { class: "remark" }, typeof remark === "string" ? remark : remark.message)));
  one(AREA).setAttribute("aria-invalid", String(draft.problems.length > 0));
}

function go({ line, column }) {
  const area = one(AREA);
  if (!line) return area.focus();
  const lines = area.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((length, text) => length + text.length + 1, 0) + Math.max(0, (column ?? 1) - 1);
  area.focus();
  area.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0) - Math.max(0, (column ?? 1) - 1));
}

function render() {
  const area = one(AREA);
  if (document.activeElement !== area || draft.source !== "yaml") {
    if (area.value !== draft.yaml) area.value = draft.yaml;
  }
  colour();
  mark();
}

/** Tab indents; Escape and then Tab leaves, as in other editors. */
let isLeaving = false;

function typed(event) {
  const area = event.target;
  if (event.key === "Escape") isLeaving = true;
  else if (event.key === "Tab" && !isLeaving && !event.shiftKey) {
    event.preventDefault();
    insert("  ");
  } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
    const before = area.value.slice(0, area.selectionStart).split("\n").at(-1);
    const indent = /^\s*(?:- )?/.exec(before)[0].replace("-", " ") + (/:\s*$/.test(before) ? "  " : "");
    if (!indent) return;
    event.preventDefault();
    insert(`\n${indent}`);
  }
  if (event.key !== "Escape") isLeaving = false;
}

/** As if it were typed: no other way keeps what the field can undo. */
const insert = (text) => document.execCommand("insertText", false, text);

export function begin() {
  const area = one(AREA);
  area.addEventListener("input", () => {
    colour();
    draft.write(area.value);
  });
  area.addEventListener("keydown", typed);
  draft.addEventListener("change", render);
}
