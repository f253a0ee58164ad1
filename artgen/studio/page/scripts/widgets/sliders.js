// A number as a slider and a field beside it. The field takes what the slider's range does not hold.

import { clamp, el, short } from "../base/dom.js";

const FINE = 1000;

/** `widget` is the slider as the schema tells it, or null for a field alone; `low` is the least number that is allowed. */
export function slider({ id, widget = null, isWhole = false, usual, change, low }) {
  const step = widget?.step ?? (isWhole ? 1 : null);
  const input = el("input", { type: "number", id, step: isWhole ? "1" : "any", min: low ?? null, placeholder: usual === undefined || usual === null ? "" : short(usual), inputmode: isWhole ? "numeric" : "decimal" });
  const bar = widget && el("input", { type: "range", tabindex: "-1", "aria-hidden": "true", min: "0", max: String(FINE), step: "1" });
  const isLog = widget?.scale === "log";
  let [least, greatest] = widget ? [widget.low, widget.high] : [0, 1];
  const share = (value) => (isLog ? Math.log(value / least) / Math.log(greatest / least) : (value - least) / (greatest - least));
  const place = (value) => Math.round(FINE * clamp(share(value), 0, 1) || 0);
  const rounded = (value) => (step ? Number((Math.round(value / step) * step).toPrecision(12)) : Number(value.toPrecision(isLog ? 2 : 3)));
  const at = (position) => {
    const part = position / FINE;
    const value = isLog ? least * (greatest / least) ** part : least + (greatest - least) * part;
    return clamp(rounded(value), least, greatest);
  };
  const fill = () => bar?.style.setProperty("--filled", `${(100 * bar.value) / FINE}%`);
  bar?.addEventListener("input", () => {
    input.value = at(Number(bar.value));
    fill();
    change(Number(input.value));
  });
  bar?.addEventListener("dblclick", () => {
    update(undefined);
    change(undefined);
  });
  input.addEventListener("change", () => {
    if (input.value === "") change(undefined);
    else if (Number.isFinite(input.valueAsNumber)) change(isWhole ? Math.round(input.valueAsNumber) : input.valueAsNumber);
    if (bar && input.value !== "") bar.value = place(input.valueAsNumber);
    fill();
  });
  input.addEventListener("keydown", (event) => {
    const way = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (!way || isWhole) return;
    event.preventDefault();
    const from = input.value === "" ? (usual ?? least) : input.valueAsNumber;
    const next = isLog ? from * 1.1 ** way : from + way * (step ?? (greatest - least) / 40);
    input.value = Number(next.toPrecision(3));
    input.dispatchEvent(new Event("change"));
  });
  const update = (value) => {
    input.value = value === undefined || value === null ? "" : String(Number(Number(value).toPrecision(6)));
    if (!bar) return;
    const shown = typeof value === "number" ? value : (usual ?? least);
    if (!isLog || shown > 0) [least, greatest] = [Math.min(least, shown), Math.max(greatest, shown)];
    bar.value = place(shown);
    fill();
  };
  const unit = widget?.unit && el("span", { class: "unit", id: `${id}-unit` }, widget.unit);
  return { node: el("div", { class: unit ? "slider with-unit" : "slider" }, bar, el("span", { class: "number" }, input, unit)), input, update };
}
