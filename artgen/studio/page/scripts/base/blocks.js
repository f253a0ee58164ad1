// YAML over several lines, for settings that no form can show: a line for each entry, each in flow style.

import { parse, print, printKey } from "./flow.js";

/** A value over as many lines as it has entries. */
export function printBlock(value) {
  if (Array.isArray(value) && value.length) return value.map((item) => `- ${print(item)}`).join("\n");
  if (value && typeof value === "object" && Object.keys(value).length) return Object.entries(value).map(([key, item]) => `${printKey(key)}: ${print(item)}`).join("\n");
  return print(value);
}

const PAIR = /^("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^:]+?)\s*:(?:\s+(.*))?$/;

/** The value that lines stand for; a SyntaxError says in which line what is wrong. */
export function parseBlock(text) {
  const rows = text.split("\n").map((row, place) => [row.trim(), place + 1, row.search(/\S/)]);
  const lines = rows.filter(([line]) => line && !line.startsWith("#"));
  if (!lines.length) return undefined;
  if (/^[[{]/.test(lines[0][0]) || (lines.length === 1 && !isEntry(lines[0][0]))) return told(1, () => parse(text));
  const [, deeper] = lines.find(([, , margin]) => margin !== lines[0][2]) ?? [];
  if (deeper) throw wrong(deeper, "begins further in or out than the first line; write what lies deeper in one line: {name: value}");
  const isList = lines[0][0].startsWith("- ");
  const found = isList ? [] : {};
  for (const [line, number] of lines) told(number, () => (isList ? found.push(item(line)) : pair(found, line)));
  return found;
}

const isEntry = (line) => line.startsWith("- ") || PAIR.test(line);

function item(line) {
  if (!line.startsWith("- ")) throw new SyntaxError("each entry of the list begins with a dash");
  return parse(line.slice(2));
}

function pair(into, line) {
  const [, key, value] = PAIR.exec(line) ?? [];
  if (key === undefined) throw new SyntaxError("expected a name, a colon and a value");
  const name = /^["']/.test(key) ? parse(key) : key;
  Object.defineProperty(into, name, { value: value === undefined ? null : parse(value), enumerable: true, configurable: true, writable: true });
}

function told(line, read) {
  try {
    return read();
  } catch (error) {
    throw wrong(line, error.message);
  }
}

const wrong = (line, reason) => Object.assign(new SyntaxError(`line ${line}: ${reason}`), { line });
