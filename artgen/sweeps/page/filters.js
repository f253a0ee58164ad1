// Which pictures are seen: by values of the axes, by state, by loss or score, or favourites alone.

const filters = { values: data.axes.map(() => new Set()), states: new Set(), best: 100, kept: false };

function fits(cell) {
  const asked = filters.values.every((chosen, axis) => !chosen.size || chosen.has(cell.places[axis]));
  const state = !filters.states.size || filters.states.has(cell.state);
  return asked && state && (!filters.kept || favourites.has(cell.i)) && isAmongBest(cell);
}

/** Whether it is in the best so many hundredths by what the colours show; all are, unless fewer are asked for. */
function isAmongBest(cell) {
  const measure = data.measures[view.heat];
  if (filters.best >= 100 || !measure) return true;
  const value = measure.shares[cell.i];
  if (value === null) return false;
  const sorted = measure.shares.filter((share) => share !== null).sort((a, b) => b - a);
  return value >= sorted[Math.max(0, Math.ceil((sorted.length * filters.best) / 100) - 1)];
}

function filter() {
  shown = cells.filter(fits);
  one("#_count").textContent = shown.length === cells.length ? count(shown.length) : `${shown.length} of ${count(cells.length)}`;
  for (const menu of all("#_filters details")) menu.retell();
  show();
}

/** A menu of checkboxes; none that is ticked is all of them. */
function menu(name, choices, chosen) {
  const made = make("details", "menu");
  const summary = make("summary", "", make("span", "", name), make("b", "", "all"));
  const boxes = choices.map(([value, text]) => {
    const box = make("input");
    box.type = "checkbox";
    box.addEventListener("change", () => {
      chosen[box.checked ? "add" : "delete"](value);
      filter();
    });
    return { value, text, box };
  });
  const list = make("div", "list", ...boxes.map(({ text, box }) => make("label", "", box, make("span", "", shorten(text, 160)))));
  made.append(summary, list);
  made.retell = () => {
    for (const { value, box } of boxes) box.checked = chosen.has(value);
    const told = boxes.filter(({ value }) => chosen.has(value)).map(({ text }) => text);
    one("b", summary).textContent = told.length ? shorten(told.join(", "), 24) : "all";
    made.classList.toggle("is-on", told.length > 0);
  };
  return made;
}

function addFilters() {
  const place = one("#_filters");
  for (const axis of varying) place.append(menu(data.axes[axis].name, data.axes[axis].texts.map((text, i) => [i, text]), filters.values[axis]));
  const states = [...new Set(cells.map((cell) => cell.state))];
  if (states.length > 1) place.append(menu("state", states.map((state) => [state, state]), filters.states));
  if (data.measures.some((measure) => measure.shares.some((share) => share !== null))) place.append(bestSlider());
  const kept = make("button", "quiet", "★ only");
  kept.type = "button";
  kept.id = "_only";
  kept.setAttribute("aria-pressed", "false");
  kept.addEventListener("click", () => {
    filters.kept = !filters.kept;
    kept.setAttribute("aria-pressed", String(filters.kept));
    filter();
  });
  place.append(kept);
}

function bestSlider() {
  const slider = make("input");
  Object.assign(slider, { type: "range", id: "_best", min: 1, max: 100, value: 100 });
  const told = make("output", "", "all");
  slider.addEventListener("input", () => {
    filters.best = Number(slider.value);
    told.textContent = filters.best < 100 ? `${filters.best} %` : "all";
    filter();
  });
  return make("label", "pick slide", make("span", "", "Best"), slider, told);
}

function clear() {
  for (const chosen of [...filters.values, filters.states]) chosen.clear();
  Object.assign(filters, { best: 100, kept: false });
  if (one("#_best")) Object.assign(one("#_best"), { value: 100 }).nextElementSibling.textContent = "all";
  one("#_only").setAttribute("aria-pressed", "false");
  filter();
}

function addChoices() {
  const axes = varying.map((axis) => [axis, data.axes[axis].name]);
  offer(one("#_columns"), [...axes, [-1, "none"]], view.columns);
  offer(one("#_rows"), [...axes, [-1, "none"]], view.rows);
  const measures = data.measures.map((measure, i) => [i, measure.name]);
  offer(one("#_order"), [["settings", "settings"], ...measures.map(([i, name]) => [i, `best ${name}`]), ["number", "number"]], view.order);
  idle();
  offer(one("#_heat"), [...measures, [-1, "none"]], view.heat);
  one("#_pick-columns").hidden = one("#_pick-rows").hidden = varying.length < 2;
  one("#_pick-heat").hidden = !measures.length;
}

/** Columns and rows are for the order by settings. */
function idle() {
  for (const which of ["columns", "rows"]) one(`#_pick-${which}`).classList.toggle("is-idle", view.order !== "settings");
}

/** An axis is in one place: the one that was there takes the other's. */
function choose(which, axis) {
  const other = which === "columns" ? "rows" : "columns";
  if (axis >= 0 && view[other] === axis) view[other] = view[which];
  view[which] = axis;
  one("#_columns").value = view.columns;
  one("#_rows").value = view.rows;
  show();
  fit();
}

for (const which of ["columns", "rows"]) one(`#_${which}`).addEventListener("change", (event) => choose(which, Number(event.target.value)));
one("#_order").addEventListener("change", (event) => {
  view.order = event.target.value;
  idle();
  show();
  fit();
});
one("#_heat").addEventListener("change", (event) => {
  view.heat = Number(event.target.value);
  filter();
});
one("#_size").addEventListener("input", (event) => resize(Number(event.target.value)));
one("#_clear").addEventListener("click", clear);
one("#_tools").addEventListener("submit", (event) => event.preventDefault());
one("#_more").addEventListener("click", (event) => {
  const open = one("#_tools").classList.toggle("is-open");
  event.target.setAttribute("aria-expanded", String(open));
});
// One menu is open at a time, and none once something else is used.
document.addEventListener("click", (event) => {
  for (const menu of all("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("details.menu[open]");
  if (!menu || event.key !== "Escape") return;
  menu.open = false;
  one("summary", menu).focus();
});
