"""Presets in editors: what `artgen schema --install` writes."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artgen import cli
from artgen.preset import editors

MODELINE = "# yaml-language-server: $schema=.artgen/preset.schema.json"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def install(*presets, code=0):
    assert cli.main(["schema", "--install", *map(str, presets)]) == code


def test_vs_code_is_told_once(folder, capsys):
    install()
    assert capsys.readouterr().out == ".artgen/preset.schema.json: written\n.vscode/settings.json: written\n"
    settings = json.loads((folder / ".vscode" / "settings.json").read_text())
    assert settings == {"yaml.schemas": {"./.artgen/preset.schema.json": ["*.yaml"]}}
    assert "steps" in json.loads((folder / ".artgen" / "preset.schema.json").read_text())["properties"]
    install()
    assert capsys.readouterr().out == ".artgen/preset.schema.json: up to date\n.vscode/settings.json: up to date\n"


def test_other_settings_stay(folder):
    (folder / ".vscode").mkdir()
    other = {"editor.fontSize": 13, "yaml.schemas": {"https://example.org/a.json": "a.yml"}, "name": "Zoë"}
    (folder / ".vscode" / "settings.json").write_text(json.dumps(other), encoding="utf-8-sig")
    install()
    settings = json.loads((folder / ".vscode" / "settings.json").read_text())
    assert settings.pop("yaml.schemas") == {**other.pop("yaml.schemas"), "./.artgen/preset.schema.json": ["*.yaml"]}
    assert settings == other


def test_a_narrower_pattern_stays(folder):
    (folder / ".vscode").mkdir()
    mine = '{"yaml.schemas": {"./.artgen/preset.schema.json": "mine/*.yaml"}}'
    (folder / ".vscode" / "settings.json").write_text(mine)
    install()
    assert (folder / ".vscode" / "settings.json").read_text() == mine


@pytest.mark.parametrize("text", ["{\n  // mine\n}", "[]", '{"yaml.schemas": 3}', '{"a": 1, "a": 2}', "", "\xff"])
def test_settings_that_would_be_damaged_are_left_alone(folder, text, capsys):
    (folder / ".vscode").mkdir()
    (folder / ".vscode" / "settings.json").write_text(text, encoding="latin-1")
    install(code=2)
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert told.endswith('add by hand: "yaml.schemas": {"./.artgen/preset.schema.json": ["*.yaml"]}\n')
    assert (folder / ".vscode" / "settings.json").read_text(encoding="latin-1") == text
    assert not (folder / ".artgen").exists()


def test_a_preset_gets_one_line_and_keeps_its_bytes_and_permissions(folder, capsys):
    body = b"# mine\r\nsteps: 3\r\nabout: caf\xc3\xa9"
    preset = folder / "sub" / "a.yaml"
    preset.parent.mkdir()
    preset.write_bytes(b"\xef\xbb\xbf" + body)
    preset.chmod(0o600)
    for _ in range(2):
        install("sub/a.yaml")
        line = b"# yaml-language-server: $schema=../.artgen/preset.schema.json\r\n"
        assert preset.read_bytes() == b"\xef\xbb\xbf" + line + body
    assert preset.stat().st_mode & 0o777 == 0o600
    assert capsys.readouterr().out.splitlines()[1::2] == ["sub/a.yaml: written", "sub/a.yaml: up to date"]


def test_an_old_line_is_brought_up_to_date_where_it_stands(folder):
    for head in ("", "# about me\n\n", "%YAML 1.2\n"):
        old = f"{head}# yaml-language-server: $schema=./old.json\nabout: '# yaml-language-server: x'\n"
        (folder / "a.yaml").write_text(old)
        install("a.yaml")
        new = (folder / "a.yaml").read_text()
        if head.startswith("%"):
            assert new == f"{MODELINE}\n{old}"
        else:
            assert new == old.replace("# yaml-language-server: $schema=./old.json", MODELINE)


def test_a_way_with_a_space_in_it_becomes_an_address(folder):
    inside, outside = folder / "my pictures" / "a.yaml", folder / "b.yaml"
    inside.parent.mkdir()
    for preset in (inside, outside):
        preset.write_text("steps: 3\n")
    editors.for_presets(inside.parent, [inside, outside], "{}")
    assert inside.read_text() == f"{MODELINE}\nsteps: 3\n"
    first = outside.read_text().partition("\n")[0]
    assert re.fullmatch(r"# yaml-language-server: \$schema=file:///\S+/my%20pictures/.artgen/preset.schema.json", first)


@pytest.mark.parametrize(
    ("raw", "complaint"),
    [
        (None, "a.yaml: cannot be read (No such file or directory)"),
        (b"\x89PNG\r\n", "a.yaml: not UTF-8 text, which is no preset"),
        (b"#" * ((1 << 20) + 1), "a.yaml: larger than 1 MiB, which is no preset"),
    ],
)
def test_what_is_no_preset_is_refused_and_nothing_is_written(folder, raw, complaint, capsys):
    (folder / "good.yaml").write_text("steps: 3\n")
    if raw:
        (folder / "a.yaml").write_bytes(raw)
    install("good.yaml", "a.yaml", code=2)
    assert capsys.readouterr().err == f"{complaint}\n"
    assert (folder / "good.yaml").read_text() == "steps: 3\n"
    assert not (folder / ".artgen").exists()


LINES = st.sampled_from([b"# yaml-language-server: $schema=x", b"# mine", b"steps: 3", b"", b"---", b"\tx", b"a: |"])


@given(st.booleans(), st.lists(st.tuples(LINES, st.sampled_from([b"\n", b"\r\n", b"\r"])), max_size=6), LINES)
def test_the_line_is_all_that_changes(bom, lines, last):
    start = b"\xef\xbb\xbf" * bom
    preset = start + b"".join(line + end for line, end in lines) + last
    once = editors.with_modeline(preset, "one")
    assert editors.with_modeline(once, "one") == once
    assert once.startswith(start)
    line = b"# yaml-language-server: $schema="
    added = re.sub(rb"%bone(\r\n|\n|\r)" % re.escape(line), b"", once, count=1)
    assert preset in (added, once.replace(line + b"one", line + b"x", 1))
