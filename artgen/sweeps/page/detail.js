// One picture large, with all that is known of it; or two of them with a slider between.

const detail = one("#_detail");
const mat = one(".mat", detail);
let current = null;
let compared = null;

/** The cells that are seen, in the order in which they lie. */
function inOrder() {
  return rowsOfCells.flat().filter(Boolean);
}

function open(cell) {
  current = cell;
  const among = inOrder();
  const place = among.indexOf(cell);
  one(".place", detail).textContent = place < 0 ? "" : `${place + 1} of ${among.length}`;
  for (const button of all("[data-go]", detail)) button.disabled = among.length < 2;
  one("h2", detail).textContent = `No. ${cell.i + 1}`;
  one("[data-keep]", detail).dataset.keep = cell.i;
  fill(one(".settings", detail), data.axes.map((axis) => [axis.key, axis.texts[axis.places[cell.i]]]));
  fill(one(".facts", detail), facts(cell));
  const reason = one(".reason", detail);
  reason.textContent = cell.reason;
  reason.hidden = !cell.reason;
  showFiles(cell);
  showPicture(cell);
  offerOthers(cell);
  showFavourites();
  stopFilm();
  if (!detail.open) {
    detail.showModal();
    detail.scrollTop = 0;
  }
}

function fill(list, pairs) {
  list.replaceChildren(...pairs.map(([name, value]) => make("div", "", make("dt", "", name), make("dd", "", value))));
}

function facts(cell) {
  const known = data.measures.filter((measure) => measure.texts[cell.i]).map((measure) => [measure.name, measure.texts[cell.i]]);
  return cell.state === "finished" ? known : [["state", cell.state], ...known];
}

function showFiles(cell) {
  one(".again", detail).hidden = !cell.picture;
  one(".again code", detail).textContent = `artgen replay ${decodeURI(cell.film || cell.picture)}`;
  for (const kind of ["picture", "film", "recipe"]) {
    const link = one(`.${kind}`, detail);
    link.hidden = !cell[kind];
    if (cell[kind]) link.href = cell[kind];
  }
}

function showPicture(cell) {
  const thumbnail = one("img", cell.tile);
  const [whole, film, blank] = [one(".whole", mat), one("video", mat), one(".blank", mat)];
  one(".frame", mat).hidden = !thumbnail;
  blank.hidden = Boolean(thumbnail);
  blank.textContent = cell.state;
  film.pause();
  film.hidden = !cell.film;
  film.controls = Boolean(cell.film);
  film.removeAttribute("src");
  if (!thumbnail) return;
  mat.style.setProperty("--own", thumbnail.width / thumbnail.height);
  whole.classList.toggle("blocks", thumbnail.classList.contains("blocks"));
  whole.alt = cell.settings.join(", ");
  // The small one is there at once, and stays where the whole one is gone.
  whole.src = thumbnail.src;
  const loaded = new Image();
  loaded.onload = () => current === cell && (whole.src = loaded.src);
  loaded.src = cell.picture;
  if (cell.film) {
    film.poster = cell.picture;
    film.src = cell.film;
    film.setAttribute("aria-label", `Film: ${cell.settings.join(", ")}`);
    if (!still.matches) film.play().catch(() => {});
  }
}

function offerOthers(cell) {
  const others = cells.filter((other) => other !== cell && other.picture && one("img", other.tile));
  one(".compare", detail).hidden = !others.length || !one("img", cell.tile) || Boolean(cell.film);
  if (compared === cell || !others.includes(compared)) compared = null;
  offer(one("#_compare"), [[-1, "nothing"], ...others.map((other) => [other.i, `${other.i + 1}: ${difference(cell, other)}`])], compared?.i ?? -1);
  showCompared();
}

/** The settings of another picture that are not those of this one. */
function difference(cell, other) {
  return other.settings.filter((_, axis) => other.places[axis] !== cell.places[axis]).join(", ") || "the same settings";
}

function showCompared() {
  const other = one(".other", mat);
  other.hidden = one(".cut", mat).hidden = !compared;
  mat.classList.toggle("is-compared", Boolean(compared));
  if (!compared) return;
  other.src = compared.picture;
  other.alt = compared.settings.join(", ");
  other.classList.toggle("blocks", one("img", compared.tile).classList.contains("blocks"));
  one(".left", mat).textContent = current.i + 1;
  one(".right", mat).textContent = compared.i + 1;
  cut(one(".cut input", mat).value);
}

function cut(share) {
  one(".cut input", mat).value = share;
  mat.style.setProperty("--cut", `${share}%`);
}

function go(way) {
  const among = inOrder();
  if (among.length < 2) return;
  visit(among[(among.indexOf(current) + way + among.length) % among.length]);
}

function visit(cell) {
  const address = `#${cell.i + 1}`;
  // Going from picture to picture leaves one entry in the history, so that Back leaves the pictures.
  if (location.hash !== address) history[detail.open ? "replaceState" : "pushState"](null, "", address);
  open(cell);
}

function follow() {
  const cell = cells[Number(location.hash.slice(1)) - 1];
  if (cell) open(cell);
  else if (detail.open) detail.close();
}

detail.addEventListener("close", () => {
  one("video", mat).pause();
  if (/^#\d+$/.test(location.hash)) history.replaceState(null, "", location.pathname + location.search);
  if (current && shown.includes(current)) focusOn(current);
});
// Beside the picture, as at the wall behind it.
mat.addEventListener("click", (event) => event.target === mat && !compared && detail.close());
mat.addEventListener("pointermove", (event) => {
  if (!compared || event.target.closest(".cut") || (event.pointerType !== "mouse" && !event.buttons)) return;
  const box = one(".frame", mat).getBoundingClientRect();
  cut(Math.round(Math.min(100, Math.max(0, ((event.clientX - box.left) / box.width) * 100))));
});
one(".cut input", mat).addEventListener("input", (event) => cut(event.target.value));
one("#_compare").addEventListener("change", (event) => {
  compared = cells[Number(event.target.value)] ?? null;
  showCompared();
});
one("[data-copy]", detail).addEventListener("click", async (event) => {
  const code = one(".again pre", detail);
  say(event.target, (await copyText(code.textContent, code)) ? "Copied" : "Press Ctrl+C");
});
one("[data-keep]", detail).addEventListener("click", () => toggleFavourite(current));
one("[data-close]", detail).addEventListener("click", () => detail.close());
for (const button of all("[data-go]", detail)) button.addEventListener("click", () => go(Number(button.dataset.go)));
addEventListener("popstate", follow);
