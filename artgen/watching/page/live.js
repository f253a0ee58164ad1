// What is in the folder, and what has changed since

const entries = new Map();
const OFTEN = 1000;
const SELDOM = 5000;
let version = "";
let isLooking = true;
let clock = null;

function linked(state, words) {
  const link = one("#_link");
  if (link.dataset.state === state) return;
  link.dataset.state = state;
  write(one("#_link_words"), words);
  if (state !== "live" && state !== "asking") say(words);
}

/** For those who hear the page. */
function say(text) {
  one("#_said").textContent = text;
}

async function ask(address) {
  const answer = await fetch(address, { signal: AbortSignal.timeout(15000), cache: "no-store" });
  if (answer.status === 204) return null;
  if (!answer.ok) throw Object.assign(new Error(address), { status: answer.status });
  return answer.json();
}

async function update() {
  clearTimeout(clock);
  let rest = document.hidden ? SELDOM : OFTEN;
  try {
    const news = await ask(`entries?since=${encodeURIComponent(version)}`);
    linked("live", "Live");
    if (news) {
      version = news.version;
      isLooking = news.looking;
      if (isLooking) rest = 200;
      take(news);
    }
  } catch (error) {
    rest = 2000;
    if (error.status === 403) linked("refused", "Needs its address with the token again");
    else linked("lost", "Connection lost, trying again");
  }
  clock = setTimeout(update, rest);
}

function take(news) {
  const known = new Map(entries);
  if (news.whole) entries.clear();
  for (const id of news.gone) entries.delete(id);
  for (const entry of news.entries) {
    const before = known.get(entry.id);
    entries.set(entry.id, entry);
    entry.words = plain(`${entry.title} ${entry.name} ${entry.generator} ${entry.kind}`);
    if (before && before.state !== entry.state && !WORKING.has(entry.state)) {
      say(`${titleOf(entry)}: ${STATES[entry.state]}`);
    }
  }
  show();
  if (opened && entries.has(opened.id) && entries.get(opened.id).version !== opened.version) refresh();
}

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) update();
});
addEventListener("online", update);
