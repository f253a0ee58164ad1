"""From how often each chord is wished for to one thread that can be wound."""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray

from artgen_lines.nails import Floats, Ints, Nails


def sorted_chords(nails: Nails) -> Ints:
    """(C,): the chords by their direction, then by where they lie, so that neighbours are almost the same."""
    begin, end = nails.places[nails.ends[:, 0]], nails.places[nails.ends[:, 1]]
    way = end - begin
    angle = np.arctan2(way[:, 1], way[:, 0]) % np.pi
    offset = (begin[:, 0] * way[:, 1] - begin[:, 1] * way[:, 0]) / np.maximum(np.linalg.norm(way, axis=1), 1e-9)
    order: Ints = np.lexsort((offset, np.round(angle / np.pi * len(nails.places))))
    return order


def whole(wishes: Floats, order: Ints) -> Ints:
    """(C,) numbers to whole ones; what is left over goes on to the next chord, as in the diffusion of errors."""
    sums = np.floor(np.cumsum(wishes[order]) + 0.5).astype(np.int64)
    counts = np.empty(len(order), np.int64)
    counts[order] = np.diff(sums, prepend=0)
    return counts


def wind(nails: Nails, counts: Ints) -> list[int]:
    """The nails of one thread, in order, that runs along each chord (C,) so often, and along as few others as it takes.

    An Eulerian path: where an odd number of chords ends at a nail, a chord to another such nail is added, and parts
    that hang nowhere together are joined to and fro.
    """
    edges = [
        (int(a), int(b)) for (a, b), n in zip(nails.ends[counts > 0], counts[counts > 0], strict=True) for _ in range(n)
    ]
    if not edges:
        return []
    edges += _bridges(nails, edges)
    joins = _odd_pairs(nails, edges)
    first = joins.pop() if joins else edges[0]
    return _path(edges + joins, len(nails.places), first[0])


def chords_of(nails: Nails, order: list[int]) -> Ints:
    """(C,): how often a thread along these nails runs along each chord."""
    steps = [nails.chord(one, other) for one, other in itertools.pairwise(order)]
    return np.bincount(steps, minlength=len(nails.ends)) if steps else np.zeros(len(nails.ends), np.int64)


def _odd_pairs(nails: Nails, edges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Nails where an odd number of chords ends, in pairs that are near each other; the furthest pair is the last."""
    odd = np.flatnonzero(np.bincount(np.array(edges).ravel(), minlength=len(nails.places)) % 2)
    near = _distances(nails.places[odd], nails.places[odd])
    left, pairs = np.ones(len(odd), bool), []
    for flat in np.argsort(near, axis=None, kind="stable"):
        one, other = divmod(int(flat), len(odd))
        if one < other and left[one] and left[other]:
            left[[one, other]] = False
            pairs.append((int(odd[one]), int(odd[other])))
    return pairs


def _bridges(nails: Nails, edges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Chords, each there and back, that join what hangs nowhere together."""
    parts = _parts(edges, len(nails.places))
    labels = sorted({int(label) for label in parts if label >= 0})
    bridges: list[tuple[int, int]] = []
    while len(labels) > 1:
        here, there = np.flatnonzero(parts == labels[0]), np.flatnonzero((parts != labels[0]) & (parts >= 0))
        near = _distances(nails.places[here], nails.places[there])
        one, other = divmod(int(near.argmin()), len(there))
        bridges += [(int(here[one]), int(there[other]))] * 2
        labels.remove(int(parts[there[other]]))
        parts[parts == parts[there[other]]] = labels[0]
    return bridges


def _parts(edges: list[tuple[int, int]], count: int) -> NDArray[np.int64]:
    """(N,): a number for each nail, equal where chords join them; -1 where none ends."""
    parts = np.full(count, -1, np.int64)
    parts[np.unique(np.array(edges))] = np.unique(np.array(edges))
    unlike = True
    pairs = np.unique(np.array(edges), axis=0)
    while unlike:
        low = np.minimum(parts[pairs[:, 0]], parts[pairs[:, 1]])
        before = parts.copy()
        np.minimum.at(parts, pairs[:, 0], low)
        np.minimum.at(parts, pairs[:, 1], low)
        unlike = bool((before != parts).any())
    return parts


def _path(edges: list[tuple[int, int]], count: int, first: int) -> list[int]:
    """Hierholzer's way along all edges; `first` has an odd number of them, or none has."""
    ways: list[list[tuple[int, int]]] = [[] for _ in range(count)]
    for number, (one, other) in enumerate(edges):
        ways[one].append((other, number))
        ways[other].append((one, number))
    used, stack, path = [False] * len(edges), [first], list[int]()
    while stack:
        here = ways[stack[-1]]
        while here and used[here[-1][1]]:
            here.pop()
        if here:
            to, number = here.pop()
            used[number] = True
            stack.append(to)
        else:
            path.append(stack.pop())
    return path


def _distances(here: Floats, there: Floats) -> Floats:
    distances: Floats = np.linalg.norm(here[:, None] - there[None], axis=2)
    return distances
