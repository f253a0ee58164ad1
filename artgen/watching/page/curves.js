// Losses over the steps

const DRAWN = { width: 300, height: 64, edge: 4 };

function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function scaled(points) {
  const steps = points.map(([step]) => step);
  const values = points.map(([, value]) => value);
  const [first, last] = [Math.min(...steps), Math.max(...steps)];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const share = (value, from, to) => (to > from ? (value - from) / (to - from) : 0.5);
  const { width, height, edge } = DRAWN;
  return points.map(([step, value]) => [
    edge + share(step, first, last) * (width - 2 * edge),
    height - edge - share(value, low, high) * (height - 2 * edge),
  ]);
}

function curve({ name, points }) {
  const [first, last] = [points[0], points[points.length - 1]];
  const places = scaled(points);
  const path = places.length > 1 ? `M${places.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join(" L")}` : `M0 ${DRAWN.height / 2} H${DRAWN.width}`;
  const ends = `${number(first[1])} → ${number(last[1])}`;
  const value = made("span", { class: "ends" }, ends);
  const mark = svg("path", { class: "mark", d: "", "vector-effect": "non-scaling-stroke" });
  const drawing = svg(
    "svg",
    { viewBox: `0 0 ${DRAWN.width} ${DRAWN.height}`, preserveAspectRatio: "none", role: "img" },
    svg("path", { class: "area", d: `${path} V${DRAWN.height} H${places[0][0].toFixed(1)} Z` }),
    svg("path", { class: "stroke", d: path, "vector-effect": "non-scaling-stroke" }),
    mark,
  );
  drawing.setAttribute("aria-label", `${name}: from ${number(first[1])} at step ${first[0]} to ${number(last[1])} at step ${last[0]}`);
  drawing.addEventListener("pointermove", (event) => {
    const box = drawing.getBoundingClientRect();
    const x = ((event.clientX - box.x) / box.width) * DRAWN.width;
    const nearest = places.reduce((best, [at], i) => (Math.abs(at - x) < Math.abs(places[best][0] - x) ? i : best), 0);
    mark.setAttribute("d", `M${places[nearest][0].toFixed(1)} 0 V${DRAWN.height}`);
    write(value, `step ${points[nearest][0]}: ${number(points[nearest][1])}`);
  });
  drawing.addEventListener("pointerleave", () => {
    mark.setAttribute("d", "");
    write(value, ends);
  });
  return made("figure", { class: "curve" }, made("figcaption", {}, made("span", {}, name), value), drawing);
}
