"""The cache of weights, and whether the places that they come from can be reached."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from rich.filesize import decimal

from artgen.doctor.checks import Check, ok, warning
from artgen.errors import one_line
from artgen.registry import known_weights
from artgen.weights import cache_folder, is_offline

AREA = "weights"
_TIMEOUT = 5


def look(online: bool) -> Iterator[Check]:
    """`online`: also connect to the model hub and the mirrors."""
    known = known_weights.entries()
    stored = sum(entry.stored() is not None for entry in known)
    yield ok(
        AREA, f"{stored} of {len(known)} named files are in {cache_folder()}, {decimal(known_weights.total())} in all"
    )
    hub = known_weights.repositories()
    yield ok(AREA, f"{len(hub)} repositories of the model hub are cached, {decimal(sum(size for _, size in hub))}")
    for entry in known:
        if entry.begun():
            fix = f"artgen weights fetch {entry.name}"
            yield warning(AREA, f"{entry.name}: a download stopped after {decimal(entry.begun())}", fix)
    if is_offline():
        yield ok(AREA, "downloads are switched off (ARTGEN_OFFLINE or HF_HUB_OFFLINE); unset it to allow them")
    elif online:
        yield from _reach(known)
    else:
        yield ok(AREA, "downloads are allowed (ARTGEN_OFFLINE is not set); --online tries to reach the servers")


def _reach(known: list[known_weights.KnownWeights]) -> Iterator[Check]:
    import huggingface_hub.constants

    addresses = [url for entry in known for url in entry.published.mirrors if url.startswith("http")]
    parts = [urllib.parse.urlsplit(url) for url in (huggingface_hub.constants.ENDPOINT, *addresses)]
    places = list(dict.fromkeys(f"{part.scheme}://{part.netloc}" for part in parts))
    with ThreadPoolExecutor(len(places)) as pool:
        for place, fault in zip(places, pool.map(_fault, places), strict=True):
            title = f"{place}{' (the model hub)' if place == places[0] else ''}"
            if fault:
                fix = "check the connection and the proxy; if it stays so, export ARTGEN_OFFLINE=1"
                yield warning(AREA, f"{title} cannot be reached ({fault})", fix)
            else:
                yield ok(AREA, f"{title} answers")


def _fault(address: str) -> str | None:
    """Why nobody answers there; None if somebody does, whatever he says."""
    request = urllib.request.Request(address, method="HEAD", headers={"User-Agent": "artgen"})
    try:
        urllib.request.urlopen(request, timeout=_TIMEOUT).close()
    except urllib.error.HTTPError:
        return None
    except (OSError, ValueError, http.client.HTTPException) as error:
        return one_line(error, kind=True)
    return None
