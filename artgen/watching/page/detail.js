// One of them in full

const dialog = one("#_detail");
const mat = one("#_mat");
let opened = null; // What is shown, as the server has told it in full.
let sweep = null; // The sweep from which a cell was opened.
let wanted = ""; // What is to be shown; answers may come late.
let shape = ""; // What the mat shows, so that a film goes on playing when something else has changed.
let whole = false;
let clockOfCell = null;
let refreshing = false;

const cellsOf = (entry) => entry.sheet.blocks.flatMap((block) => block.cells.map((i) => entry.sheet.cells[i].id));

/** The ids among which one goes on: the cells of the sweep, or what the grid shows. */
function among() {
  if (sweep) return cellsOf(sweep);
  const { now, then } = ordered();
  return [...now, ...then].map((entry) => entry.id);
}

async function openEntry(id) {
  wanted = id;
  let entry;
  try {
    entry = await ask(`entries/${encodeURIComponent(id)}`);
  } catch (error) {
    if (wanted === id && error.status === 404) closeDetail();
    return;
  }
  if (wanted !== id) return;
  const isNew = opened?.id !== id;
  if (isNew && sweep && !cellsOf(sweep).includes(id)) sweep = null;
  opened = entry;
  if (entry.sheet) sweep = null;
  if (!dialog.open) dialog.showModal();
  if (isNew) {
    shape = "";
    mat.replaceChildren();
    dialog.scrollTop = 0;
  }
  render(entry, isNew);
  clearTimeout(clockOfCell);
  // The cells of a sweep are not among those that the page is told of.
  if (!entries.has(id)) clockOfCell = setTimeout(refresh, WORKING.has(entry.state) || entry.state === "waiting" ? 2000 : 15000);
}

async function refresh() {
  if (!opened || refreshing) return;
  refreshing = true;
  await openEntry(opened.id);
  refreshing = false;
}

function closeDetail() {
  wanted = "";
  dialog.close();
}

function render(entry, isNew) {
  dialog.classList.toggle("wide", Boolean(entry.sheet));
  const ids = among();
  const at = ids.indexOf(entry.id);
  write(one("#_place"), at < 0 ? "" : `${at + 1} of ${ids.length}`);
  for (const button of all("[data-go]", dialog)) button.disabled = ids.length < 2;
  one("#_back").hidden = !sweep;
  const state = one("#_state");
  state.dataset.state = entry.state;
  state.replaceChildren(made("span", { class: "dot", "aria-hidden": "true" }), entry.kind === "dev" ? `Drawn ${ago(entry.written)}` : [stateOf(entry), entry.state === "silent" ? `since ${new Date(entry.written * 1000).toLocaleString()}` : entry.state === "finished" ? ago(entry.written) : ""].filter(Boolean).join(", "));
  write(one("#_title"), titleOf(entry));
  write(one("#_name"), entry.name);
  showMat(entry, isNew);
  const scrolled = new Map(all("pre", one("#_parts")).map((box) => [box.dataset.part, box.scrollTop]));
  one("#_parts").replaceChildren(...partsOf(entry).filter(Boolean));
  for (const part of all("pre", one("#_parts"))) part.scrollTop = scrolled.get(part.dataset.part) ?? 0;
  if (entry.facts && !whole) shortPreset(entry);
}

function showMat(entry) {
  const film = entry.films?.find((name) => name.startsWith("film."));
  const kind = entry.sheet ? "sheet" : film && entry.state === "finished" ? `film ${film}` : entry.kind === "film" && entry.drawn ? `frames ${entry.drawn}` : "picture";
  if (kind === "picture") return showPicture(entry);
  if (kind !== "sheet" && shape === kind) return;
  shape = kind;
  if (entry.size) mat.style.setProperty("--ratio", entry.size[0] / entry.size[1]);
  if (kind === "sheet") mat.replaceChildren();
  else if (kind.startsWith("frames")) mat.replaceChildren(framesOf(entry, one(".reel", mat)?.state));
  else mat.replaceChildren(reel(entry, film));
}

function showPicture(entry) {
  if (!entry.picture) {
    shape = "none";
    mat.replaceChildren(made("p", { class: "muted" }, WORKING.has(entry.state) ? "There is no picture yet." : "There is no picture."));
    return;
  }
  const address = `files/${entry.id}${entry.file ? `/${entry.file}` : ""}?v=${entry.picture}`;
  let image = shape === "picture" ? one("img", mat) : null;
  if (image) swap(image, address);
  else {
    image = made("img", { src: address, alt: titleOf(entry) });
    image.dataset.wanted = address;
    mat.replaceChildren(image);
    shape = "picture";
  }
  // A small picture is shown large, with hard edges.
  const sharpen = () => image.classList.toggle("blocks", Math.max(image.naturalWidth, image.naturalHeight) <= 256);
  image.addEventListener("load", sharpen);
  if (entry.size) {
    mat.style.setProperty("--ratio", entry.size[0] / entry.size[1]);
    image.classList.toggle("blocks", Math.max(...entry.size) <= 256);
  }
}

function section(heading, ...children) {
  return made("section", {}, made("div", { class: "head" }, made("h3", {}, heading)), ...children);
}

/** A section with a text that can be copied; `tools` stand beside its heading. */
function copied(heading, part, content, ...tools) {
  const button = made("button", { class: "quiet copy", type: "button", "aria-label": `Copy the ${part}` }, "Copy");
  button.dataset.copy = part;
  const box = section(heading, text(part, content));
  one(".head", box).append(made("div", { class: "head-tools" }, ...tools, button));
  return box;
}

function partsOf(entry) {
  if (entry.sheet) return [progressOf(entry), sheetOf(entry)];
  if (!entry.facts) return [section("Seen here", made("p", { class: "muted" }, "artgen dev draws it again whenever its preset or its plugin is saved."))];
  return [
    progressOf(entry),
    entry.state === "failed" && entry.reason ? made("p", { class: "reason" }, entry.reason) : null,
    promptsOf(entry),
    entry.curves.length ? section("Losses", ...entry.curves.map(curve)) : null,
    entry.strip ? section("How it grew", wide(entry, entry.strip, "The picture at even moments, from the first step to the last")) : null,
    entry.views ? section("What the perceptors see", wide(entry, entry.views, "The picture, and the views of it that the perceptors are shown")) : null,
    entry.films.some((name) => name.startsWith("timelapse")) ? section("Timelapse", reel(entry, entry.films.find((name) => name.startsWith("timelapse")))) : null,
    entry.batch ? section("All of the batch", wide(entry, entry.batch, "The pictures of the batch with their seeds")) : null,
    made("dl", { class: "facts" }, ...entry.facts.map(([name, value]) => made("div", {}, made("dt", {}, name), made("dd", {}, value)))),
    entry.notes.length ? section("Notes", made("ul", { class: "notes" }, ...entry.notes.map((line) => made("li", { dir: "auto" }, line)))) : null,
    entry.traceback ? section("Traceback", text("traceback", entry.traceback)) : null,
    settingsOf(entry),
    entry.command ? copied(entry.state === "finished" ? "Make it again" : "Go on with it", "command", entry.command) : null,
    entry.files.length ? section("Files", made("ul", { class: "files" }, ...entry.files.map((name) => made("li", {}, made("a", { href: `files/${entry.id}/${name}`, download: "" }, name))))) : null,
  ];
}

function progressOf(entry) {
  const share = shareOf(entry);
  if (entry.kind === "dev") return null;
  if (share === null || (entry.state === "finished" && !entry.cells)) return null;
  const bar = made("span", { class: "bar-line" });
  bar.style.setProperty("--share", share);
  const said = [doneOf(entry), entry.left != null && entry.state === "running" ? `${duration(entry.left)} left` : "", entry.cells?.failed ? `${entry.cells.failed} failed` : "", entry.loss != null ? `loss ${number(entry.loss)}` : ""];
  const box = made("div", { class: "progress", role: "progressbar", "aria-label": "Progress", "aria-valuemin": "0", "aria-valuemax": "100", "aria-valuenow": String(Math.round(share * 100)) }, bar);
  box.dataset.state = entry.state;
  return made("div", {}, box, made("p", { class: "muted numbers" }, said.filter(Boolean).join(" · ")));
}

function promptsOf(entry) {
  if (entry.prompts.length < 2 && !entry.prompts.some(([, weight]) => weight)) return null;
  return made("ul", { class: "prompts" }, ...entry.prompts.map(([title, weight]) => made("li", {}, made("q", { dir: "auto" }, title), weight ? made("span", { class: "muted" }, ` ${weight}`) : "")));
}

function wide(entry, name, alt) {
  const address = `files/${entry.id}/${name}?at=${entry.version}`;
  return made("a", { href: address, target: "_blank", rel: "noopener" }, made("img", { class: "wide-picture", src: address, alt, loading: "lazy" }));
}

function text(part, content) {
  const box = made("pre", { tabindex: "0", role: "region", "aria-label": part }, made("code", {}, content));
  box.dataset.part = part;
  return box;
}

// Settings: what is not as it is by default, or all

function settingsOf(entry) {
  if (!entry.preset) return null;
  const choice = made("div", { class: "choice", role: "group", "aria-label": "Which settings" });
  for (const [value, label] of [[false, "What differs"], [true, "All"]]) {
    const button = made("button", { type: "button", "aria-pressed": String(whole === value) }, label);
    button.addEventListener("click", () => {
      whole = value;
      for (const other of choice.children) other.setAttribute("aria-pressed", String(other === button));
      write(one("#_preset code"), whole ? entry.preset : "…");
      if (!whole) shortPreset(entry);
    });
    choice.append(button);
  }
  const box = copied("Settings", "preset", whole ? entry.preset : (shorts.get(entry.id) ?? "…"), choice);
  one("pre", box).id = "_preset";
  return box;
}

const shorts = new Map();

async function shortPreset(entry) {
  const known = shorts.get(entry.id);
  if (known === undefined) {
    try {
      const told = await ask(`entries/${entry.id}/preset`);
      shorts.set(entry.id, told.text ?? `# What differs cannot be told here; these are all settings.\n${entry.preset}`);
      if (shorts.size > 200) shorts.delete(shorts.keys().next().value);
    } catch {
      return;
    }
  }
  const box = one("#_preset code");
  if (box && opened?.id === entry.id && !whole) write(box, shorts.get(entry.id));
}

async function copy(button) {
  const box = one("pre", button.closest("section"));
  let done = true;
  try {
    await navigator.clipboard.writeText(box.textContent);
  } catch {
    getSelection().selectAllChildren(box);
    done = document.execCommand("copy");
  }
  button.textContent = done ? "Copied" : "Press Ctrl+C";
  say(button.textContent);
  setTimeout(() => (button.textContent = "Copy"), 2000);
}

// Where one is, in the address

function visit(id) {
  if (location.hash.slice(1) === id) openEntry(id);
  else {
    history[opened ? "replaceState" : "pushState"](null, "", `#${id}`);
    openEntry(id);
  }
}

function go(way) {
  const ids = among();
  if (!opened || ids.length < 2) return;
  visit(ids[(ids.indexOf(opened.id) + way + ids.length) % ids.length]);
}

function follow() {
  const id = location.hash.slice(1);
  if (/^[0-9a-f]{20}$/.test(id)) openEntry(id);
  else if (dialog.open) closeDetail();
}

dialog.addEventListener("close", () => {
  const id = opened?.id;
  clearTimeout(clockOfCell);
  wanted = "";
  opened = null;
  sweep = null;
  shape = "";
  mat.replaceChildren();
  if (location.hash.slice(1) === id) history.replaceState(null, "", location.pathname);
  const card = cards.get(id);
  if (card?.node.isConnected) one("a", card.node).focus({ preventScroll: false });
});
dialog.addEventListener("click", (event) => event.target === mat && !opened?.sheet && closeDetail());
dialog.addEventListener("cancel", (event) => {
  if (!sweep) return;
  event.preventDefault(); // From a cell one goes back to its sweep.
  back();
});

function back() {
  if (sweep) visit(sweep.id);
}
