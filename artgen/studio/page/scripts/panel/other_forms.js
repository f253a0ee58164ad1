// The menu beside Finish: in which other forms, such as SVG, the picture is written when it is finished.

import { el, one } from "../base/dom.js";
import { dropdown } from "../base/dropdown.js";
import { store } from "../base/store.js";
import * as actions from "../stage/actions.js";

let show = () => undefined; // opens or closes the menu

const named = (form) => form.name.replace(/^\./, "");

function choice(form, chosen) {
  const box = el("input", { type: "checkbox", value: named(form), checked: chosen, disabled: form.own, on: { change: choose } });
  return el("label", {}, box, el("b", {}, named(form)), el("small", {}, form.own ? `${form.about} (always)` : form.about));
}

function choose() {
  const boxes = [...one("#forms").querySelectorAll("input:checked:not(:disabled)")];
  actions.act("export", { forms: boxes.map((box) => box.value) });
}

function render() {
  const { run, detail } = store;
  const forms = detail?.forms ?? [];
  const isOver = actions.isOver(run);
  one("#forms-open").hidden = isOver || !forms.length;
  if (isOver) show(false);
  const chosen = (run?.exports ?? []).map((name) => name.replace(/^\./, ""));
  const focused = document.activeElement?.closest("#forms") && document.activeElement.value;
  one("#forms").replaceChildren(el("p", {}, "Written, too, when it is finished:"), ...forms.map((form) => choice(form, form.own || chosen.includes(named(form)))));
  if (focused) [...one("#forms").querySelectorAll("input")].find((box) => box.value === focused)?.focus();
}

export function begin() {
  show = dropdown(one("#forms-open"), one("#forms"));
  store.on("run selected detail", render);
}
