// Where a picture begins: what it should show, and the preset that draws it.

import { api, presetThumbnail } from "../base/api.js";
import { all, el, one } from "../base/dom.js";
import { tellWrong, toast } from "../base/messages.js";
import { store } from "../base/store.js";
import { draft } from "../preset/draft.js";
import { items, asMap, summary } from "../preset/prompts.js";
import { nameOf } from "./rail.js";

let chosen = null;
let asked = 0;

const FIRST = "quickstart";

function usual() {
  const able = store.presets.filter((preset) => preset.runs === true).map((preset) => preset.name);
  if (able.includes(store.chosen)) return store.chosen;
  return able.includes(FIRST) ? FIRST : able[0] ?? null;
}

function card(preset) {
  const picture = preset.thumbnail ? el("img", { src: presetThumbnail(preset.name), alt: "", loading: "lazy", decoding: "async", width: "256", height: "256" }) : el("span", { class: "no-picture", "aria-hidden": "true" }, preset.name.charAt(0));
  const why = preset.runs === true ? null : el("span", { class: "why" }, String(preset.runs));
  const choose = () => pick(preset.name);
  return el(
    "li",
    {},
    el("button", { type: "button", class: "preset", "aria-pressed": "false", dataset: { name: preset.name }, on: { click: choose, dblclick: start } }, picture, el("span", { class: "preset-name" }, preset.name.replaceAll(/[-_]/g, " ")), el("span", { class: "preset-about" }, preset.about ?? ""), why),
  );
}

async function pick(name, { quietly = false } = {}) {
  if (!name) return;
  chosen = name;
  const mine = ++asked;
  for (const button of all(".preset")) button.setAttribute("aria-pressed", String(button.dataset.name === name));
  const preset = store.presets.find((found) => found.name === name);
  one("#start").disabled = preset?.runs !== true;
  one("#start-why").textContent = preset && preset.runs !== true ? String(preset.runs) : "";
  one("#start-with").textContent = name.replaceAll(/[-_]/g, " ");
  try {
    const { yaml, data } = await api.preset(name);
    if (mine !== asked || store.selected) return;
    draft.take({ preset: name, yaml, data });
  } catch (error) {
    if (!quietly) tellWrong(error);
  }
}

/** The draft is of the chosen preset: what is set before that has been read would be lost. */
export async function ready() {
  if (draft.preset !== chosen || draft.run) await pick(chosen);
}

/** What the preset draws by itself, as a hint in the empty field. */
function hint() {
  if (draft.run) return;
  const told = items(draft.data?.prompts).map((item) => asMap(item).text ?? summary(asMap(item)).text);
  one("#wish").placeholder = told.length ? told.join(" | ") : "What do you want to see?";
  one("#start-changed").hidden = !draft.isChanged;
}

async function start() {
  const button = one("#start");
  if (button.disabled) return;
  const wish = one("#wish").value.trim();
  button.disabled = true;
  button.classList.add("pending");
  one("span", button).textContent = "Starting…";
  try {
    await ready();
    if (wish) draft.set(["prompts"], wish);
    const other = [...store.runs.values()].find((run) => ["building", "running"].includes(run.state));
    const id = await draft.begin();
    draft.discard();
    one("#wish").value = "";
    if (!store.runs.has(id)) store.put(await api.run(id));
    store.select(id);
    one("#go").focus({ preventScroll: true });
    if (other) toast(`“${nameOf(other)}” is paused: one picture is drawn at a time.`);
  } catch (error) {
    tellWrong(error);
  }
  button.disabled = false;
  button.classList.remove("pending");
  one("span", button).textContent = "Start";
}

/** One's own first, then those that can be drawn here, then the others. */
const rank = ({ own, runs, gallery }) => (own ? 0 : runs !== true ? 3 : gallery ? 2 : 1);

function render() {
  const list = one("#presets");
  list.replaceChildren(...[...store.presets].sort((a, b) => rank(a) - rank(b)).map(card));
  one("#presets-empty").hidden = store.presets.length > 0;
  one("#folder").textContent = store.folder;
  if (!store.selected) pick(chosen ?? usual(), { quietly: true });
}

function show(id) {
  document.documentElement.classList.toggle("welcoming", !id);
  one("#welcome").hidden = Boolean(id);
  one("#studio").hidden = !id;
  if (!id && store.presets.length) pick(chosen ?? usual(), { quietly: true });
}

export function begin() {
  one("#wish").addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    start();
  });
  one("#start").addEventListener("click", start);
  one("#adjust").addEventListener("click", async () => {
    const wish = one("#wish").value.trim();
    if (!wish) return;
    await ready();
    draft.set(["prompts"], wish);
  });
  draft.addEventListener("change", hint);
  store.on("presets", render);
  store.on("selected", show);
  show(null);
}

