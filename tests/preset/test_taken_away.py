"""What a null takes away is not there."""

import pytest
import yaml

from artgen.errors import PresetError
from artgen.preset import loading


def test_a_perceptor_that_is_taken_away_is_missed(flat):
    with pytest.raises(PresetError) as refusal:
        loading.parse({**flat, "perceptors": {"toy": None}})
    assert "it looks at views through perceptors; add 'perceptors'" in str(refusal.value)


def test_a_name_of_one_that_is_taken_away_is_unknown(flat):
    flat["losses"][0]["perceptor"] = "toy"
    flat["perceptors"] = {"toy": None, "eye": {"type": "toy"}}
    flat["losses"] = [{"type": "clip", "perceptor": "toy"}]
    with pytest.raises(PresetError) as refusal:
        loading.parse(flat)
    assert "there is no 'toy' in perceptors; did you mean" in str(refusal.value) or "choose from eye" in str(
        refusal.value
    )


@pytest.mark.parametrize("losses", [[{"type": "dark"}], [{"type": "match"}]])
@pytest.mark.parametrize("perceptors", [{}, {"toy": None}, {"toy": None, "eye": {"type": "toy"}}])
def test_what_passes_passes_again_as_it_is_resolved(artgen, tmp_path, flat, losses, perceptors):
    flat |= {"losses": losses, "perceptors": perceptors}
    if losses[0]["type"] == "dark":
        flat = {key: value for key, value in flat.items() if key not in ("prompts", "views")}
    (tmp_path / "one.yaml").write_text(yaml.safe_dump(flat))
    done = artgen("check", "one.yaml", "--resolved")
    if done.returncode == 0:
        (tmp_path / "two.yaml").write_text(done.stdout)
        assert artgen("check", "two.yaml", "--resolved", code=0).stdout == done.stdout
        artgen("run", "one.yaml", "--steps", "1", code=0)
