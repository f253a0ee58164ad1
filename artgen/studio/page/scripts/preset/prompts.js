// What to draw, as lines that can be edited one by one, and back again.

const PARTS = /^(.*?)(?::([-+]?\d*\.?\d+(?:e[-+]?\d+)?))?(?::([-+]?\d*\.?\d+))?$/is;

/** A text is taken as it is where nothing in it has a meaning of its own. */
const isSimple = (text) => !/[|:]/.test(text) && text.trim() === text && text !== "";

/** The prompts as a list of items, each a text or a mapping. Texts that are joined by | are taken apart. */
export function items(prompts) {
  const given = prompts === undefined || prompts === null || prompts === "" ? [] : Array.isArray(prompts) ? prompts : [prompts];
  return given.flatMap((item) => (typeof item === "string" ? apart(item) : [item]));
}

function apart(text) {
  let depth = 0;
  const parts = [""];
  for (const letter of text) {
    if (letter === "{") depth += 1;
    if (letter === "}") depth -= 1;
    if (letter === "|" && depth <= 0) parts.push("");
    else parts[parts.length - 1] += letter;
  }
  return parts.map((part) => part.trim()).filter(Boolean).map(read);
}

function read(part) {
  const [, text, weight, stop] = PARTS.exec(part);
  if (weight === undefined) return part;
  return { text: text.trim(), weight: Number(weight), ...(stop === undefined ? {} : { stop: Number(stop) }) };
}

/** An item as a mapping. */
export const asMap = (item) => (typeof item === "string" ? { text: item } : item);

/** A mapping as short as it can be. */
export function asShort(map) {
  const said = Object.fromEntries(Object.entries(map).filter(([name, value]) => value !== undefined && !(name === "weight" && value === 1)));
  return Object.keys(said).join() === "text" && isSimple(said.text) ? said.text : said;
}

/** Items as the setting: one simple text stays one. */
export function together(list) {
  const shortened = list.map((item) => asShort(asMap(item)));
  return shortened.length === 1 && typeof shortened[0] === "string" ? shortened[0] : shortened;
}

/** What an item that is no text says, in a few words. */
export function summary(map) {
  const [name, value] = Object.entries(map).find(([key]) => !["weight", "stop", "where", "seen"].includes(key)) ?? ["", ""];
  return { name, text: typeof value === "string" ? value : JSON.stringify(value) };
}
