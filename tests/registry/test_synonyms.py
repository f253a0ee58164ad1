"""What components are called elsewhere: a hint to what they are called here, and never another component's name."""

import pytest

from artgen.errors import InputError
from artgen.registry.plugins import discover


def test_a_synonym_is_no_name_of_its_kind():
    registry = discover()
    for component in registry.components:
        assert not set(component.spec.synonyms) & set(registry.names(component.kind))
        for word in component.spec.synonyms:
            with pytest.raises(InputError, match=f"did you mean '{component.name}'"):
                registry.find(component.kind, word.title())
