"""Colour profiles of our own making (ICC.1:2001-04): a matrix or a grey axis, and one gamma."""

import struct

D50 = (0.9642, 1.0, 0.8249)
ADOBE = ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457))
"""Where Adobe RGB (1998) has its red, green and blue, seen in D50."""
SRGB = ((0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.71410))
"""The same of sRGB."""


def _numbers(values):
    return b"".join(struct.pack(">i", round(value * 65536)) for value in values)


def _tags(found):
    place, index, body = 128 + 4 + 12 * len(found), struct.pack(">I", len(found)), b""
    for name, content in found.items():
        index += name + struct.pack(">II", place + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    return index + body


def profile(space, gamma, primaries=()):
    """The bytes of a profile for `RGB ` with `primaries`, or for `GRAY`."""
    curve = b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256)) + bytes(2)
    text = b"desc" + bytes(4) + struct.pack(">I", 5) + b"test\0" + bytes(78)
    tags = {b"desc": text, b"wtpt": b"XYZ " + bytes(4) + _numbers(D50)}
    if primaries:
        for letter, primary in zip((b"r", b"g", b"b"), primaries, strict=True):
            tags |= {letter + b"XYZ": b"XYZ " + bytes(4) + _numbers(primary), letter + b"TRC": curve}
    else:
        tags[b"kTRC"] = curve
    body = _tags(tags)
    head = struct.pack(">I4xI4s4s4s12x4s28x", 128 + len(body), 0x02400000, b"mntr", space, b"XYZ ", b"acsp")
    return (head + _numbers(D50)).ljust(128, b"\0") + body
