"""Names of other parts, and names of their own: each is there, and each once."""

import pytest

from artgen.errors import PresetError
from artgen.preset import loading
from artgen.preset.model import numbered


def test_the_second_of_a_name_is_numbered():
    assert numbered(["a", "b", "a", "a", "b"]) == ["a", "b", "a#2", "a#3", "b#2"]
    assert numbered([]) == []


@pytest.mark.parametrize(
    ("ids", "wrong"),
    [
        ((None, None, None), ()),
        (("one", None, "two"), ()),
        (("one", "one", None), (1,)),
        (("one", "one", "one"), (1, 2)),
        # What a run would call the second or third by itself.
        ((None, None, "match#2"), (2,)),
        ((None, "match#2", None), (1,)),
        (("match", None, None), ()),
    ],
)
def test_two_components_of_a_section_never_share_a_name(flat, ids, wrong):
    losses = [{"type": "match", **({"id": name} if name else {})} for name in ids]
    if not wrong:
        assert len(loading.parse({**flat, "losses": losses}).losses) == 3
        return
    with pytest.raises(PresetError) as error:
        loading.parse({**flat, "losses": losses})
    assert [problem.path for problem in error.value.problems] == [f"losses[{i}].id" for i in wrong]
    assert all("is taken by another of these; choose another id" in str(problem) for problem in error.value.problems)
