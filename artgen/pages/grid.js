// A grid of cards that can be searched and walked through

/** Lower case without accents, so that what is typed need have none. */
function plain(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

function middle(card) {
  const box = card.getBoundingClientRect();
  return { x: box.x + box.width / 2, top: Math.round(box.top) };
}

/** The card of the next row, down or up, that is nearest to being straight below or above. */
function beyond(card, way, among) {
  const here = middle(card);
  const others = among.filter((other) => (middle(other).top - here.top) * way > 4);
  const row = Math.min(...others.map((other) => Math.abs(middle(other).top - here.top)));
  const near = others.filter((other) => Math.abs(Math.abs(middle(other).top - here.top) - row) < 4);
  near.sort((a, b) => Math.abs(middle(a).x - here.x) - Math.abs(middle(b).x - here.x));
  return near[0];
}

/** Move the focus from a card to the one that an arrow, Home or End leads to. */
function walk(event, card, among) {
  const place = among.indexOf(card);
  const target = {
    ArrowRight: () => among[place + 1],
    ArrowLeft: () => among[place - 1],
    ArrowDown: () => beyond(card, 1, among),
    ArrowUp: () => beyond(card, -1, among),
    Home: () => among[0],
    End: () => among[among.length - 1],
  }[event.key]?.();
  if (!target) return;
  event.preventDefault();
  one("a", target).focus();
}
