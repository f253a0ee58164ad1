// What the page asks of the server, and how its refusals are told.

/** A refusal: `problems` as the server lists them, each `{path, line, column, message}`. `status` is 0 without an answer. */
export class Refused extends Error {
  constructor(status, problems) {
    super(problems[0]?.message ?? "The studio refused that.");
    this.status = status;
    this.problems = problems;
  }
}

async function ask(path, options = {}) {
  let answer;
  try {
    answer = await fetch(path, { credentials: "same-origin", ...options });
  } catch {
    throw new Refused(0, [{ path: "", message: "The studio does not answer." }]);
  }
  if (!answer.ok) throw new Refused(answer.status, await problemsOf(answer));
  return answer;
}

async function problemsOf(answer) {
  try {
    const told = await answer.json();
    if (Array.isArray(told.problems) && told.problems.length) return told.problems;
  } catch {
    // No JSON: the status is all there is.
  }
  const reason = answer.status === 403 ? "This address is no longer valid; open the one that the studio has printed." : `The studio answered ${answer.status}.`;
  return [{ path: "", message: reason }];
}

const get = async (path) => (await ask(path)).json();

async function post(path, data = {}) {
  const headers = { "Content-Type": "application/json" };
  return (await ask(path, { method: "POST", headers, body: JSON.stringify(data) })).json();
}

async function send(path, blob) {
  return (await ask(path, { method: "POST", headers: { "Content-Type": blob.type || "application/octet-stream" }, body: blob })).json();
}

const run = (id) => `/api/runs/${encodeURIComponent(id)}`;

export const api = {
  state: () => get("/api/state"),
  schema: () => get("/api/schema"),
  preset: (name) => get(`/api/presets/${encodeURIComponent(name)}`),
  check: (said) => post("/api/check", said),
  begin: (said) => post("/api/runs", said),
  run: (id) => get(run(id)),
  act: (id, action, data) => post(`${run(id)}/${action}`, data),
  paint: (id, png) => send(`${run(id)}/paint`, png),
  mask: (png) => send("/api/masks", png),
  picture: (file) => send("/api/pictures", file),
  drawing: async (address) => (await ask(address)).blob(),
};

/** Where the drawing of a run is: `version` is the newest's, `step` one that was kept. */
export function drawingAddress(id, { version, step, width } = {}) {
  const asked = new URLSearchParams();
  if (step !== undefined && step !== null) asked.set("step", step);
  if (width) asked.set("width", width);
  if (version !== undefined) asked.set("v", version);
  return `${run(id)}/picture?${asked}`;
}

export const presetThumbnail = (name) => `/api/presets/${encodeURIComponent(name)}/thumbnail`;
export const viewsAddress = (id, version) => `${run(id)}/views?v=${version}`;
export const fileAddress = (id, name) => `${run(id)}/files/${encodeURIComponent(name)}`;
