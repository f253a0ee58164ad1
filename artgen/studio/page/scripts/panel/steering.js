// Changes to a run while it is drawn. They are sent one after the other; of those that wait, the last counts.

import { api } from "../base/api.js";
import { debounced } from "../base/dom.js";
import { say, tellWrong } from "../base/messages.js";
import { pathOf, put } from "../base/paths.js";
import { store } from "../base/store.js";

const WAIT = 150;

let told = null; // the run's settings with all that was changed here
let waiting = new Set(); // paths that are changed here and not yet sent
let sent = new Set(); // those on their way
const events = new EventTarget();

export const wanted = () => told;
export const isPending = (path) => waiting.has(path) || sent.has(path);
export const onSteering = (name, listener) => events.addEventListener(name, (event) => listener(event.detail));
const tell = (name, detail) => events.dispatchEvent(new CustomEvent(name, { detail }));

/** Sets one setting of the run from its next step on; undefined takes it away. */
export function steer(steps, value) {
  if (!store.detail) return;
  told = put(told ?? {}, steps, value);
  waiting.add(pathOf(steps));
  tell("change");
  sendSoon();
}

const sendSoon = debounced(send, WAIT);

async function send() {
  if (!waiting.size || sent.size) return;
  [sent, waiting] = [waiting, new Set()];
  const { selected } = store;
  const paths = [...sent];
  try {
    const answer = await api.act(selected, "steer", { data: told, preset: store.detail.preset ?? "" });
    if (answer.pending) await settled(selected);
    if (store.detail?.id === selected && !waiting.size) Object.assign(store.detail, { data: told });
    tell("applied", { paths, step: answer.step });
    say(`Changed from step ${answer.step} on.`);
  } catch (error) {
    if (store.selected === selected && !waiting.size) told = store.detail?.data ?? null;
    tell("refused", { paths, problems: error.problems ?? [] });
    tellWrong(error);
  }
  sent = new Set();
  tell("change");
  if (waiting.size) sendSoon();
}

/** Resolves once the server has done all changes of a run that it could not do at once. */
function settled(id) {
  return new Promise((done) => {
    const look = () => {
      if (store.runs.get(id)?.pending?.includes("steer")) return;
      store.removeEventListener("runs", look);
      done();
    };
    store.addEventListener("runs", look);
    setTimeout(look, 300);
  });
}

export function begin() {
  store.on("selected", () => {
    told = null;
    waiting = new Set();
    tell("change");
  });
  store.on("detail", () => {
    if (!waiting.size && !sent.size) told = store.detail.data;
    tell("change");
  });
}
