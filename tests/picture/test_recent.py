"""What was made lately is kept up to a bound."""

from hypothesis import given
from hypothesis import strategies as st

from artgen.picture.recent import Recent


@given(st.lists(st.tuples(st.integers(0, 5), st.binary(max_size=8)), max_size=40))
def test_it_never_holds_more_than_its_bound_and_gives_back_what_was_kept(made):
    recent = Recent(16)
    for key, content in made:
        before = recent.get(key)
        assert recent.keep(key, content) == content
        assert recent.get(key) == (content if before is None else before)
        held = {each: found for each in range(6) if (found := recent.get(each)) is not None}
        assert sum(map(len, held.values())) == recent.size <= 16


def test_what_was_asked_for_longest_ago_goes_first():
    recent = Recent(3)
    for key in "abc":
        recent.keep(key, b"1")
    recent.get("a")
    recent.keep("d", b"1")
    assert [recent.get(key) for key in "abcd"] == [b"1", None, b"1", b"1"]
