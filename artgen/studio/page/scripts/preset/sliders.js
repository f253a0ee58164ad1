// A number as a slider and a field beside it. The field takes what the slider's range does not hold.

import { clamp, el, short } from "../base/dom.js";

const FINE = 1000;

/** `range`: [least, greatest] of the slider, or null for a field alone; `isRate`: the slider's scale is logarithmic. */
export function slider({ id, range, isWhole = false, usual, change, isRate = false, low }) {
  const input = el("input", { type: "number", id, step: isWhole ? "1" : "any", min: low ?? null, placeholder: usual === undefined || usual === null ? "" : short(usual), inputmode: isWhole ? "numeric" : "decimal" });
  const bar = range && el("input", { type: "range", tabindex: "-1", "aria-hidden": "true", min: "0", max: String(FINE), step: "1" });
  let [least, greatest] = range ?? [0, 1];
  const place = (value) => Math.round(FINE * clamp(isRate ? Math.log(value / least) / Math.log(greatest / least) : (value - least) / (greatest - least), 0, 1));
  const at = (position) => {
    const share = position / FINE;
    const value = isRate ? least * (greatest / least) ** share : least + (greatest - least) * share;
    return isWhole ? Math.round(value) : Number(value.toPrecision(isRate ? 2 : 3));
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
    const next = isRate ? from * 1.1 ** way : from + (way * (greatest - least)) / 40;
    input.value = Number(next.toPrecision(3));
    input.dispatchEvent(new Event("change"));
  });
  const update = (value) => {
    input.value = value === undefined || value === null ? "" : String(Number(Number(value).toPrecision(6)));
    if (!bar) return;
    const shown = value ?? usual ?? least;
    if (!isRate && shown > greatest) greatest = shown * 2;
    if (!isRate && shown < least) least = shown * 2;
    if (isRate && shown > 0) [least, greatest] = [Math.min(least, shown), Math.max(greatest, shown)];
    bar.value = place(shown);
    fill();
  };
  return { node: el("div", { class: "slider" }, bar, input), input, update };
}
