"""Small damages, each drawn from a `Random`: to trees of data, to texts, to bytes."""

from __future__ import annotations

import copy
import struct
import zlib
from collections.abc import Iterator, MutableMapping, MutableSequence
from random import Random
from typing import Any

WORDS = (
    "",
    "a red heart",
    "a|b:c:d",
    "{a|b}",
    "{@/etc/passwd}",
    "</script><script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "javascript:alert(1)",
    "\x1b]0;title\x07\x1b[2J",
    "\u202egnp.exe",
    "\ud800",
    "\x00",
    "a\nb\r\nc",
    "ä" * 300,
    "../../../etc/passwd",
    "/etc/passwd",
    "~/x",
    "owner/name",
    "x" * 300,
    "x" * 70_000,
    "https://example.com/x.png",
    "50%",
    "101%",
    "1e999",
    "#ff0000",
    "#ggg",
    "pixel",
    "a.b.c",
    "'; rm -rf x; '",
    "%s%n{0}",
    "😀",
    "null",
    "yes",
    "on",
    "0x" + "f" * 300,
    "-",
    "=",
    ".inf",
)
NUMBERS = (
    0,
    1,
    -1,
    2,
    3.5,
    1e-300,
    1e300,
    float("inf"),
    float("-inf"),
    float("nan"),
    2**31,
    2**63,
    2**64,
    10**400,
    -(10**400),
    10**5000 // 7,
    0.1,
    100,
    4096,
    65536,
)


def value(random: Random) -> Any:
    """Something that stands in nobody's example."""
    kind = random.randrange(8)
    if kind < 3:
        return random.choice(WORDS)
    if kind < 5:
        return random.choice(NUMBERS)
    if kind == 5:
        return random.choice((None, True, False, [], {}, [[]], {"": {}}))
    if kind == 6:
        return deep(random.choice((3, 30, 300, 900)), random.random() < 0.5)
    return [value(random) for _ in range(random.randrange(4))] or {random.choice(WORDS): value(random)}


def shown(found: object) -> str:
    """As `str`, which refuses numbers of many digits and data that is nested too deep."""
    try:
        return str(found)
    except (ValueError, RecursionError):
        return "9" * 5000


def deep(levels: int, lists: bool) -> Any:
    found: Any = 1
    for _ in range(levels):
        found = [found] if lists else {"a": found}
    return found


def tree(random: Random, whole: Any) -> Any:
    """A copy of nested data with one place changed: replaced, removed, doubled, moved, renamed."""
    whole = copied(whole)
    places = list(_places(whole))
    if not places:
        return value(random)
    holder, key = random.choice(places)
    found = holder[key]
    match random.randrange(8):
        case 0 | 1 | 2:
            holder[key] = value(random)
        case 3:
            del holder[key]
        case 4:
            holder[key] = [found, found] if random.random() < 0.5 else {random.choice(WORDS): found}
        case 5:
            other, place = random.choice(places)
            holder[key] = copied(other[place])
        case 6:
            if isinstance(holder, MutableMapping):
                holder[random.choice(WORDS)] = holder.pop(key)
            else:
                holder.insert(0, value(random))
        case _:
            holder[key] = _near(random, found)
    return whole


def copied(whole: Any) -> Any:
    """As `copy.deepcopy`, which gives up before the data that it is given here is too deep for everyone."""
    try:
        return copy.deepcopy(whole)
    except RecursionError:
        return {}


def _places(whole: Any) -> Iterator[tuple[Any, Any]]:
    waiting = [whole]
    for _ in range(5000):
        if not waiting:
            return
        holder = waiting.pop()
        keys: Any = range(len(holder)) if isinstance(holder, MutableSequence) else ()
        for key in holder if isinstance(holder, MutableMapping) else keys:
            yield holder, key
            waiting.append(holder[key])


def _near(random: Random, found: Any) -> Any:
    """Almost what it was: the mistakes that people make."""
    if isinstance(found, bool) or found is None:
        return random.choice((True, False, None, "true"))
    if isinstance(found, (int, float)):
        return random.choice((-found, found + 1, found * 1000, str(found), found / 3, [found]))
    if isinstance(found, str):
        return text(random, found)
    return found


def text(random: Random, whole: str) -> str:
    """With a piece removed, doubled, swapped, or something strange put in."""
    at, length = random.randrange(len(whole) + 1), random.choice((1, 2, 5, 20, 100))
    match random.randrange(6):
        case 0:
            return whole[:at] + whole[at + length :]
        case 1:
            return whole[: at + length] + whole[at:]
        case 2:
            return whole[:at] + random.choice(WORDS) + whole[at:]
        case 3:
            return (
                whole[:at]
                + chr(random.choice((0, 9, 10, 27, 0x85, 0xFFFD, 0x1F600, random.randrange(128))))
                + whole[at:]
            )
        case 4:
            return (
                whole[:at]
                + random.choice(("[", "{", ": ", "- ", "&a ", "*a ", "!!x ", "'", '"', "|", ">", "#"))
                + whole[at:]
            )
        case _:
            return whole[:at]


def raw(random: Random, whole: bytes) -> bytes:
    """Bytes flipped, cut, doubled, or a number overwritten by an extreme one."""
    if not whole:
        return random.randbytes(20)
    data = bytearray(whole)
    at = random.randrange(len(data))
    match random.randrange(6):
        case 0 | 1:
            for _ in range(random.choice((1, 1, 1, 8, 64))):
                data[random.randrange(len(data))] ^= 1 << random.randrange(8)
        case 2:
            del data[at:]
        case 3:
            del data[at : at + random.choice((1, 4, 100))]
        case 4:
            data[at:at] = data[at : at + random.choice((4, 100, 1000))] or b"x"
        case _:
            extreme = random.choice((0, 1, 0x7FFFFFFF, 0xFFFFFFFF, 0xFFFF, 0x80000000))
            data[at : at + 4] = struct.pack(random.choice("<>") + "I", extreme)
    return bytes(data)


def chunks(random: Random, whole: bytes) -> bytes:
    """A PNG with one chunk damaged and its checksum made right again, so that decoders believe it."""
    parts, at = [], 8
    while at + 12 <= len(whole):
        length = int.from_bytes(whole[at : at + 4], "big")
        parts.append((whole[at + 4 : at + 8], whole[at + 8 : at + 8 + length]))
        at += 12 + length
    if not parts:
        return raw(random, whole)
    chosen = random.randrange(len(parts))
    kind, content = parts[chosen]
    match random.randrange(4):
        case 0:
            parts.insert(chosen, parts[chosen])
        case 1:
            del parts[chosen]
        case _:
            parts[chosen] = (kind, raw(random, content))
    return whole[:8] + b"".join(
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in parts
    )
