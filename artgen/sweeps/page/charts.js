// Small charts of a search: each setting against what the cells have come to; a point leads to its picture.

const SVG = one("#_charts svg").namespaceURI;
const CHART = { width: 220, height: 96, edge: 7 };

function shape(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function chart({ name, points, ends }, number) {
  const { width, height, edge } = CHART;
  const drawing = shape("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `${name} and ${data.measures[0].name}` });
  drawing.append(shape("line", { x1: 0, x2: width, y1: height - 0.5, y2: height - 0.5, class: "base" }));
  const best = new Set(data.measures[0].best);
  // The best lie above the others.
  for (const [i, x, y] of [...points].sort((a, b) => a[2] - b[2])) {
    const point = shape("circle", {
      cx: edge + x * (width - 2 * edge), cy: edge + (1 - y) * (height - 2 * edge), r: best.has(i) ? 5 : 3.5, class: best.has(i) ? "point is-best" : "point",
    });
    const title = shape("title", {});
    title.textContent = `${i + 1}: ${cells[i].settings.join(", ")}, ${data.measures[0].name} ${data.measures[0].texts[i]}`;
    point.append(title);
    point.addEventListener("click", () => visit(cells[i]));
    drawing.append(point);
  }
  const scale = make("span", "ends", make("span", "", shorten(ends[0], 18)), make("span", "", shorten(ends[1], 18)));
  const better = number ? "" : " · better is above";
  return make("figure", "", make("figcaption", "", make("span", "value", name), better), drawing, scale);
}

function addCharts() {
  const place = one("#_charts");
  place.replaceChildren(...data.charts.map(chart));
  place.hidden = !data.charts.length;
}
