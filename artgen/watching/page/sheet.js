// The cells of a sweep by their settings

let sheetSays = ""; // By what a cell is called the best.

function tile(cell) {
  const told = [STATES[cell.state], cell.loss == null ? "" : `loss ${number(cell.loss)}`, cell.best ? sheetSays : ""].filter(Boolean).join(", ");
  const link = made("a", { class: "tile", href: `#${cell.id}`, title: `${cell.text}\n${told}`, "aria-label": `${cell.text}: ${told}` });
  link.dataset.state = cell.state;
  if (cell.picture) {
    const image = made("img", { alt: "", loading: "lazy", decoding: "async", src: thumbnail(cell.id, cell.picture, 160), draggable: "false" });
    image.classList.toggle("blocks", Boolean(cell.size) && Math.max(...cell.size) <= 96);
    link.append(image);
  } else link.append(made("span", { class: "blank" }, cell.state === "waiting" ? "" : STATES[cell.state]));
  if (cell.best) link.append(made("span", { class: "best" }, "Best"));
  if (WORKING.has(cell.state) && cell.steps) {
    const bar = made("span", { class: "bar-line", "aria-hidden": "true" });
    bar.style.setProperty("--share", Math.min(1, cell.step / cell.steps));
    link.append(bar);
  }
  return link;
}

function table(sheet, cells) {
  const head = made("tr", {}, made("td", { class: "corner" }, `${sheet.rows.name} ↓`, made("br"), `${sheet.columns.name} →`));
  for (const text of sheet.columns.texts) head.append(made("th", { scope: "col", title: text }, text));
  const body = made("tbody");
  for (const [row, text] of sheet.rows.texts.entries()) {
    const line = made("tr", {}, made("th", { scope: "row", title: text }, text));
    for (const column of sheet.columns.texts.keys()) {
      const here = cells.filter((cell) => cell.row === row && cell.column === column);
      line.append(made("td", {}, ...here.map(tile)));
    }
    if (cells.some((cell) => cell.row === row)) body.append(line);
  }
  return made("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Cells" }, made("table", {}, made("thead", {}, head), body));
}

function row(sheet, cells) {
  return made(
    "ol",
    { class: "tiles" },
    ...cells.map((cell) => made("li", {}, tile(cell), made("span", { class: "text" }, sheet.columns ? `${sheet.columns.name} ${sheet.columns.texts[cell.column]}` : cell.text))),
  );
}

function sheetOf(entry) {
  const { sheet } = entry;
  const box = made("div", { class: "sheet" });
  sheetSays = sheet.best;
  box.style.setProperty("--columns", sheet.columns ? sheet.columns.texts.length : 8);
  if (sheet.fixed.length) box.append(made("p", { class: "muted" }, sheet.fixed.join(", ")));
  for (const block of sheet.blocks) {
    const cells = block.cells.map((i) => sheet.cells[i]);
    if (block.name) box.append(made("h3", {}, block.name));
    box.append(sheet.rows && sheet.columns ? table(sheet, cells) : row(sheet, cells));
  }
  if (sheet.left_out) box.append(made("p", { class: "muted" }, `${sheet.left_out} more cells are in sheet.html.`));
  return box;
}
