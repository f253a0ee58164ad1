// Keys and the pointer, films under it, and the beginning.

const seen = one("#_seen");
const help = [...seen.childNodes];
const still = matchMedia("(prefers-reduced-motion: reduce)");

const cellOf = (element) => cells[Number(element.closest?.(".tile")?.id.slice(1)) - 1];

function focusOn(cell) {
  enter(cell);
  cell.link.focus({ preventScroll: false });
}

/** The cell in the next row, down or up, that is nearest to being straight below or above. */
function beyond(cell, way) {
  const middle = (one) => {
    const box = one.link.getBoundingClientRect();
    return { x: box.x + box.width / 2, y: Math.round(box.y) };
  };
  const here = middle(cell);
  const others = inOrder().map((other) => ({ other, ...middle(other) })).filter(({ y }) => (y - here.y) * way > 8);
  const row = Math.min(...others.map(({ y }) => Math.abs(y - here.y)));
  const near = others.filter(({ y }) => Math.abs(Math.abs(y - here.y) - row) < 8);
  return near.sort((a, b) => Math.abs(a.x - here.x) - Math.abs(b.x - here.x))[0]?.other;
}

function walk(key, cell) {
  const among = inOrder();
  const place = among.indexOf(cell);
  return {
    ArrowRight: () => among[place + 1],
    ArrowLeft: () => among[place - 1],
    ArrowDown: () => beyond(cell, 1),
    ArrowUp: () => beyond(cell, -1),
    Home: () => among[0],
    End: () => among[among.length - 1],
  }[key]?.();
}

function tell(cell) {
  if (!cell) {
    seen.replaceChildren(...help.map((node) => node.cloneNode(true)));
    return;
  }
  const pairs = data.axes.flatMap((axis) => [make("span", "axis", axis.name), make("span", "value", axis.texts[axis.places[cell.i]])]);
  const known = data.measures.filter((measure) => measure.texts[cell.i]);
  const measures = known.flatMap((measure) => [make("span", "axis", measure.name), make("span", "value", measure.texts[cell.i])]);
  seen.replaceChildren(make("b", "", String(cell.i + 1)), ...pairs, ...measures, make("span", "value", cell.reason));
}

/** A film plays under the pointer, over its picture, unless motion is not wanted. */
function startFilm(cell) {
  if (!cell.film || still.matches || one("video", cell.link)) return;
  const film = make("video");
  Object.assign(film, { muted: true, loop: true, playsInline: true, src: cell.film });
  film.setAttribute("aria-hidden", "true");
  cell.link.append(film);
  film.play().catch(() => film.remove());
}

function stopFilm(except) {
  for (const film of all(".tile video")) if (cellOf(film) !== except) film.remove();
}

function notice(event) {
  const cell = cellOf(event.target);
  stopFilm(cell);
  tell(cell ?? cellOf(document.activeElement));
  if (cell && !detail.open) startFilm(cell);
}

board.addEventListener("pointerover", notice);
board.addEventListener("focusin", notice);
board.addEventListener("pointerleave", () => {
  stopFilm();
  tell(cellOf(document.activeElement));
});
still.addEventListener("change", () => stopFilm());

board.addEventListener("click", (event) => {
  const link = event.target.closest?.(".open");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  visit(cellOf(link));
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, select")) return;
  const cell = detail.open ? current : cellOf(event.target);
  if (event.key === "f" && cell) {
    toggleFavourite(cell);
  } else if (detail.open) {
    const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    // In a text that can be scrolled the arrows scroll, in a film they wind.
    if (way && !event.target.matches("pre, video")) go(way);
  } else if (cell) {
    const target = walk(event.key, cell);
    if (target) {
      event.preventDefault();
      focusOn(target);
    } else if (event.key === "Enter" && !cell.link.href) visit(cell);
  }
});

recall();
one("#_tools").hidden = one("#_pick-size").hidden = false;
addChoices();
addFilters();
addCharts();
showFavourites();
filter();
fit();
follow();
