"""Python programs and notebooks are parsed for the values of their calls, and nothing of them is run."""

from __future__ import annotations

import pytest

from artgen.importing import program


def calls(text):
    return {call.name: call for call in program.read((text,)).calls}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("f(a=1)", 1),
        ("f(a=-2.5)", -2.5),
        ("f(a=(1, 'x', None, True))", [1, "x", None, True]),
        ("x = [1, 2]\nf(a=x)", [1, 2]),
        ("x: str = 'b'\nf(a=f'a {x} c')", "a b c"),
        ("x = 'b'\nf(a='a ' + x)", "a b"),
        ("f(a='one '\n  'two')", "one two"),
        ("f(a={'k': [1, {'z': 2}]})", {"k": [1, {"z": 2}]}),
        ("f(a=dict(k=1))", {"k": 1}),
        ("s = {'k': 1}\ns['z'] = 2\ns.update({'y': 3}, w=4)\nf(a=s)", {"k": 1, "z": 2, "y": 3, "w": 4}),
        ("if x:\n    y = 1\nz = 2\nf(a=z)", 2),
        ("%pip install x\n!ls\nf(a=3)", 3),
        ("def g(x):\n    y = 2\nz = 3\ndef h():\n    f(a=z)\n", 3),
        ("words\n```python\nf(a=7)\n```\nmore", 7),
    ],
)
def test_literals_and_names_are_read(text, value):
    assert calls(text)["f"].settings == {"a": value}


@pytest.mark.parametrize(
    "text",
    [
        "f(a=g())",
        "f(a=x)",
        "if b:\n    x = 1\nelse:\n    x = 2\nf(a=x)",
        "x = 1\nfor x in range(9):\n    pass\nf(a=x)",
        "x = 1\nx += 1\nf(a=x)",
        "def g():\n    x = 1\nf(a=x)",
        "f(a='a' * 10**9)",
        "f(a=[1] * 5)",
        "f(a=f'{x!r}')",
        "f(a=os.environ['HOME'])",
        "x = 'ab'\n" + "x = x + x\n" * 40 + "f(a=x)",
        "f(a=" + "-" * 3000 + "1)",
        "f(a={**g()})",
    ],
)
def test_what_would_have_to_be_run_is_named(text):
    found = calls(text).get("f")
    assert found is None or (found.settings == {} and found.unread == ("a",))


def test_nothing_is_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = "import os\nos.mkdir('made')\nx = open('made.txt', 'w').write('x')\nf(a=os.mkdir('other'), b=1)"
    assert calls(text)["f"].settings == {"b": 1}
    assert not list(tmp_path.iterdir())


def test_names_are_those_that_were_imported():
    text = (
        "import pixray as px\nfrom discoart import create as c\nimport a.b\npx.run(1)\nc(x=2)\na.b.d()\n(lambda: 0)()"
    )
    assert {"pixray.run", "discoart.create", "a.b.d"} <= set(calls(text))


@pytest.mark.parametrize(
    "text", ["f(" * 5000, "x = " + "[" * 2000, "f(a=1\0)", "x = 1 +", "\ud800 = f(1)", "(" * 200 + ")" * 200]
)
def test_what_is_no_program_is_nothing(text):
    assert program.read((text,)).calls == ()
