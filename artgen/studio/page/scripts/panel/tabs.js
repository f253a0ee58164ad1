// The panel: its tabs, the bar by which edits are applied, and how it opens where there is little room.

import { all, one } from "../base/dom.js";
import { tellWrong, toast } from "../base/messages.js";
import { store } from "../base/store.js";
import { draft } from "../preset/draft.js";
import * as painting from "../stage/painting.js";
import { api } from "../base/api.js";

const NARROW = matchMedia("(max-width: 719px)");

let current = "steer";

export const isOpen = (name) => current === name && !isClosed();
const isClosed = () => document.documentElement.classList.contains("panel-closed");

/** Opens a tab; on a narrow screen, its sheet too. */
export function open(name) {
  current = name;
  document.documentElement.classList.remove("panel-closed");
  show();
}

export function close() {
  document.documentElement.classList.add("panel-closed");
  show();
}

function show() {
  for (const tab of all("#tabs [role=tab]")) {
    const isCurrent = tab.dataset.tab === current;
    tab.setAttribute("aria-selected", String(isCurrent && !isClosed()));
    tab.tabIndex = isCurrent ? 0 : -1;
  }
  for (const panel of all(".tab-body")) panel.hidden = panel.id !== `tab-${current}`;
  one("#apply-bar").hidden = !["preset", "yaml"].includes(current);
  painting.activate(current === "paint" && !isClosed());
  store.tell("tab", current);
}

function keys(event) {
  const tabs = all("#tabs [role=tab]").filter((tab) => !tab.hidden);
  const way = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!way) return;
  event.preventDefault();
  event.stopPropagation();
  const next = tabs[(tabs.indexOf(event.target) + way + tabs.length) % tabs.length];
  open(next.dataset.tab);
  next.focus();
}

/** What the bar says: how much is changed, and whether it may be applied. */
function bar() {
  const { changes, problems, isChanged, isChecking, run } = draft;
  const isOver = !store.run || ["finished", "failed", "finishing"].includes(store.run.state);
  const line = one("#apply-state");
  line.classList.toggle("wrong-text", problems.length > 0);
  if (problems.length) line.textContent = problems.length === 1 ? "1 mistake" : `${problems.length} mistakes`;
  else if (isChecking) line.textContent = "Checking…";
  else if (!isChanged) line.textContent = run ? "As it is drawn" : "As the preset has it";
  else line.textContent = changes.length ? `Changed: ${changes.slice(0, 2).join(", ")}${changes.length > 2 ? ` and ${changes.length - 2} more` : ""}` : "Changed in wording";
  line.title = changes.join(", ");
  one("#discard").disabled = !isChanged;
  one("#apply").hidden = !run || isOver;
  one("#apply").disabled = !isChanged || problems.length > 0;
  one("#start-new").disabled = problems.length > 0;
  one("#start-new").classList.toggle("primary", !run || isOver);
}

async function apply() {
  const button = one("#apply");
  button.classList.add("pending");
  try {
    const { step, changed } = await draft.apply();
    toast(changed?.length === 0 ? "Nothing of that changes the picture." : `Applied from step ${step} on.`);
  } catch (error) {
    tellWrong(error);
  }
  button.classList.remove("pending");
}

async function startNew() {
  const button = one("#start-new");
  button.classList.add("pending");
  try {
    const id = await draft.begin();
    draft.discard();
    if (!store.runs.has(id)) store.put(await api.run(id));
    store.select(id);
  } catch (error) {
    tellWrong(error);
  }
  button.classList.remove("pending");
}

function selected(id) {
  for (const tab of all("#tabs [role=tab]")) tab.hidden = !id && !["preset", "yaml"].includes(tab.dataset.tab);
  if (!id && !["preset", "yaml"].includes(current)) current = "preset";
  if (id && ["preset", "yaml"].includes(current) && !NARROW.matches) current = "steer";
  document.documentElement.classList.toggle("panel-closed", !id || NARROW.matches);
  show();
}

export function begin() {
  for (const tab of all("#tabs [role=tab]")) {
    tab.addEventListener("click", () => (NARROW.matches && isOpen(tab.dataset.tab) ? close() : open(tab.dataset.tab)));
    tab.addEventListener("keydown", keys);
  }
  one("#panel-close").addEventListener("click", close);
  one("#adjust").addEventListener("click", () => open("preset"));
  one("#apply").addEventListener("click", apply);
  one("#discard").addEventListener("click", () => draft.discard());
  one("#start-new").addEventListener("click", startNew);
  one("#panel").addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    (one("#apply").hidden ? one("#start-new") : one("#apply")).click();
  });
  draft.addEventListener("change", bar);
  store.on("run", bar);
  store.on("selected", selected);
  store.on("paint-mask", (place) => {
    open("paint");
    painting.choose({ isMask: true, tool: "brush" });
    one("#mask-for").value = JSON.stringify(["prompts", place]);
  });
  selected(null);
}
