// The cards of the grid

const cards = new Map();
const PAGE = 60;
let room = PAGE;

function cardOf(entry) {
  const known = cards.get(entry.id);
  if (known) return known;
  const card = {
    link: made("a", { href: `#${entry.id}` }),
    frame: made("span", { class: "frame" }),
    image: null,
    bar: made("span", { class: "bar-line", "aria-hidden": "true" }),
    badge: made("span", { class: "badge", hidden: true }),
    title: made("span", { class: "title", dir: "auto" }),
    line: made("span", { class: "line" }),
    name: made("span", { class: "name" }),
    cells: "",
  };
  card.frame.append(card.bar, card.badge);
  card.link.append(card.frame, card.title, made("span", { class: "state" }, made("span", { class: "dot", "aria-hidden": "true" }), card.line), card.name);
  card.node = made("li", { class: "card" }, card.link);
  card.node.dataset.id = entry.id;
  cards.set(entry.id, card);
  return card;
}

function fill(card, entry) {
  card.link.dataset.state = entry.state;
  card.node.dataset.kind = entry.kind;
  write(card.title, titleOf(entry));
  write(card.line, lineOf(entry));
  write(card.name, entry.title ? entry.name : "");
  const badge = { film: "Film", sweep: "Sweep", dev: "Dev" }[entry.kind] ?? "";
  card.badge.hidden = !badge;
  write(card.badge, badge);
  const share = shareOf(entry);
  card.bar.hidden = share === null || entry.state === "finished" || entry.kind === "dev";
  card.bar.style.setProperty("--share", share ?? 0);
  if (entry.cells) mosaic(card, entry);
  else picture(card, entry);
}

function picture(card, entry) {
  if (!entry.picture) {
    card.frame.classList.add("empty");
    return;
  }
  card.frame.classList.remove("empty");
  const address = thumbnail(entry.id, entry.picture, 320);
  if (!card.image) {
    card.image = made("img", { alt: "", loading: "lazy", decoding: "async", src: address, draggable: "false" });
    card.image.dataset.wanted = address;
    card.frame.prepend(card.image);
  } else if (card.node.isConnected) swap(card.image, address);
  card.image.classList.toggle("blocks", Boolean(entry.size) && Math.max(...entry.size) <= 160);
}

/** The last cells of a sweep, in a square. */
function mosaic(card, entry) {
  const said = JSON.stringify(entry.cells.shown);
  if (said === card.cells) return;
  card.cells = said;
  const tiles = entry.cells.shown.map(([id, shown]) =>
    made("img", { alt: "", loading: "lazy", decoding: "async", src: thumbnail(id, shown, 160), draggable: "false" }),
  );
  const side = Math.ceil(Math.sqrt(Math.max(1, tiles.length)));
  const box = made("span", { class: `mosaic side-${side}` }, ...tiles);
  one(".mosaic", card.frame)?.remove();
  card.frame.prepend(box);
  card.frame.classList.toggle("empty", !tiles.length);
}

/** Those that fit the search, in the order in which they are shown: what draws by its beginning, the rest by its end. */
function ordered() {
  const fitting = [...entries.values()].filter(fits);
  const now = fitting.filter((entry) => WORKING.has(entry.state));
  const then = fitting.filter((entry) => !WORKING.has(entry.state));
  now.sort((a, b) => b.begun - a.begun || (a.name < b.name ? -1 : 1));
  then.sort((a, b) => b.written - a.written || (a.name < b.name ? -1 : 1));
  return { now, then };
}

function lay(list, shown) {
  const focused = document.activeElement?.closest?.(".card");
  let at = list.firstElementChild;
  for (const entry of shown) {
    const card = cardOf(entry);
    fill(card, entry);
    if (card.node === at) at = at.nextElementSibling;
    else list.insertBefore(card.node, at);
  }
  while (at) {
    const next = at.nextElementSibling;
    at.remove();
    at = next;
  }
  // What is moved loses the focus.
  if (focused?.isConnected && document.activeElement === document.body && !opened) one("a", focused).focus({ preventScroll: true });
}

function show() {
  const { now, then } = ordered();
  one("#_now").hidden = !now.length;
  one("#_then").hidden = !then.length;
  write(one("#_then_head"), now.length ? "Earlier" : "Drawn");
  lay(one("#_now .grid"), now.slice(0, room));
  lay(one("#_then .grid"), then.slice(0, Math.max(0, room - now.length)));
  for (const [id, card] of cards) {
    if (!entries.has(id)) {
      card.node.remove();
      cards.delete(id);
    }
  }
  count();
  const none = one("#_none");
  none.hidden = now.length + then.length > 0;
  write(none, entries.size ? "Nothing fits." : isLooking ? "Looking through the folder." : "Nothing is drawn here yet. A run that begins in this folder appears by itself.");
}

// Further cards are made when one comes near the end of those that there are.
new IntersectionObserver(
  (changes) => {
    if (!changes.some((change) => change.isIntersecting) || room >= entries.size) return;
    room += PAGE;
    show();
  },
  { rootMargin: "1200px" },
).observe(one("#_more"));

// Times pass.
setInterval(() => {
  if (document.hidden) return;
  for (const [id, card] of cards) if (card.node.isConnected && entries.has(id)) write(card.line, lineOf(entries.get(id)));
}, 10000);
