"""What the doctor found, in a form that tests can compare."""

CPU = {"auto": "cpu", "build": None, "said": [], "gpus": [], "threads": 1, "broken": None}


def levels(findings):
    """Text to level, once it is sure that everything but 'ok' says what to do."""
    found = list(findings)
    assert all(bool(finding.fix) is (finding.level != "ok") for finding in found)
    assert all("\n" not in finding.text + finding.fix for finding in found)
    return {finding.text: finding.level for finding in found}


def at(level, findings):
    """The texts and fixes of a level."""
    found = list(findings)
    levels(found)
    return [(finding.text, finding.fix) for finding in found if finding.level == level]
