// What the server tells by itself, and the line to it, which is taken up again when it breaks.

import { api } from "./api.js";
import { debounced } from "./dom.js";
import { banner, say, tellWrong, toast } from "./messages.js";
import { store } from "./store.js";

const SLOWEST = 8000;
const GRACE = 700;

let line = null;
let wait = 500;
let timer = 0;
let warning = 0;

const read = (event) => JSON.parse(event.data);

/** Reads the selected run anew. */
export async function refresh() {
  const id = store.selected;
  if (!id) return;
  try {
    store.know(await api.run(id));
  } catch (error) {
    if (error.status) tellWrong(error);
  }
}

const refreshSoon = debounced(refresh, 60);

const STATES = {
  waiting: "waits",
  building: "is being built", running: "is running", paused: "is paused", finishing: "is being finished",
  finished: "is finished", stopped: "has stopped", failed: "has failed",
};

function heard(run) {
  const before = store.runs.get(run.id);
  store.put(run);
  if (run.id !== store.selected) return;
  refreshSoon();
  if (before?.state === run.state) return;
  say(`The picture ${STATES[run.state]}, at step ${run.step} of ${run.steps}.`);
  if (run.state === "failed") toast(`The run has failed: ${run.reason ?? "no reason was given"}`, { wrong: true });
}

/** Opens the line, and reads everything whenever it has been opened. */
export function connect() {
  clearTimeout(timer);
  line?.close();
  line = new EventSource("/events");
  line.addEventListener("open", opened);
  line.addEventListener("error", broken);
  line.addEventListener("run", (event) => heard(read(event)));
  line.addEventListener("step", (event) => store.step(read(event)));
  line.addEventListener("refused", (event) => tellWrong(read(event)));
  line.addEventListener("gone", (event) => store.gone(read(event).id));
  line.addEventListener("note", (event) => {
    const { id, note } = read(event);
    if (id !== store.selected || !store.detail) return;
    store.detail.notes = [...store.detail.notes, note].slice(-200);
    store.tell("notes");
  });
}

async function opened() {
  wait = 500;
  clearTimeout(warning);
  warning = 0;
  const wasLost = document.documentElement.classList.contains("lost");
  try {
    store.begin(await api.state());
  } catch (error) {
    return tellWrong(error);
  }
  document.documentElement.classList.remove("lost");
  banner(null);
  if (wasLost) toast("Connected again.");
  refreshSoon();
}

function broken() {
  line.close();
  warning ||= setTimeout(lost, GRACE);
  timer = setTimeout(again, wait);
  wait = Math.min(SLOWEST, wait * 2);
}

/** Another address is needed after the server was started anew; then trying on is no use. */
async function again() {
  try {
    await api.state();
  } catch (error) {
    if (error.status === 403) {
      clearTimeout(warning);
      document.documentElement.classList.add("lost");
      banner(error.message);
      timer = setTimeout(again, SLOWEST); // until the new address has been opened in another window
      return undefined;
    }
    if (!error.status) return broken();
  }
  return connect();
}

function lost() {
  document.documentElement.classList.add("lost");
  const retry = () => {
    wait = 500;
    clearTimeout(timer);
    again();
  };
  banner("The studio does not answer. Runs that are going are kept, and go on when it is started again.", { label: "Try again", run: retry });
}
