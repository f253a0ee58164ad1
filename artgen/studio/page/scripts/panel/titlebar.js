// The bar on top: the run's name, its favourite star, and how it is finished and taken home.

import { api, drawingAddress } from "../base/api.js";
import { el, icon, one } from "../base/dom.js";
import { dropdown } from "../base/dropdown.js";
import { tellWrong } from "../base/messages.js";
import { store } from "../base/store.js";
import { nameOf } from "../runs/rail.js";
import * as actions from "../stage/actions.js";
import { fileLink, filesOf } from "./details.js";

function render() {
  const { run } = store;
  one("#run-bar").hidden = !run;
  document.title = run ? `${nameOf(run)} · artgen studio` : "artgen studio";
  if (!run) return;
  const title = one("#title");
  if (document.activeElement !== title) title.value = nameOf(run);
  one("#favourite").setAttribute("aria-pressed", String(run.favourite));
  one("#favourite").classList.toggle("on", run.favourite);
  one("#finish").hidden = run.state === "finished" || run.state === "failed";
  one("#finish").disabled = run.state === "finishing" || ["waiting", "building"].includes(run.state) || store.pending.get(run.id) === "finish";
  one("#export").hidden = run.state !== "finished";
  if (run.state !== "finished") one("#export-menu").hidden = true;
}

function menu() {
  const { run, detail } = store;
  const files = filesOf(detail);
  const list = files.length ? files : [{ name: "image.png" }, { name: "recipe.json" }];
  const items = list.map(({ name }) => el("li", {}, fileLink(run, name)));
  one("#export-menu").replaceChildren(...items, el("li", {}, el("a", { href: drawingAddress(run.id, {}), download: `${run.id}-step-${run.step}.png` }, icon("download"), el("span", {}, "the drawing as it is shown"))));
}

async function rename() {
  const { run } = store;
  const title = one("#title").value.trim();
  if (!run || title === nameOf(run)) return render();
  store.put({ ...run, title });
  try {
    await api.act(run.id, "title", { title });
  } catch (error) {
    tellWrong(error);
  }
  return undefined;
}

export function begin() {
  one("#title").addEventListener("change", rename);
  one("#title").addEventListener("keydown", (event) => event.key === "Enter" && event.target.blur());
  one("#favourite").addEventListener("click", () => actions.favourite());
  one("#finish").addEventListener("click", () => actions.act("finish"));
  dropdown(one("#export"), one("#export-menu"), menu);
  store.on("run selected detail", render);
}
