// What the page knows. The server is right: what it says replaces what is here, and everything drawn follows from it.

const LONGEST_CURVE = 1200;

class Store extends EventTarget {
  runs = new Map();
  presets = [];
  folder = "";
  chosen = null; // the preset that the studio was opened with
  version = "";
  selected = null; // the id of the run that is shown
  detail = null; // what GET /api/runs/ID says of it
  seen = null; // the step whose drawing is shown; null is the newest
  pending = new Map(); // run id -> the action that was asked for and is not yet seen

  get run() {
    return this.runs.get(this.selected) ?? null;
  }

  /** Tells everyone who listens to `topic`. */
  tell(topic, detail) {
    this.dispatchEvent(new CustomEvent(topic, { detail }));
  }

  /** Listens to one or more topics. */
  on(topics, listener) {
    for (const topic of topics.split(" ")) this.addEventListener(topic, (event) => listener(event.detail));
  }

  /** Takes in the whole state. */
  begin(state) {
    this.presets = state.presets;
    this.folder = state.folder;
    this.chosen = state.preset ?? null;
    this.version = state.version;
    this.runs = new Map(state.runs.map((run) => [run.id, run]));
    if (this.selected && !this.runs.has(this.selected)) this.select(null);
    this.tell("presets");
    this.tell("runs");
    if (this.run) this.tell("run");
  }

  /** Takes in one run, whole. */
  put(run) {
    const before = this.runs.get(run.id);
    this.runs.set(run.id, { ...before, ...run });
    if (before?.state !== run.state) this.pending.delete(run.id);
    this.tell("runs", run.id);
    if (run.id === this.selected) this.tell("run", before);
  }

  /** Takes in one step of a run. */
  step(event) {
    const run = this.runs.get(event.id);
    if (!run) return;
    Object.assign(run, { step: event.step, steps: event.steps, total: event.total, seconds: event.seconds, picture: event.picture });
    if (event.id !== this.selected) {
      this.tell("progress", event.id);
      return;
    }
    if (this.detail?.id === event.id) this.lengthen(event);
    if (this.detail?.id === event.id && event.kept) {
      this.detail.moments = [...(this.detail.moments ?? []), event.step];
      this.tell("moments");
    }
    this.tell("progress", event.id);
    this.tell("step", event);
  }

  lengthen(event) {
    const curves = this.detail.losses;
    for (const [name, value] of Object.entries({ total: event.total, ...event.losses })) {
      if (!Number.isFinite(value)) continue;
      const points = (curves[name] ??= []);
      if (points.at(-1)?.[0] >= event.step - 1) continue;
      points.push([event.step - 1, value]); // the curves count their steps from 0
      if (points.length > LONGEST_CURVE) curves[name] = points.filter((_, place) => place % 2 === 0);
    }
  }

  gone(id) {
    this.runs.delete(id);
    this.pending.delete(id);
    if (this.selected === id) this.select(null);
    this.tell("runs");
  }

  select(id) {
    if (this.selected === id) return;
    this.selected = id;
    this.detail = null;
    this.seen = null;
    this.tell("selected", id);
    this.tell("runs");
  }

  know(detail) {
    if (detail.id !== this.selected) return;
    this.detail = detail;
    const run = this.run;
    for (const name of Object.keys(run)) if (name in detail) run[name] = detail[name];
    this.tell("detail");
    this.tell("run", run);
  }

  /** Shows the drawing of `step`; null, and any step that is not yet drawn, is the newest. */
  look(step) {
    const seen = step === null || !this.run || step >= this.run.step ? null : Math.max(0, step);
    if (seen === this.seen) return;
    this.seen = seen;
    this.tell("seen");
  }
}

export const store = new Store();
