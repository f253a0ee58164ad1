// Films, and the frames that there are of one that is not finished

const still = matchMedia("(prefers-reduced-motion: reduce)");

function frameFile(i) {
  return `frames/${String(i).padStart(6, "0")}.png`;
}

/** A film that is finished. */
function reel(entry, name) {
  const address = `files/${entry.id}/${name}?v=${entry.version}`;
  if (!/\.(mp4|webm)$/.test(name)) return made("img", { src: address, alt: titleOf(entry) });
  const film = made("video", { controls: true, loop: true, playsinline: true, preload: "metadata", "aria-label": `Film: ${titleOf(entry)}`, src: address });
  film.muted = true;
  if (entry.picture && !entry.grew) film.poster = `files/${entry.id}/${entry.file}?v=${entry.picture}`;
  if (!still.matches) film.play().catch(() => {});
  return film;
}

/** The frames so far, with a slider; it stays at the newest unless somebody moves it. */
function framesOf(entry, before) {
  const last = entry.drawn - 1;
  const at = before && !before.follows ? Math.min(before.at, last) : last;
  const state = { at, follows: !before || before.follows };
  const image = made("img", { alt: `Frame ${at} of ${titleOf(entry)}`, src: `files/${entry.id}/${frameFile(at)}` });
  const slider = made("input", { type: "range", min: "0", max: String(last), step: "1", "aria-label": "Frame" });
  slider.value = String(at);
  const label = made("output", {}, `${at + 1} of ${entry.frames ?? last + 1}`);
  slider.addEventListener("input", () => {
    state.at = Number(slider.value);
    state.follows = state.at === last;
    write(label, `${state.at + 1} of ${entry.frames ?? last + 1}`);
    swap(image, `files/${entry.id}/${frameFile(state.at)}`);
  });
  const box = made("div", { class: "reel" }, image, made("div", { class: "slider" }, slider, label));
  box.state = state;
  return box;
}
