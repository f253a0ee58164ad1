// YAML in colours: a line as pieces `[kind, text]`, which together are the line.

const PIECES = [
  ["comment", /^(?:#.*)/],
  ["string", /^(?:"(?:[^"\\]|\\.)*"?|'(?:[^']|'')*'?)/],
  ["key", /^(?:[^\s,[\]{}"'#:-][^,[\]{}"'#:]*(?=\s*:(?:\s|$)))/],
  ["number", /^(?:[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?%?(?=$|[\s,\]}:]))/i],
  ["word", /^(?:(?:true|false|null|~)(?=$|[\s,\]}]))/],
  ["mark", /^(?:[-:,[\]{}|>&*!]+)/],
  ["space", /^\s+/],
  ["text", /^(?:[^\s,[\]{}:#"']+|.)/],
];

export function pieces(line) {
  const found = [];
  let rest = line;
  let isAfterSpace = true;
  while (rest) {
    const [kind, text] = next(rest, isAfterSpace);
    found.push([kind, text]);
    isAfterSpace = /[\s,[\]{}]$/.test(text);
    rest = rest.slice(text.length);
  }
  return found;
}

function next(rest, isAfterSpace) {
  for (const [kind, pattern] of PIECES) {
    if (!isAfterSpace && (kind === "comment" || kind === "number" || kind === "word" || kind === "string")) continue;
    const text = pattern.exec(rest)?.[0];
    if (text) return [kind, text];
  }
  return ["text", rest];
}
