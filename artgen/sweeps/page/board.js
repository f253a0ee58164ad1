// Where the pictures lie: a table of two axes, in blocks of the others; or one after the other.

const board = one("#_board");
/** Between two pictures, in pixels, as the style has it. */
const GAP = 14;
const view = { columns: data.columns, rows: data.rows, order: data.order, heat: data.measures.length ? 0 : -1 };
/** Width by height of the box of each picture. */
const ratio = Number(getComputedStyle(document.documentElement).getPropertyValue("--ratio")) || 1;
let shown = cells;
/** The cells that are seen, in rows, for the arrow keys. */
let rowsOfCells = [];

function byPlaces(axes) {
  return (a, b) => {
    for (const axis of axes) if (a.places[axis] !== b.places[axis]) return a.places[axis] - b.places[axis];
    return a.i - b.i;
  };
}

/** By a measure, the best first; those that have none, or none that can be compared, come last, in their order. */
function byMeasure(measure) {
  const isWithin = measure.within.length > 0;
  const [values, way] = isWithin ? [measure.shares, -1] : [measure.values, measure.more ? -1 : 1];
  return (a, b) => {
    const [left, right] = [values[a.i], values[b.i]];
    if (left === null || right === null) return (left === null) - (right === null) || a.i - b.i;
    return (left - right) * way || a.i - b.i;
  };
}

function isTable() {
  return view.order === "settings" && view.columns >= 0 && view.rows >= 0;
}

function arrange() {
  const focused = cells.find((cell) => cell.link === document.activeElement);
  rowsOfCells = [];
  board.classList.toggle("is-table", isTable());
  const parts = isTable() ? [table()] : wall();
  // What is filtered out stays in the page, for its picture is in it once.
  const seen = new Set(shown);
  const rest = make("div", "rest", ...cells.filter((cell) => !seen.has(cell)).map((cell) => cell.tile));
  rest.hidden = true;
  board.replaceChildren(...parts, rest);
  one("#_none").hidden = shown.length > 0 || cells.length === 0;
  board.hidden = shown.length === 0;
  const next = seen.has(focused) ? focused : inOrder()[0];
  if (next) enter(next);
  if (focused === next) next?.link.focus({ preventScroll: true });
}

/** The values of an axis that some of the cells have. */
function present(axis, among) {
  const found = new Set(among.map((cell) => cell.places[axis]));
  return data.axes[axis].texts.map((_, place) => place).filter((place) => found.has(place));
}

function inBlocks(axes) {
  const blocks = new Map();
  for (const cell of [...shown].sort(byPlaces(axes))) {
    const key = axes.map((axis) => cell.places[axis]).join(" ");
    if (!blocks.has(key)) blocks.set(key, []);
    blocks.get(key).push(cell);
  }
  return [...blocks.values()];
}

function blockName(axes, cell) {
  return make("span", "name", ...axes.flatMap((axis) => [
    make("span", "axis", data.axes[axis].name), make("span", "value", data.axes[axis].texts[cell.places[axis]]),
  ]));
}

function table() {
  const { columns, rows } = view;
  const others = varying.filter((axis) => axis !== columns && axis !== rows);
  const across = present(columns, shown);
  const made = make("table", "", head(across));
  for (const block of inBlocks(others)) {
    const body = make("tbody");
    if (others.length) {
      const name = make("th", "block", blockName(others, block[0]));
      name.colSpan = across.length + 1;
      name.scope = "rowgroup";
      body.append(make("tr", "", name));
    }
    for (const place of present(rows, block)) {
      const here = block.filter((cell) => cell.places[rows] === place);
      const line = across.map((column) => here.filter((cell) => cell.places[columns] === column));
      const th = heading(data.axes[rows].texts[place], "row");
      body.append(make("tr", "", th, ...line.map((found) => make("td", "", ...found.map((cell) => cell.tile)))));
      rowsOfCells.push(line.map((found) => found[0]));
    }
    made.append(body);
  }
  return made;
}

function head(across) {
  const { columns, rows } = view;
  const corner = make("td", "corner", make("span", "axis down", data.axes[rows].name), make("span", "axis across", data.axes[columns].name));
  return make("thead", "", make("tr", "", corner, ...across.map((place) => heading(data.axes[columns].texts[place], "col"))));
}

function heading(text, scope) {
  const th = make("th", "", make("span", "", shorten(text, 90)));
  th.scope = scope;
  th.title = text;
  return th;
}

function wall() {
  const listed = (among) => {
    rowsOfCells.push(among);
    return make("ol", "wall", ...among.map((cell) => make("li", "", cell.tile)));
  };
  if (view.order !== "settings") {
    const measure = data.measures[view.order];
    return [listed([...shown].sort(measure ? byMeasure(measure) : byPlaces([])))];
  }
  const first = view.columns >= 0 ? view.columns : view.rows;
  const others = varying.filter((axis) => axis !== first);
  // One axis wraps by itself; of several the others make blocks, unless each would hold but one picture.
  if (!others.length || first < 0) return [listed([...shown].sort(byPlaces(varying)))];
  return inBlocks(others).flatMap((block) => [make("h2", "block", blockName(others, block[0])), listed(block.sort(byPlaces([first])))]);
}

// Colour

function colour() {
  const measure = data.measures[view.heat];
  board.classList.toggle("has-heat", Boolean(measure));
  for (const cell of cells) {
    const share = measure?.shares[cell.i] ?? null;
    const bar = one(".heat", cell.tile);
    bar.classList.toggle("unknown", share === null);
    bar.style.setProperty("--share", share ?? 0);
    one(".told", cell.tile).textContent = measure ? measure.texts[cell.i] : "";
  }
  one("#_told").replaceChildren(...told(measure));
}

/** What is framed, and what the bars mean. */
function told(measure) {
  const parts = data.best ? [" · ", make("span", "framed", data.best)] : [];
  if (!measure) return parts;
  const [worst, best] = measure.within.length ? ["worst", "best"] : measure.ends;
  const scale = make("span", "scale");
  scale.setAttribute("aria-hidden", "true");
  return [...parts, " · ", make("span", "legend", `${measure.name}: ${worst} `, scale, ` ${best}`)];
}

// Labels: what no heading says

function relabel() {
  const said = isTable() || view.order !== "settings" ? [] : varying.filter((axis) => axis !== view.columns);
  for (const cell of cells) {
    const axes = varying.filter((axis) => !said.includes(axis));
    one(".label", cell.tile).textContent = axes.map((axis) => cell.settings[axis]).join(" · ");
  }
}

/** As large as lets a row of the table be seen whole; where that would be too small, as lets a column be. */
function fit() {
  const [across, down] = [view.columns, view.rows].map((axis) => Math.max(1, isTable() ? present(axis, cells).length : 1));
  const style = getComputedStyle(board);
  const room = board.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  const high = ((board.clientHeight - 64) / down - 48) * ratio;
  const heading = Math.max(144, one("tbody th", board)?.offsetWidth ?? 0) + GAP;
  const side = isTable() ? Math.max(88, (room - heading) / across - GAP, Math.min(high, 144, room / 3.6)) : fitWall(room);
  resize(Math.floor(Math.min(300, largest(), side)));
}

/** The longest side of the pictures as they are embedded: in a larger tile they would swim. */
function largest() {
  return Math.max(128, ...all(".tile img").flatMap((shown) => [Number(shown.getAttribute("width")), Number(shown.getAttribute("height"))]));
}

/** Pictures that wrap fill their rows. */
function fitWall(room) {
  const wished = Math.min(240, Math.max(88, room / Math.ceil(Math.sqrt(cells.length * 1.6)) - GAP));
  const columns = Math.max(1, Math.floor((room + GAP) / (wished + GAP)));
  return Math.min(300, (room + GAP) / columns - GAP);
}

function resize(side) {
  one("#_size").value = side;
  board.style.setProperty("--tile", `${side}px`);
  board.classList.toggle("is-small", side < 96);
}

/** The cell that the Tab key leads to, one of all. */
function enter(cell) {
  for (const other of cells) other.link.setAttribute("tabindex", other === cell ? "0" : "-1");
}

function show() {
  relabel();
  colour();
  arrange();
}

for (const cell of cells) if (!cell.link.href) cell.link.setAttribute("role", "button");
