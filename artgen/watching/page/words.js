// Numbers, times and states in words

const WORKING = new Set(["building", "running", "finishing"]);
const STATES = {
  building: "Getting ready",
  running: "Drawing",
  finishing: "Finishing",
  silent: "Silent",
  stopped: "Stopped",
  failed: "Failed",
  finished: "Finished",
  waiting: "Waiting",
};

function number(value) {
  const text = Math.abs(value) >= 1e5 ? value.toExponential(2) : String(Number(value.toPrecision(4)));
  return text.replace("-", "−");
}

function duration(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min`;
  if (whole < 86400) return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
  return `${Math.floor(whole / 86400)} d`;
}

/** How long a moment is past, by the clock of this machine. */
function ago(moment) {
  const seconds = Date.now() / 1000 - moment;
  return seconds < 10 ? "just now" : `${duration(seconds)} ago`;
}

function many(count, one, more) {
  return `${count} ${count === 1 ? one : more}`;
}

function titleOf(entry) {
  return entry.title || entry.name;
}

/** Between 0 and 1, or null where that is not known. */
function shareOf(entry) {
  if (entry.cells) return entry.cells.count ? entry.cells.done / entry.cells.count : null;
  if (entry.frames) return Math.min(1, (entry.frame + (entry.steps ? (entry.step % entry.steps) / entry.steps : 0)) / entry.frames);
  return entry.steps ? Math.min(1, entry.step / entry.steps) : null;
}

function doneOf(entry) {
  if (entry.cells) return `${entry.cells.done} of ${many(entry.cells.count, "cell", "cells")}`;
  if (entry.kind === "film" && entry.frames) return `${entry.frame} of ${entry.frames} frames`;
  if (entry.kind === "film" && entry.frame) return many(entry.frame, "frame", "frames");
  return entry.steps ? `${entry.step} of ${many(entry.steps, "step", "steps")}` : "";
}

function stateOf(entry) {
  if (entry.state === "silent") return `Silent for ${duration(Date.now() / 1000 - entry.written)}`;
  return entry.state === "finishing" && entry.stage ? `Finishing: ${entry.stage}` : STATES[entry.state];
}

/** What stands below a picture. */
function lineOf(entry) {
  if (entry.kind === "dev") return `Drawn ${ago(entry.written)}`;
  const done = entry.state === "finishing" || (entry.state === "finished" && !entry.cells) ? "" : doneOf(entry);
  // What is being drawn stands below a heading that says so.
  const parts = [entry.state === "running" && done ? "" : stateOf(entry), done];
  if (entry.left != null && entry.state === "running") parts.push(`${duration(entry.left)} left`);
  if (entry.state === "finished") parts.push(ago(entry.written));
  if (entry.cells?.failed) parts.push(`${entry.cells.failed} failed`);
  return parts.filter(Boolean).join(" · ");
}

/** A new element; its children are elements, or texts, which are never markup. */
function made(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value != null && value !== false) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child != null && child !== ""));
  return element;
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function thumbnail(id, version, side, file = "") {
  const wanted = Math.ceil(side * Math.min(devicePixelRatio || 1, 2));
  return `thumbnails/${id}${file ? `/${file}` : ""}?v=${version}&side=${wanted}`;
}

/** Show another picture only when it is there, so that nothing flickers. */
async function swap(image, address) {
  if (image.dataset.wanted === address) return;
  image.dataset.wanted = address;
  const next = new Image();
  next.src = address;
  try {
    await next.decode();
  } catch {
    if (image.dataset.wanted === address && image.complete && !image.naturalWidth) image.classList.add("broken");
    return; // It may have been replaced meanwhile; the next one is on its way.
  }
  if (image.dataset.wanted !== address) return;
  image.classList.remove("broken");
  image.src = address;
}
