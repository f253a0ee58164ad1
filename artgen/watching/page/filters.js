// Search, and the states that are shown

const input = one("#_words");
const GROUPS = {
  all: ["All", () => true],
  now: ["Drawing", (entry) => WORKING.has(entry.state)],
  finished: ["Finished", (entry) => entry.state === "finished"],
  stopped: ["Stopped", (entry) => entry.state === "stopped" || entry.state === "silent"],
  failed: ["Failed", (entry) => entry.state === "failed" || Boolean(entry.cells?.failed)],
};
let group = "all";
let words = [];

for (const [name, [label]] of Object.entries(GROUPS)) {
  const chip = made("button", { type: "button", "aria-pressed": String(name === group) }, label, " ", made("span", { class: "count" }));
  chip.dataset.group = name;
  one(".chips").append(chip);
}

function fits(entry) {
  return GROUPS[group][1](entry) && words.every((word) => entry.words.includes(word));
}

function count() {
  const found = [...entries.values()];
  for (const chip of all(".chips button")) {
    const name = chip.dataset.group;
    const here = found.filter(GROUPS[name][1]).length;
    write(one(".count", chip), here ? String(here) : "");
    chip.hidden = !here && name !== group && name !== "all";
  }
  const drawing = found.filter(GROUPS.now[1]).length;
  const kinds = [
    [found.filter((entry) => entry.kind === "run").length, "run", "runs"],
    [found.filter((entry) => entry.kind === "film").length, "film", "films"],
    [found.filter((entry) => entry.kind === "sweep").length, "sweep", "sweeps"],
  ].filter(([here]) => here);
  const said = kinds.map(([here, singular, plural]) => many(here, singular, plural)).join(", ");
  write(one("#_counts"), said ? `${said}${drawing ? `; ${drawing} drawing now` : ""}` : "\u00a0");
  const name = one("h1").textContent;
  document.title = drawing ? `(${drawing}) ${name}` : name;
}

function choose(name) {
  group = name;
  room = PAGE;
  for (const chip of all(".chips button")) chip.setAttribute("aria-pressed", String(chip.dataset.group === name));
  show();
}

function search() {
  words = plain(input.value).split(/\s+/).filter(Boolean);
  room = PAGE;
  show();
}

one(".chips").addEventListener("click", (event) => {
  const chip = event.target.closest("button");
  if (chip) choose(chip.dataset.group);
});
input.addEventListener("input", search);
input.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  input.value = "";
  search();
});
one("#_search").addEventListener("submit", (event) => {
  event.preventDefault();
  one(".card a")?.focus();
});
one("#_search").hidden = false;
