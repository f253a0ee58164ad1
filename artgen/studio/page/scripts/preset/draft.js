// The preset as it is edited here, before it is applied to the run or begun anew. The server checks each change.

import { Refused, api } from "../base/api.js";
import { debounced } from "../base/dom.js";
import { differences, put } from "../base/paths.js";
import { store } from "../base/store.js";

const KEPT = 20;

class Draft extends EventTarget {
  said = { yaml: "", data: {} }; // as the server has it: the run's, or the shipped preset's
  preset = null; // the name of the shipped preset that it came from
  run = null; // the id of the run that it is applied to
  yaml = "";
  data = {};
  problems = [];
  remarks = [];
  source = null; // what was edited last: "form" or "yaml"; null is as the server has it
  isChecking = false;
  #kept = new Map();
  #asked = 0;

  get isChanged() {
    return this.source !== null;
  }

  get changes() {
    return this.isChanged ? differences(this.said.data ?? {}, this.data ?? {}) : [];
  }

  /** What is sent to the server: what was edited last, so that a text keeps its comments. */
  get wanted() {
    const said = this.source === "yaml" || !this.isChanged ? { yaml: this.yaml } : { data: this.data };
    return { ...said, preset: this.preset ?? "" };
  }

  #tell() {
    this.dispatchEvent(new Event("change"));
  }

  /** Takes what the server says; what was edited here and is not applied stays. */
  take({ run = null, preset = null, yaml, data }) {
    const other = run !== this.run || preset !== this.preset;
    if (other) this.#leave();
    Object.assign(this, { run, preset, said: { yaml, data } });
    if (other && this.#kept.has(run ?? preset)) {
      Object.assign(this, this.#kept.get(run ?? preset));
      this.#kept.delete(run ?? preset);
    } else if (other || !this.isChanged) Object.assign(this, { yaml, data, problems: [], remarks: [], source: null });
    this.#tell();
  }

  #leave() {
    if (!this.isChanged) return;
    const { yaml, data, problems, remarks, source } = this;
    this.#kept.set(this.run ?? this.preset, { yaml, data, problems, remarks, source });
    if (this.#kept.size > KEPT) this.#kept.delete(this.#kept.keys().next().value);
  }

  /** Sets one setting; undefined takes it away. */
  set(steps, value) {
    this.data = put(this.data ?? {}, steps, value);
    this.source = "form";
    this.#tell();
    this.#checkSoon();
  }

  write(yaml) {
    if (yaml === this.yaml) return;
    this.yaml = yaml;
    this.source = "yaml";
    this.#tell();
    this.#checkSoon();
  }

  discard() {
    Object.assign(this, { ...this.said, problems: [], remarks: [], source: null, isChecking: false });
    this.#asked += 1;
    this.#checkSoon.cancel();
    this.#tell();
  }

  #checkSoon = debounced(() => this.check(), 250);

  async check() {
    const asked = ++this.#asked;
    this.isChecking = true;
    const { source } = this;
    try {
      const told = await api.check(this.wanted);
      if (asked !== this.#asked) return;
      this.problems = told.problems;
      this.remarks = told.remarks ?? [];
      if (source !== "yaml" && told.yaml) this.yaml = told.yaml;
      if (source === "yaml" && told.data) this.data = told.data;
    } catch (error) {
      if (asked !== this.#asked) return;
      this.problems = error.problems ?? [];
    }
    this.isChecking = false;
    this.#tell();
  }

  /** From the next step on. */
  async apply() {
    const answer = await this.#sent(() => api.act(this.run, "steer", this.wanted));
    this.said = { yaml: this.yaml, data: this.data };
    this.source = null;
    this.#tell();
    return answer;
  }

  /** A new run of it; its id. */
  async begin() {
    const { id } = await this.#sent(() => api.begin(this.wanted));
    return id;
  }

  async #sent(send) {
    try {
      return await send();
    } catch (error) {
      if (error instanceof Refused && error.status) this.problems = error.problems;
      this.#tell();
      throw error;
    }
  }
}

export const draft = new Draft();

store.on("detail", () => {
  const { id, yaml, data } = store.detail;
  draft.take({ run: id, preset: store.run?.preset ?? null, yaml, data });
});
