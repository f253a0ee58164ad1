// The bar below the picture: pause and go, one step, where the run is, and what can be done from here.

import { clock, disable, el, icon, one, short } from "../base/dom.js";
import { store } from "../base/store.js";
import * as actions from "./actions.js";

const SAYS = {
  waiting: "Waiting", building: "Getting ready", running: "Running", paused: "Paused", finishing: "Finishing", finished: "Finished", stopped: "Stopped", failed: "Failed",
};
const PENDING = {
  begin: "Getting ready", leave: "Stopping", steer: "Changing", paint: "Painting", pause: "Pausing", go: "Going on", resume: "Going on", finish: "Finishing", stop: "Stopping", step: "One step", branch: "Branching" };

/** The state in a word, with what is asked for and not yet done. */
export function stateOf(run) {
  const pending = PENDING[store.pending.get(run.id) ?? run.pending?.at(-1)];
  return pending ? `${pending}…` : SAYS[run.state] ?? run.state;
}

function swap(button, symbol, label) {
  if (button.dataset.shows === label) return;
  button.dataset.shows = label;
  button.replaceChildren(icon(symbol), el("span", {}, label));
}

function render() {
  const { run } = store;
  if (!run) return;
  const pending = store.pending.get(run.id);
  const goes = pending === "pause" ? false : ["go", "resume"].includes(pending) || actions.isGoing(run);
  const over = actions.isOver(run);
  swap(one("#go"), goes ? "pause" : "play", goes ? "Pause" : "Go");
  disable(one("#go"), over);
  disable(one("#step"), over || goes);
  one("#branch").disabled = ["waiting", "building"].includes(run.state);
  one("#back").disabled = store.seen === null;
  one("#live").hidden = store.seen === null;
  disable(one("#undo"), !store.detail?.touches.length);
  const pill = one("#state");
  pill.dataset.state = run.state;
  pill.classList.toggle("pending", Boolean(pending || run.pending?.length));
  one("span", pill).textContent = stateOf(run);
  count();
}

function count() {
  const { run, seen } = store;
  if (!run) return;
  one("#count").replaceChildren(el("b", {}, String(seen ?? run.step)), ` / ${run.steps}`);
  const left = run.step > 3 && actions.isGoing(run) ? ` · ${clock((run.seconds / run.step) * (run.steps - run.step))} left` : "";
  one("#clock").textContent = `${clock(run.seconds)}${left}`;
  one("#total").textContent = `loss ${short(run.total)}`;
}

export function begin() {
  one("#go").addEventListener("click", () => actions.toggle());
  one("#step").addEventListener("click", actions.step);
  one("#branch").addEventListener("click", () => actions.branch());
  one("#back").addEventListener("click", actions.back);
  one("#undo").addEventListener("click", actions.undo);
  one("#live").addEventListener("click", () => store.look(null));
  store.on("run selected seen detail", render);
  store.on("step", count);
}
