// Prompts as lines: a text, how strongly it pulls, and which part of the picture it is for.

import { el, iconButton, one } from "../base/dom.js";
import { field } from "../preset/fields.js";
import { asMap, asShort, items, summary, together } from "../preset/prompts.js";
import { plain, properties, suggestions } from "../preset/schema.js";
import { store } from "../base/store.js";
import { isPending, steer } from "./steering.js";

/** The schema of a prompt as a mapping. */
function schemaOf(name) {
  const choices = plain(properties().prompts ?? {}).anyOf ?? [];
  const found = choices.map(plain).find((choice) => choice.properties?.text);
  return found?.properties[name] ?? { type: "number", default: 1 };
}

export class PromptLines {
  #lines = [];
  #list = [];

  begin() {
    one("#prompt-add").addEventListener("click", () => {
      this.#list = [...this.#list, ""];
      this.#render();
      one("textarea", this.#lines.at(-1).node).focus();
    });
  }

  /** Shows the prompts; a line that is being typed in, or is not yet sent, stays. */
  update(prompts) {
    if (isPending("prompts")) return;
    const given = items(prompts);
    const isAdding = this.#list.length > given.length && this.#list.at(-1) === "" && one("#prompt-lines").contains(document.activeElement);
    this.#list = isAdding ? [...given, ""] : given;
    this.#render();
  }

  #render() {
    const kinds = this.#list.map((item) => (asMap(item).text === undefined ? "other" : "text")).join();
    if (this.#lines.map((line) => line.kind).join() !== kinds) {
      this.#lines = this.#list.map((item, place) => this.#line(item, place));
      one("#prompt-lines").replaceChildren(...this.#lines.map((line) => line.node));
    }
    this.#list.forEach((item, place) => this.#lines[place].update(asMap(item)));
  }

  #set(place, change) {
    this.#list = this.#list.map((item, at) => (at === place ? asShort({ ...asMap(item), ...change }) : item));
    this.#send();
  }

  #send() {
    steer(["prompts"], together(this.#list.filter((item) => asMap(item).text !== "")));
  }

  #remove(place) {
    this.#list = this.#list.filter((_, at) => at !== place);
    this.#render();
    this.#send();
  }

  #line(item, place) {
    const map = asMap(item);
    const text = map.text === undefined ? null : this.#text(place);
    const told = map.text === undefined ? summary(map) : null;
    const weight = field({
      schema: schemaOf("weight"), name: "weight", label: "Weight", isBare: true, change: (value) => this.#set(place, { weight: value ?? 1 }),
      moment: () => ({ step: store.run?.step ?? 0, steps: store.run?.steps ?? 1 }),
    });
    const where = this.#where(place);
    const node = el(
      "li",
      { class: "prompt-line" },
      el("div", { class: "prompt-head" }, text ?? el("p", { class: "told" }, el("b", {}, told.name), ` ${told.text}`), iconButton("close", `Remove prompt ${place + 1}`, () => this.#remove(place), { class: "tool small" })),
      el("div", { class: "prompt-tools" }, weight.node, where.node),
    );
    const update = (now) => {
      if (text && document.activeElement !== text && text.value !== now.text) text.value = now.text;
      weight.update(now.weight ?? 1);
      where.update(now.where);
    };
    return { kind: text ? "text" : "other", node, update };
  }

  #text(place) {
    const area = el("textarea", { rows: "1", "aria-label": `Prompt ${place + 1}`, spellcheck: "true", placeholder: "What the picture should show" });
    const send = () => {
      const text = area.value.trim();
      if (text && text !== asMap(this.#list[place]).text) this.#set(place, { text });
    };
    area.addEventListener("change", send);
    area.addEventListener("keydown", (event) => {
      if (event.key === "Escape") area.value = asMap(this.#list[place]).text;
      if (event.key !== "Enter" || event.shiftKey) return;
      event.preventDefault();
      send();
    });
    return area;
  }

  /** The part of the picture: everywhere, a named place, or a mask, which is painted in another tab. */
  #where(place) {
    const places = suggestions(schemaOf("where"));
    const select = el("select", { "aria-label": `Where prompt ${place + 1} counts` }, el("option", { value: "" }, "everywhere"), ...places.map((name) => el("option", { value: name }, name)));
    const own = el("option", { value: "own", hidden: true }, "painted");
    const paint = el("option", { value: "paint" }, "paint a mask…");
    select.append(own, paint);
    select.addEventListener("change", () => {
      if (select.value === "paint") store.tell("paint-mask", place);
      else this.#set(place, { where: select.value || undefined });
      this.#lines[place].update(asMap(this.#list[place]));
    });
    const update = (where) => {
      const isNamed = typeof where === "string" && places.includes(where);
      own.hidden = isNamed || !where;
      own.textContent = where?.mask ? "painted mask" : "a part of its own";
      select.value = isNamed ? where : where ? "own" : "";
    };
    return { node: select, update };
  }
}
