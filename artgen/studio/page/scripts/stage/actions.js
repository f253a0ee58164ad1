// What is done to a run. What was asked for shows at once, before the server has done it.

import { api } from "../base/api.js";
import { say, tellWrong, toast } from "../base/messages.js";
import { store } from "../base/store.js";

const LONGEST = 8000;

/** Asks for an action; the run counts as `pending` with it until the server tells of another state. */
export async function act(action, data = {}, id = store.selected) {
  if (!id) return null;
  store.pending.set(id, action);
  store.tell("runs", id);
  if (id === store.selected) store.tell("run");
  const forget = () => {
    if (store.pending.get(id) !== action) return;
    store.pending.delete(id);
    store.tell("runs", id);
    if (id === store.selected) store.tell("run");
  };
  try {
    const answer = await api.act(id, action, data);
    setTimeout(forget, action === "step" ? 0 : LONGEST);
    return answer;
  } catch (error) {
    forget();
    tellWrong(error);
    return null;
  }
}

export const isGoing = (run) => run && (["waiting", "building", "running"].includes(run.state));
export const isOver = (run) => !run || ["finished", "failed", "finishing"].includes(run.state);

/** Pause or go, whichever the run's state, or what is pending, makes of it. */
export function toggle(run = store.run) {
  if (isOver(run)) return null;
  const pending = store.pending.get(run.id);
  if (pending === "pause") return act("go", {}, run.id);
  if (pending === "go" || pending === "resume" || isGoing(run)) return act("pause", {}, run.id);
  return act(run.state === "stopped" ? "resume" : "go", {}, run.id);
}

export const step = () => !isOver(store.run) && act(store.run.state === "stopped" ? "resume" : "step");

export async function favourite(run = store.run) {
  if (!run) return;
  const wanted = !run.favourite;
  store.put({ ...run, favourite: wanted });
  say(wanted ? "Marked as a favourite." : "No longer a favourite.");
  try {
    await api.act(run.id, "favourite", { favourite: wanted });
  } catch (error) {
    store.put({ ...store.runs.get(run.id), favourite: !wanted });
    tellWrong(error);
  }
}

/** Another run that begins as this one was at `step`; it is shown. Its id, or null. */
export async function branch(step = store.seen ?? store.run?.step, { go = false } = {}) {
  const from = store.run;
  if (!from) return null;
  const answer = await act("branch", { step }, from.id);
  store.pending.delete(from.id);
  if (!answer) return null;
  await arrive(answer.id);
  toast(`A branch from step ${step}. The other run stays as it is.`);
  if (go) await act("go", {}, answer.id);
  return answer.id;
}

async function arrive(id) {
  if (!store.runs.has(id)) store.put(await api.run(id));
  store.select(id);
}

/** As the run was at the step that is seen: this one is paused, and a branch goes on in its place. */
export async function back() {
  const wasGoing = isGoing(store.run);
  if (wasGoing) await act("pause");
  return branch(store.seen ?? 0, { go: wasGoing });
}

/** Takes the last touch back: a branch from before it. */
export async function undo() {
  const last = store.detail?.touches.at(-1);
  if (!last) {
    toast("Nothing has been changed by hand yet.");
    return null;
  }
  const wasGoing = isGoing(store.run);
  if (wasGoing) await act("pause");
  return branch(last.step, { go: wasGoing });
}
