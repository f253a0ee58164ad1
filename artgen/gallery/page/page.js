const cards = all(".card");
const link = (card) => one("a", card);
const nameOf = (card) => link(card).hash.slice(1);
const shown = () => cards.filter((card) => !card.hidden);
const cardOf = (name) => cards.find((card) => nameOf(card) === name);
const opened = () => one("dialog[open]");

// Search

const input = one("#_words");
let generator = "";

function filter() {
  const words = plain(input.value).split(/\s+/).filter(Boolean);
  for (const card of cards) {
    const fits = words.every((word) => card.dataset.words.includes(word));
    card.hidden = !fits || (generator !== "" && card.dataset.generator !== generator);
  }
  const count = shown().length;
  const total = `${cards.length} picture${cards.length === 1 ? "" : "s"}`;
  one("#_count").textContent = count === cards.length ? total : `${count} of ${total}`;
  one("#_none").hidden = count > 0 || cards.length === 0;
}

function choose(name) {
  generator = name;
  for (const button of all("[data-generator][aria-pressed]")) {
    button.setAttribute("aria-pressed", String(button.dataset.generator === name));
  }
  filter();
}

function search(text) {
  input.value = text;
  choose("");
}

// One picture in full

function show(name) {
  const dialog = document.getElementById(name);
  const card = cardOf(name);
  if (!dialog || !card || dialog.open) return;
  opened()?.close();
  const among = shown();
  const place = among.indexOf(card);
  one(".place", dialog).textContent = place < 0 ? "" : `${place + 1} of ${among.length}`;
  for (const button of all("[data-go]", dialog)) button.disabled = among.length < 2;
  addThumbnails(dialog);
  // The picture is in the page once; saving it is what the same address is for, too.
  one(".save", dialog).href = one(".mat img", dialog).src;
  addFilm(dialog, card);
  dialog.showModal();
  dialog.scrollTop = 0;
  playWhatIsSeen();
  all(".mat video", dialog).forEach(play);
}

function addThumbnails(dialog) {
  for (const other of all(".alike a", dialog)) {
    const card = cardOf(other.hash.slice(1));
    if (!card || one("img", other)) continue;
    const image = one("img", card).cloneNode();
    image.alt = "";
    other.prepend(image);
  }
}

function visit(name) {
  if (location.hash.slice(1) === name) show(name);
  else {
    const first = !opened();
    // Going from picture to picture leaves one entry in the history, so that Back leaves the pictures.
    history[first ? "pushState" : "replaceState"](null, "", `#${name}`);
    show(name);
  }
}

function go(way) {
  const among = shown();
  if (!opened() || among.length < 2) return;
  const place = among.findIndex((card) => nameOf(card) === opened().id);
  visit(nameOf(among[(place + way + among.length) % among.length]));
}

function follow() {
  const name = location.hash.slice(1);
  if (cardOf(name)) show(name);
  else opened()?.close();
}

function closed(dialog) {
  one("video", dialog)?.pause();
  if (opened()) return;
  playWhatIsSeen();
  if (location.hash.slice(1) === dialog.id) history.replaceState(null, "", location.pathname + location.search);
  const card = cardOf(dialog.id);
  if (card && !card.hidden) link(card).focus({ preventScroll: false });
}

for (const dialog of all("dialog")) {
  dialog.addEventListener("close", () => closed(dialog));
  // Beside the picture, as at the wall behind it.
  dialog.addEventListener("click", (event) => event.target.matches(".mat") && dialog.close());
}

// Films

const still = matchMedia("(prefers-reduced-motion: reduce)");
const inView = new Set();
const watch = new IntersectionObserver((changes) => {
  for (const { target, isIntersecting } of changes) inView[isIntersecting ? "add" : "delete"](target);
  playWhatIsSeen();
});

/** What plays by itself does so unless motion is not wanted; a browser may refuse, and what is under it is then seen. */
function play(film) {
  if (!still.matches) film.play().catch(() => {});
}

/** The films of the grid that can be seen play, the others wait. */
function playWhatIsSeen() {
  for (const film of all(".card video")) {
    if (inView.has(film) && !opened() && !still.matches) play(film);
    else film.pause();
  }
}

/** The film is in the page once, as the picture is. */
function addFilm(dialog, card) {
  const film = one(".mat video", dialog);
  if (!film || film.children.length) return;
  film.poster = one(".mat img", dialog).src;
  for (const source of all("video source", card)) {
    film.append(source.cloneNode());
    for (const save of all(".save[data-film]", dialog)) if (save.dataset.film === source.type) save.href = source.src;
  }
  film.load(); // Else the controls would show that they wait for ever.
}

for (const film of all(".card video")) {
  watch.observe(film);
  for (const name of ["playing", "pause"]) film.addEventListener(name, () => film.classList.toggle("playing", !film.paused));
}
still.addEventListener("change", () => {
  playWhatIsSeen();
  for (const film of all("dialog video")) film.pause();
});

// Copying

async function copy(button) {
  const text = one("pre", button.closest("section"));
  let done = true;
  try {
    await navigator.clipboard.writeText(text.textContent);
  } catch {
    // Where a page from a file may not use the clipboard, what is selected can still be copied.
    getSelection().selectAllChildren(text);
    done = document.execCommand("copy");
  }
  button.textContent = done ? "Copied" : "Press Ctrl+C";
  one(".said", button.closest("dialog")).textContent = button.textContent;
  setTimeout(() => (button.textContent = "Copy"), 2000);
}

// Keys

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input")) return;
  if (opened()) {
    const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    // In a text that can be scrolled the arrows scroll, in a film they wind.
    if (way && !event.target.matches("pre, video")) go(way);
  } else if (event.key === "/") {
    event.preventDefault();
    input.focus();
    input.select();
  } else if (event.target.closest?.(".card")) {
    walk(event, event.target.closest(".card"), shown());
  }
});

document.addEventListener("click", (event) => {
  const target = event.target.closest?.("a, button");
  if (!target || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (target.matches(".card a, .alike a")) {
    event.preventDefault();
    visit(target.hash.slice(1));
  } else if (target.matches("[data-copy]")) copy(target);
  else if (target.matches("[data-close]")) target.closest("dialog").close();
  else if (target.matches("[data-go]")) go(Number(target.dataset.go));
  else if (target.matches("[data-tag]")) {
    target.closest("dialog").close();
    search(target.dataset.tag);
    input.focus();
  } else if (target.matches("[data-generator]")) choose(target.dataset.generator);
});

one("#_search").addEventListener("submit", (event) => {
  event.preventDefault();
  const first = shown()[0];
  if (first) link(first).focus();
});
input.addEventListener("input", filter);
input.addEventListener("keydown", (event) => {
  if (event.key === "Escape") search("");
});
one("#_clear").addEventListener("click", () => {
  search("");
  input.focus();
});
addEventListener("popstate", follow);

one("#_search").hidden = false;
filter();
follow();
