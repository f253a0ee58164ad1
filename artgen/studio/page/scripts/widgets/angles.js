// An angle as a dial, clockwise from the top, with a slider and a field in degrees.

import { clamp, svg } from "../base/dom.js";
import { slider } from "./sliders.js";

const TURN = 360;

/** `widget` holds the least and the greatest angle. */
export function angle({ widget, change, usual, ...others }) {
  const simple = slider({ ...others, usual, change: (value) => told(value), widget: { ...widget, step: 1, unit: "°", scale: "linear" } });
  const hand = svg("path", { class: "hand", d: "M14 14V4.500" });
  const dial = svg("svg", { class: "dial", viewBox: "0 0 28 28", "aria-hidden": "true" }, svg("circle", { cx: 14, cy: 14, r: 12.25 }), svg("path", { class: "top", d: "M14 1.800v2.400" }), hand, svg("circle", { class: "hub", cx: 14, cy: 14, r: 1.750 }));
  const turn = (value) => hand.setAttribute("transform", `rotate(${value ?? usual ?? 0} 14 14)`);
  const told = (value) => {
    turn(value);
    change(value);
  };
  const within = (degrees) => {
    const turned = [degrees, degrees - TURN, degrees + TURN].find((one) => one >= widget.low && one <= widget.high);
    return turned ?? clamp(degrees, widget.low, widget.high);
  };
  const pointed = (event) => {
    const box = dial.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left - box.width / 2, event.clientY - box.top - box.height / 2];
    const degrees = Math.round((Math.atan2(x, -y) * 180) / Math.PI + TURN) % TURN;
    const value = within(event.shiftKey ? Math.round(degrees / 15) * 15 : degrees);
    simple.update(value);
    told(value);
  };
  dial.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    dial.setPointerCapture(event.pointerId);
    pointed(event);
  });
  dial.addEventListener("pointermove", (event) => dial.hasPointerCapture(event.pointerId) && pointed(event));
  simple.node.classList.add("angle");
  simple.node.prepend(dial);
  const update = (value) => {
    simple.update(value);
    turn(typeof value === "number" ? value : undefined);
  };
  return { ...simple, update };
}
