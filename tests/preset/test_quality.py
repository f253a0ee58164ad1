"""How much work a picture is worth, as plain settings."""

import yaml

from artgen.preset import loading


def test_quality_becomes_plain_settings(artgen, tmp_path):
    (tmp_path / "mine.yaml").write_text("extends: pixel\nsteps: 100\n")
    draft, best = (
        yaml.safe_load(artgen("check", "mine.yaml", "--resolved", "--set", f"quality={rung}", code=0).stdout)
        for rung in ("draft", "best")
    )
    assert (draft["steps"], best["steps"]) == (40, 200)
    assert (draft["views"][0]["count"], best["views"][0]["count"]) == (4, 16)
    assert "quality" not in draft
    assert loading.parse(draft).resolved() == draft
