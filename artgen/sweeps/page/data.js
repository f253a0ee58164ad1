// What the page knows of the cells; every text in it is shown as text, never as HTML.

const data = JSON.parse(one("#_data").textContent);
const tiles = all(".tile");

/** A cell: its number counts from 0 here, from 1 on the page. */
const cells = data.cells.map((cell, i) => ({
  ...cell,
  i,
  tile: tiles[i],
  link: one(".open", tiles[i]),
  places: data.axes.map((axis) => axis.places[i]),
  settings: data.axes.map((axis) => `${axis.name} ${axis.texts[axis.places[i]]}`),
}));
const varying = data.axes.map((_, a) => a).filter((a) => data.axes[a].texts.length > 1);

/** An element with a class and a text or children. */
function make(name, className = "", ...inside) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...inside);
  return made;
}

/** Choices of a select as [value, text]. */
function offer(select, choices, chosen) {
  select.replaceChildren(...choices.map(([value, text]) => new Option(shorten(text, 60), value, false, String(value) === String(chosen))));
}

function shorten(text, most) {
  const letters = [...text];
  return letters.length <= most ? text : `${letters.slice(0, most - 1).join("")}…`;
}

function count(n) {
  return `${n} picture${n === 1 ? "" : "s"}`;
}

/** Copies a text; whether it could be. */
async function copyText(text, fallback) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Where a page from a file may not use the clipboard, what is selected can still be copied.
    getSelection().selectAllChildren(fallback);
    return document.execCommand("copy");
  }
}

function say(button, text) {
  const before = button.dataset.before ?? button.textContent;
  button.dataset.before = before;
  button.textContent = text;
  one("#_status").textContent = text;
  setTimeout(() => (button.textContent = before), 2000);
}
