// YAML's flow style, of which single settings are written in one line: [4, 8], {0: 0.05, 75%: 0.005}, 12, red.

/** A value as one line. */
export function print(value) {
  if (value === undefined) return "";
  if (Array.isArray(value)) return `[${value.map(print).join(", ")}]`;
  if (value && typeof value === "object") return `{${Object.entries(value).map(([key, item]) => `${printKey(key)}: ${print(item)}`).join(", ")}}`;
  return scalar(value, false);
}

/** A key of a mapping, in quotes where it needs them. */
export const printKey = (key) => scalar(key, true);

function scalar(value, isKey) {
  if (typeof value !== "string") return String(value);
  const isPlain = /^[^\s"'[\]{},:#&*!|>%@`-][^"'[\]{},:#\n]*$/.test(value) && value === value.trim();
  if (isPlain && (isKey || typeof plain(value) === "string")) return value;
  return JSON.stringify(value);
}

/** The value that one line stands for; a SyntaxError says what is wrong with it. */
export function parse(text) {
  const reader = { text: text.trim(), at: 0 };
  if (!reader.text) return undefined;
  if (!"[{\"'".includes(reader.text[0])) return plain(reader.text);
  const value = item(reader);
  blank(reader);
  if (reader.at < reader.text.length) throw new SyntaxError(`there is something after the end: ${reader.text.slice(reader.at, reader.at + 20)}`);
  return value;
}

function blank(reader) {
  while (/\s/.test(reader.text[reader.at] ?? "")) reader.at += 1;
}

function item(reader) {
  blank(reader);
  const first = reader.text[reader.at];
  if (first === "[") return collection(reader, "]", [], (list) => list.push(item(reader)));
  if (first === "{") return collection(reader, "}", {}, (map) => pair(reader, map));
  if (first === '"' || first === "'") return quoted(reader, first);
  const [found] = /^[^,[\]{}]*/.exec(reader.text.slice(reader.at));
  reader.at += found.length;
  return plain(found.trim());
}

function collection(reader, end, into, take) {
  reader.at += 1;
  for (;;) {
    blank(reader);
    const next = reader.text[reader.at];
    if (next === undefined) throw new SyntaxError(`a closing ${end} is missing`);
    if (next === end) {
      reader.at += 1;
      return into;
    }
    if (next === ",") reader.at += 1;
    else take(into);
  }
}

function pair(reader, map) {
  const quote = reader.text[reader.at];
  let key;
  if (quote === '"' || quote === "'") key = quoted(reader, quote);
  else {
    const [found] = /^[^:,{}[\]]*/.exec(reader.text.slice(reader.at));
    reader.at += found.length;
    key = found.trim();
  }
  blank(reader);
  if (reader.text[reader.at] !== ":") throw new SyntaxError(`a colon is missing after ${key || "the key"}`);
  reader.at += 1;
  Object.defineProperty(map, key, { value: item(reader), enumerable: true, configurable: true, writable: true });
}

function quoted(reader, quote) {
  const pattern = quote === '"' ? /^"(?:[^"\\]|\\.)*"/ : /^'(?:[^']|'')*'/;
  const found = pattern.exec(reader.text.slice(reader.at));
  if (!found) throw new SyntaxError(`a closing ${quote} is missing`);
  reader.at += found[0].length;
  return quote === '"' ? JSON.parse(found[0]) : found[0].slice(1, -1).replaceAll("''", "'");
}

const WORDS = { true: true, false: false, null: null, "~": null };

function plain(text) {
  if (Object.hasOwn(WORDS, text)) return WORDS[text];
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) ? Number(text) : text;
}
