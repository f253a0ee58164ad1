// Numbers over the run, as presets write them: {0: 0.05, 75%: 0.005, curve: cosine}.

/** The value of a schedule at `step` of `steps`, along straight lines; null where it is of another kind. */
export function valueAt(schedule, step, steps) {
  if (typeof schedule === "number") return schedule;
  if (!schedule || typeof schedule !== "object") return null;
  const points = Array.isArray(schedule) ? schedule.flatMap((point) => Object.entries(point)) : Object.entries(schedule);
  const placed = points.map(([place, value]) => [placeOf(place, steps), value]).filter(([place, value]) => place !== null && typeof value === "number");
  if (!placed.length) return null;
  placed.sort(([a], [b]) => a - b);
  const next = placed.findIndex(([place]) => place > step);
  if (next === 0) return placed[0][1];
  if (next === -1) return placed.at(-1)[1];
  const [[from, before], [to, after]] = [placed[next - 1], placed[next]];
  if (schedule.curve === "step") return before;
  const share = (step - from) / (to - from);
  return before + (after - before) * (schedule.curve === "cosine" ? (1 - Math.cos(Math.PI * share)) / 2 : share);
}

function placeOf(place, steps) {
  const found = /^(\d+(?:\.\d+)?)([%i]?)$/.exec(place);
  if (!found) return null;
  return found[2] === "%" ? (Number(found[1]) / 100) * (steps - 1) : Number(found[1]);
}
