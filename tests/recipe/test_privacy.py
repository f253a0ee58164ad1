"""What a picture need not tell."""

import yaml

from artgen.recipe import privacy


def test_the_prompts_can_stay_private(artgen, tmp_path, flat):
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(flat))
    artgen("run", "mine.yaml", "--out", "out", "--private", code=0)
    raw = (tmp_path / "out" / "image.png").read_bytes() + (tmp_path / "out" / "recipe.json").read_bytes()
    assert b"a cat" not in raw
    assert "give them with --prompt" in artgen("replay", "out", code=2).stderr
    assert "not the ones" in artgen("replay", "out", "--prompt", "a cat", code=2).stderr
    assert "identical" in artgen("replay", "out", "--prompt", "a cat:1 | a dog:0.5", code=0).stdout


def test_a_picture_can_tell_nothing(artgen, tmp_path, flat):
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(flat))
    artgen("run", "mine.yaml", "--out", "out", "--no-recipe", code=0)
    assert not (tmp_path / "out" / "recipe.json").exists()
    assert "carries no artgen recipe" in artgen("replay", "out", code=2).stderr


def test_the_seal_depends_on_every_prompt():
    def fingerprint(*prompts):
        return privacy.fingerprint({"seed": 1, "prompts": [*prompts[:1]], "losses": [{"prompts": [*prompts[1:]]}]})

    assert len({fingerprint("a", "b"), fingerprint("b", "a"), fingerprint("a"), fingerprint("a", "c")}) == 4
