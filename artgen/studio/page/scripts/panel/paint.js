// The tab with the brushes: which tool, how large, which colour; and what a mask is for.

import { all, el, one } from "../base/dom.js";
import { toast } from "../base/messages.js";
import { store } from "../base/store.js";
import { asMap, items, summary } from "../preset/prompts.js";
import * as painting from "../stage/painting.js";
import { steer, wanted } from "./steering.js";

const { brush } = painting;

/** Everything that can be kept to a part of the picture: `[label, steps]`. */
function targets() {
  const data = wanted() ?? {};
  const prompts = items(data.prompts).map((item, place) => [`Prompt: ${asMap(item).text ?? summary(asMap(item)).text}`, ["prompts", place]]);
  const losses = Object.entries(data.losses ?? {}).map(([key, loss]) => [`Loss: ${loss?.id ?? loss?.type ?? key}`, ["losses", Array.isArray(data.losses) ? Number(key) : key]]);
  return [...prompts, ...losses];
}

function list() {
  const select = one("#mask-for");
  const { value } = select;
  select.replaceChildren(...targets().map(([label, steps]) => el("option", { value: JSON.stringify(steps) }, label.length > 60 ? `${label.slice(0, 59)}…` : label)));
  if ([...select.options].some((option) => option.value === value)) select.value = value;
}

function render() {
  for (const button of all("[data-tool]", one("#tab-paint"))) button.setAttribute("aria-pressed", String(button.dataset.tool === brush.tool));
  for (const button of all("[data-mode]", one("#tab-paint"))) button.setAttribute("aria-pressed", String((button.dataset.mode === "mask") === brush.isMask));
  one("#brush-size").value = Math.round(100 * Math.sqrt(brush.size / 512));
  one("#brush-size-out").textContent = `${brush.size} px`;
  one("#brush-colour").value = brush.colour;
  one("#brush-opacity").value = Math.round(100 * brush.opacity);
  one("#brush-opacity-out").textContent = `${Math.round(100 * brush.opacity)} %`;
  for (const node of all(".for-paint", one("#tab-paint"))) node.hidden = brush.isMask;
  for (const node of all(".for-mask", one("#tab-paint"))) node.hidden = !brush.isMask;
  const isOver = !store.run || ["finished", "failed", "finishing"].includes(store.run.state);
  one("#paint-over").hidden = !isOver;
  one("#paint-lay").disabled = painting.isEmpty() || isOver;
  one("#mask-use").disabled = painting.isEmpty() || isOver;
  one("#paint-undo").disabled = one("#paint-clear").disabled = painting.isEmpty();
  for (const swatch of all(".swatches button")) swatch.setAttribute("aria-pressed", String(swatch.dataset.colour === brush.colour));
}

async function useMask() {
  const chosen = one("#mask-for").value;
  if (!chosen) return;
  const steps = JSON.parse(chosen);
  const path = await painting.keepMask();
  if (!path) return;
  const where = { mask: path };
  const data = wanted();
  if (steps[0] === "prompts") steer(["prompts"], items(data.prompts).map((item, place) => (place === steps[1] ? { ...asMap(item), where } : item)));
  else steer([...steps, "where"], where);
  toast("The mask is used from the next step on.");
}

const SWATCHES = ["#1b1a18", "#f4f0e6", "#e2583e", "#f2b134", "#7fa650", "#2f7f86", "#3b5ba9", "#8a4f9e"];

export function begin() {
  const tab = one("#tab-paint");
  for (const button of all("[data-tool]", tab)) button.addEventListener("click", () => painting.choose({ tool: button.dataset.tool }));
  for (const button of all("[data-mode]", tab)) {
    button.addEventListener("click", () => {
      const isMask = button.dataset.mode === "mask";
      if (isMask !== brush.isMask) painting.clear();
      painting.choose({ isMask, tool: brush.tool === "pipette" ? "brush" : brush.tool });
      list();
    });
  }
  one(".swatches").append(...SWATCHES.map((colour) => {
    const button = el("button", { type: "button", "aria-label": `Colour ${colour}`, title: colour, dataset: { colour }, on: { click: () => painting.choose({ colour, tool: "brush" }) } });
    button.style.background = colour;
    return button;
  }));
  one("#brush-size").addEventListener("input", (event) => painting.choose({ size: 512 * (event.target.value / 100) ** 2 }));
  one("#brush-colour").addEventListener("input", (event) => painting.choose({ colour: event.target.value }));
  one("#brush-opacity").addEventListener("input", (event) => painting.choose({ opacity: event.target.value / 100 }));
  one("#paint-lay").addEventListener("click", painting.lay);
  one("#paint-undo").addEventListener("click", painting.undo);
  one("#paint-clear").addEventListener("click", painting.clear);
  one("#mask-use").addEventListener("click", useMask);
  painting.onBrush(render);
  store.on("detail selected", list);
  store.on("run", render);
  render();
}
