"""Whoever is slow to listen loses steps, never how a run is, and costs no memory."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor

from artgen.studio.events import KEPT, Hub


def heard(hub, last=None, after=lambda: None):
    """The events that a listener gets who reads nothing until `after` is done, as (id, kind, data)."""

    async def listen():
        stream = hub.stream(last)
        await anext(stream)
        after()
        text = await anext(stream)
        await stream.aclose()
        return text

    events = []
    # In a thread of its own: Playwright leaves a loop running in that of the tests.
    with ThreadPoolExecutor(1) as own:
        told = own.submit(asyncio.run, listen()).result()
    for text in told.split("\n\n"):
        lines = dict(line.split(": ", 1) for line in text.splitlines())
        if lines:
            events.append((lines["id"], lines["event"], json.loads(lines["data"])))
    return events


def test_of_a_flood_of_steps_the_newest_is_heard_and_every_run_as_it_is():
    hub = Hub(lambda: ())

    def flood():
        for step in range(5000):
            hub.tell("step", "one", {"step": step})
            hub.tell("note", "one", {"note": step})
        for state in ("running", "paused"):
            hub.tell("run", "one", {"state": state})
        hub.tell("run", "other", {"state": "finished"})

    events = heard(hub, after=flood)
    assert [data["step"] for _, kind, data in events if kind == "step"] == [4999]
    assert [data["state"] for _, kind, data in events if kind == "run"] == ["paused", "finished"]
    assert [data["note"] for _, kind, data in events if kind == "note"] == list(range(4900, 5000))


def test_who_comes_back_soon_hears_what_was_missed_and_who_comes_back_late_how_everything_is():
    hub = Hub(lambda: [("run", "one", {"state": "now"})])
    for state in ("begun", "paused", "finished"):
        hub.tell("run", "one", {"state": state})
        hub.tell("note", "one", {"note": state})
    assert [data for *_, data in heard(hub, last=f"{hub.epoch}-5")] == [{"note": "finished"}]
    for count in range(KEPT + 1):
        hub.tell("note", "one", {"note": count})
    for last in (f"{hub.epoch}-5", "other-5", f"{hub.epoch}-x", f"{hub.epoch}-{10**30}", None):
        assert [data for *_, data in heard(hub, last=last)] == [{"state": "now"}]


def test_what_is_no_number_is_null_and_half_a_letter_an_escape():
    hub = Hub(lambda: ())
    [(_, _, data)] = heard(hub, after=lambda: hub.tell("step", "one", {"total": float("nan"), "text": "\ud800"}))
    assert data["total"] is None
