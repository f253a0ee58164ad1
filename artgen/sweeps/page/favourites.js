// Favourites: kept by the browser, and copied or saved as what `artgen pick` takes.

const favourites = new Set();
const drawer = `artgen-sweep ${location.pathname}`;

function remember() {
  try {
    localStorage.setItem(drawer, JSON.stringify([...favourites].map((i) => cells[i].name)));
  } catch {
    // They last as long as the page, then.
  }
}

function recall() {
  try {
    const names = new Set(JSON.parse(localStorage.getItem(drawer) ?? "[]"));
    for (const cell of cells) if (names.has(cell.name)) favourites.add(cell.i);
  } catch {
    // Storage may be forbidden, or hold something else.
  }
}

function toggleFavourite(cell) {
  favourites[favourites.has(cell.i) ? "delete" : "add"](cell.i);
  remember();
  showFavourites();
  one("#_status").textContent = `${cell.i + 1} is ${favourites.has(cell.i) ? "a favourite" : "no favourite any more"}`;
  if (filters.kept) filter();
}

function showFavourites() {
  for (const cell of cells) {
    const star = one(".star", cell.tile);
    const isKept = favourites.has(cell.i);
    star.textContent = isKept ? "★" : "☆";
    star.setAttribute("aria-pressed", String(isKept));
    cell.tile.classList.toggle("is-kept", isKept);
  }
  one("#_favourites").hidden = !favourites.size;
  one("#_kept").textContent = `★ ${favourites.size}`;
  const keep = one("[data-keep]");
  const isKept = favourites.has(Number(keep.dataset.keep || -1));
  keep.textContent = isKept ? "★ Favourite" : "☆ Favourite";
  keep.setAttribute("aria-pressed", String(isKept));
}

function kept() {
  return [...favourites].sort((a, b) => a - b);
}

/** A word as a shell reads it. */
function quoted(word) {
  return /^[\w@%+=:,./-]+$/.test(word) && !word.startsWith("-") ? word : `'${word.replaceAll("'", `'"'"'`)}'`;
}

function pickCommand() {
  return `artgen pick ${quoted(data.folder)} --keep ${kept().map((i) => i + 1).join(",")}`;
}

function savedList() {
  const lines = kept().map((i) => `# ${i + 1}: ${cells[i].settings.join(", ")}`);
  return `${pickCommand()}\n${lines.join("\n")}\n`;
}

for (const cell of cells) {
  const star = make("button", "star", "☆");
  star.type = "button";
  star.tabIndex = -1;
  star.setAttribute("aria-label", `Favourite ${cell.i + 1}`);
  star.addEventListener("click", () => toggleFavourite(cell));
  one(".foot", cell.tile).append(star);
}
one("#_copy-kept").addEventListener("click", async (event) => {
  const text = make("span", "said", pickCommand());
  document.body.append(text);
  say(event.target, (await copyText(text.textContent, text)) ? "Copied" : "Press Ctrl+C");
  text.remove();
});
one("#_save-kept").addEventListener("click", () => {
  const link = make("a");
  link.href = URL.createObjectURL(new Blob([savedList()], { type: "text/plain" }));
  link.download = "favourites.txt";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
});
