"""What artists get wrong in a preset or on the command line: each input, and the one line that it gets."""

import pytest

BASE = "extends: pixel\n"
INDENTED = "this line is indented more than the one above, which has a value already; begin both in the same column"
HIDDEN = "all that follows '#' is a comment; if it is meant, put it in quotes"
APOSTROPHE = """a ' inside of '...' is written twice; or put the text between "...\""""
NOT_CLOSED = "is opened here and not closed; write"
BEGIN = "write 'extends: quickstart' to begin with that one, or give 'generator' and 'losses'"
NO_SETTING = "expected a setting and its value, such as 'steps: 200'; each further line of a text begins with spaces"
NO_FILE = "there is no such file or shipped preset"
FLOW = "a text with a colon, comma, bracket or quote needs quotes"
NEGATIVE = "write it among 'prompts' with a weight below 0, such as 'blurry:-0.3'"
BOTH_SIDES = "write both sides in pixels, such as 'size: 640x360'"
ALIAS = "anchors and aliases are not read; use 'extends', or put a text that begins with & or * in quotes"
LIKELY = "prompts, seed, size, steps, batch, quality, start, generator, losses, filters, extends, transparent, ..."
UNALIGNED = "no line above begins in this column; align it with the settings or items that it belongs to"

# What follows `extends: quickstart`, and the line that it gets, without the name of the file.
IN_YAML = [
    # 1: tabs
    ("generator:\n\ttype: pixel\n", "3:1: not valid YAML: a tab stands here; write spaces instead"),
    ("prompts:\ta cat\n", "2:9: not valid YAML: a tab stands here; write spaces instead"),
    ("generator: {type: pixel}\n\tsteps: 3\n", "3:1: not valid YAML: a tab stands here; write spaces instead"),
    # 2: spaces
    (" prompts: a cat\n", f"2:2: not valid YAML: {INDENTED}"),
    ("prompts: a cat\n  seed: 3\n", f"3:3: not valid YAML: {INDENTED}"),
    ("prompts: 'a cat'\n  seed: 3\n", f"3:3: not valid YAML: {INDENTED}"),
    ("losses:\n   - type: clip\n  - type: range\n", f"4:3: not valid YAML: {UNALIGNED}"),
    ("generator:\n    type: pixel\n  grid: [2, 2]\n", f"4:3: not valid YAML: {UNALIGNED}"),
    # 3: colons
    (
        "prompts: Still life: a vase\n",
        "2:10: not valid YAML: a text with a colon and a space in it needs quotes: 'Still life: a vase'",
    ),
    (
        "prompts: it's: a cat\n",
        '2:10: not valid YAML: a text with a colon and a space in it needs quotes: "it\'s: a cat"',
    ),
    (
        "prompts:\n  a cat\n  x: 3\n",
        "4:4: not valid YAML: no setting can begin here; a text with a colon and a space in it needs quotes",
    ),
    ("losses: [{type: clip, prompts: a: b}]\n", f"2:33: not valid YAML: between {{ and }}, {FLOW}"),
    # 4: quotes inside of quotes
    ("prompts: 'it's a cat'\n", f"2:10: not valid YAML: {APOSTROPHE}"),
    (
        'prompts: "he says "hi" to me"\n',
        """2:10: not valid YAML: a " inside of "..." is written \\"; or put the text between '...'""",
    ),
    (
        'start: "C:\\pictures\\a.png"\n',
        """2:12: not valid YAML: a \\ between "..." begins an escape; write '...' instead, or \\\\""",
    ),
    # 5, 9: signs that YAML reads
    ("prompts: | a cat\n", "2:10: not valid YAML: a text that begins with '|' needs quotes: '| a cat'"),
    ("prompts: > a cat\n", "2:10: not valid YAML: a text that begins with '>' needs quotes: '> a cat'"),
    ("prompts: %cat\n", "2:10: not valid YAML: a text that begins with '%' needs quotes: '%cat'"),
    ("prompts: @cat\n", "2:10: not valid YAML: a text that begins with '@' needs quotes: '@cat'"),
    ("prompts: `cat`\n", "2:10: not valid YAML: a text that begins with '`' needs quotes: '`cat`'"),
    ("prompts: ? cat\n", "2:10: not valid YAML: a text that begins with '?' needs quotes: '? cat'"),
    ("prompts: ,cat\n", "2:10: not valid YAML: a text that begins with ',' needs quotes: ',cat'"),
    ("prompts: * cat\n", "2:10: not valid YAML: a text that begins with '*' needs quotes: '* cat'"),
    ("prompts: *cat\n", f"2:10: not valid YAML: {ALIAS}"),
    (
        "prompts: - cat\n",
        "2:10: not valid YAML: a list begins on a line of its own; a text that begins with '-' needs quotes: '- cat'",
    ),
    # 6: choices
    (
        "prompts: {red|blue} bird\n",
        "2:10: not valid YAML: a text that begins with '{' needs quotes: '{red|blue} bird'",
    ),
    (
        "prompts: {red|blue}\n",
        "2:11: prompts: there is no setting 'red|blue'; if it is a text, put it in quotes: '{red|blue}'",
    ),
    ("prompts: [cat] dog\n", "2:10: not valid YAML: a text that begins with '[' needs quotes: '[cat] dog'"),
    # 7, 12, 13: comments where a value is
    ("prompts: #1 dad mug\n", f"2:9: prompts: expected a text, got nothing; {HIDDEN}: '#1 dad mug'"),
    (
        "filters: [{type: palette, palette: [#ff0000, #00ff00]}]\n",
        f"2:37: not valid YAML: {HIDDEN}: '#ff0000'",
    ),
    ("generator:\n  palette:\n    [red, #00ff00]\nseed: 3\n", f"4:11: not valid YAML: {HIDDEN}: '#00ff00'"),
    ("start: {colour: #fff}\n", f"2:17: not valid YAML: {HIDDEN}: '#fff'"),
    (
        "filters:\n- type: palette\n  palette:\n  - #ff0000\n",
        r"5:4: filters[0].palette[0]: expected a colour, a ramp such as red->gold\8, or a palette file, got None; "
        f"{HIDDEN}: '#ff0000'",
    ),
    # 10: tags
    ("prompts: !cat\n", "2:10: a text that begins with '!' needs quotes: '!cat'"),
    ("prompts: !cat on a mat\n", "2:10: a text that begins with '!' needs quotes: '!cat on a mat'"),
    # 11: what is not closed
    (
        'prompts: "a cat\nseed: 3\n',
        '2:10: not valid YAML: the quote " is opened here and never closed; write another " where the text ends',
    ),
    (
        "prompts: 'a cat\nabout: 'b'\n",
        "2:10: not valid YAML: the quote ' is opened here and never closed; write another ' where the text ends",
    ),
    ("prompts: [a cat\nseed: 3\n", f"2:10: not valid YAML: '[' {NOT_CLOSED} ']' at the end, or quotes around a text"),
    ("prompts: {red|blue\n", f"2:10: not valid YAML: '{{' {NOT_CLOSED} '}}' at the end, or quotes around a text"),
    # 14: no space after the colon
    ("steps:3\nseed: 4\n", "2:1: not valid YAML: after a colon comes a space; write 'steps: 3'"),
    ("seed: 4\nsteps:3\n", "3:1: not valid YAML: after a colon comes a space; write 'steps: 3'"),
    ("steps:\u00a03\nseed: 4\n", "2:1: not valid YAML: a no-break space stands after the colon; write 'steps: 3'"),
    ("\u00a0steps: 3\n", "2:1: a no-break space stands at 'steps'; write a usual one"),
    ("seed 4\nsteps: 3\n", f"2:1: not valid YAML: {NO_SETTING}"),
    # 15: two presets
    (
        "---\nseed: 3\n",
        "2:1: not valid YAML: a second preset begins here; a file holds one, so remove '---' or what follows",
    ),
    ("...\nseed: 3\n", "3:1: not valid YAML: '...' above ends the preset; remove it"),
    # 20: a text or a word is wanted
    ("prompts: 1984\n", "2:10: prompts: expected a text, got 1984; put it in quotes: '1984'"),
    ("prompts: true\n", "2:10: prompts: expected a text, got true; put it in quotes: 'true'"),
    ("prompts:\n", "2:9: prompts: expected a text, got nothing"),
    ("prompts: [a cat, 1984]\n", "2:18: prompts[1]: expected a text, got 1984; put it in quotes: '1984'"),
    ("transparent: yes\n", "2:14: transparent: expected true or false, got 'yes'"),
    ("auto_stop: on\n", "2:12: auto_stop: expected true or false, got 'on'"),
    # 21: a weight after a space
    (
        "prompts:\n - a cat: 0.5\n",
        "3:4: prompts[0]: there is no setting 'a cat'; for a text and its weight write 'a cat:0.5', without the space",
    ),
    (
        "prompts:\n - Still life: a vase\n",
        "3:4: prompts[0]: there is no setting 'Still life'; if it is a text, put it in quotes: 'Still life: a vase'",
    ),
    # 22: other programs' names
    ("negative_prompt: blurry\n", f"2:1: there is no setting 'negative_prompt'; {NEGATIVE}"),
    ("width: 640\n", f"2:1: there is no setting 'width'; {BOTH_SIDES}"),
    ("height: 640\n", f"2:1: there is no setting 'height'; {BOTH_SIDES}"),
    ("iterations: 640\n", "2:1: there is no setting 'iterations'; did you mean 'steps'?"),
    ("num_inference_steps: 20\n", "2:1: there is no setting 'num_inference_steps'; did you mean 'steps'?"),
    ("prompt: a cat\n", "2:1: there is no setting 'prompt'; did you mean 'prompts'?"),
    ("init_image: a.png\n", "2:1: there is no setting 'init_image'; did you mean 'start'?"),
    ("n: 4\n", "2:1: there is no setting 'n'; did you mean 'batch'?"),
    ("drawer: pixel\n", "2:1: there is no setting 'drawer'; did you mean 'generator'?"),
    (
        "learning_rate: 4\n",
        "2:1: there is no setting 'learning_rate'; the generator 'pixel' has it, so write it under 'generator'",
    ),
    (
        "lr: 4\n",
        "2:1: there is no setting 'lr'; it is called 'learning_rate' here: the generator 'pixel' has it, so write it "
        "under 'generator'",
    ),
    ("style: a.png\n", "2:1: there is no setting 'style'; there is a loss of that name; write losses: [{type: style}]"),
    (
        "when: end\n",
        "2:1: there is no setting 'when'; it belongs into a component that has it, such as the filter 'palette'",
    ),
    ("zzz: 3\n", f"2:1: there is no setting 'zzz'; choose from {LIKELY}"),
    (
        "generator: {steps: 3}\n",
        "2:13: generator: there is no setting 'steps'; it is a setting of the whole preset, so write it at the left "
        "edge",
    ),
    ("start: {color: red}\n", "2:9: start: there is no setting 'color'; did you mean 'colour'?"),
    # 23: one number for several
    ("generator: {type: pixel, grid: 24}\n", "2:32: generator.grid: expected a list such as [24, 24], got 24"),
    # 24: decimal commas
    (
        "losses: [{type: clip, weight: 0,5}]\n",
        "2:33: losses[0]: there is no setting '5'; a number has a point and no comma, such as 0.5",
    ),
    (
        "losses:\n- type: clip\n  weight: 0,5\n",
        "4:11: losses[0].weight: expected a number, or values at points such as {0: 1, 50%: 0.2}, got '0,5'; "
        "write 0.5, with a point",
    ),
    # 29: sizes
    ("size: 21:9\n", "2:7: size: 21:9 is a shape; say how long its longer side is, such as 21:9@336"),
    ("size: 16:9\n", "2:7: size: 16:9 is a shape; say how long its longer side is, such as 16:9@256"),
    ("size: 64, 48\n", "2:7: size: expected a size in pixels, got '64, 48'; write 64x48"),
    ("size: 64*48\n", "2:7: size: expected a size in pixels, got '64*48'; write 64x48"),
    # 41: a device that is not here
    ("device: cuda:7\n", "2:9: device: this machine has no 'cuda:7'; use auto or cpu"),
]


@pytest.mark.parametrize(("text", "line"), IN_YAML, ids=[repr(text)[:40] for text, _ in IN_YAML])
def test_a_slip_in_a_preset_is_a_line_that_says_what_to_write(artgen, tmp_path, text, line):
    (tmp_path / "p.yaml").write_text(BASE + text, encoding="utf-8")
    done = artgen("check", "p.yaml", code=2)
    assert done.stderr == f"p.yaml:{line}\n"


WHOLE = [
    # 16, 17: other encodings
    ("prompts: a caf\xe9\n".encode("latin-1"), ": not UTF-8 text (line 1), which is no preset; save it as UTF-8"),
    ("prompts: a cat\n".encode("utf-16"), ": not UTF-8 text but UTF-16, which is no preset; save it as UTF-8"),
    (b"seed: 3\nprompts: \x07\n", ":2:10: not valid YAML: the character U+0007; remove it"),
    # 18: a wrong base
    (b"extends: quikstart\n", f":1:10: extends: quikstart: {NO_FILE}; did you mean the shipped preset 'quickstart'?"),
    (b"extends: [a, b]\n", ":1:10: extends: expected the path or name of one preset, such as quickstart"),
    (b"extends: p.yaml\n", ":1:10: extends: 'p.yaml' extends itself in the end; remove the 'extends' of one of them"),
    # 19: nothing, or hardly anything
    (b"", f":1:1: it is empty; {BEGIN}"),
    (b"# later\n", f":1:1: it is empty; {BEGIN}"),
    (b"prompts: a cat\n", f":1:1: it says neither what draws nor what judges; {BEGIN}"),
    (b"steps:3\n", ":1:1: after a colon comes a space; write 'steps: 3'"),
    (b"a cat\n", ":1:1: a preset is a mapping of settings, such as 'steps: 200'"),
    (
        b"- type: clip\nsteps: 3\n",
        ":2:1: not valid YAML: the list above belongs to no setting; write one over it, such as 'losses:'",
    ),
]


@pytest.mark.parametrize(("content", "line"), WHOLE, ids=[repr(content)[:40] for content, _ in WHOLE])
def test_a_file_that_is_no_preset_is_one_mistake(artgen, tmp_path, content, line):
    (tmp_path / "p.yaml").write_bytes(content)
    assert artgen("check", "p.yaml", code=2).stderr == f"p.yaml{line}\n"


RUN = ("run", "pixel")
TYPED = [
    # 14: what was typed is what is named
    ((*RUN, "--seed", "abc"), "--seed: expected a whole number, got 'abc'"),
    ((*RUN, "--seed", "-1"), "--seed: must be at least 0, got -1"),
    ((*RUN, "--seed", "12-1"), "--seed 12-1: ends before it begins; write 1-12"),
    ((*RUN, "--seed", "1-12", "-n", "3"), "--seed 1-12: says how many pictures there are; leave out --batch"),
    ((*RUN, "--seed", "1-999"), "--seed: batch: must be at most 256, got 999"),
    ((*RUN, "--steps", "0"), "--steps: must be at least 1, got 0"),
    ((*RUN, "--prompt", ""), "--prompt: an empty prompt in ''; each part around '|' needs a text"),
    ((*RUN, "--size", "21:9"), "--size: 21:9 is a shape; say how long its longer side is, such as 21:9@336"),
    ((*RUN, "--batch", "many"), "--batch: expected a whole number, got 'many'"),
    ((*RUN, "--quality", "bets"), "--quality: there is no 'bets'; did you mean 'best'?"),
    ((*RUN, "--set", "steps=0"), "--set steps: must be at least 1, got 0"),
    ((*RUN, "--set", "size=21:9"), "--set size: 21:9 is a shape; say how long its longer side is, such as 21:9@336"),
    (("check", "pixel", "--set", "device=cuda:7"), "--set device: this machine has no 'cuda:7'; use auto or cpu"),
    # 37: flags and commands
    ((*RUN, "--promt", "x"), "artgen run: there is no option '--promt'; did you mean '--prompt'?"),
    ((*RUN, "--prompts", "x"), "artgen run: there is no option '--prompts'; did you mean '--prompt'?"),
    ((*RUN, "--device", "cpu"), "artgen run: there is no option '--device'; write --set device=..."),
    ((*RUN, "--width", "64"), "artgen run: there is no option '--width'; write --size"),
    ((*RUN, "--iterations", "9"), "artgen run: there is no option '--iterations'; write --steps"),
    ((*RUN, "--zzz"), "artgen run: there is no option '--zzz'; `artgen run --help` shows them"),
    (("weights", "list", "--jsn"), "artgen weights list: there is no option '--jsn'; did you mean '--json'?"),
    (
        (*RUN, "--prompt", "a", "red", "heart"),
        "artgen run: 'red' is a word too many; put quotes around what belongs together, or see `artgen run --help`",
    ),
    (("rnu", "quickstart"), "artgen: there is no command 'rnu'; did you mean 'run'?"),
    (
        ("quickstart",),
        "artgen: there is no command 'quickstart'; a preset is drawn by `artgen run quickstart`; see `artgen --help`",
    ),
    (
        ("score", "a.png"),
        "artgen score: needs --prompt TEXT; `artgen score --help` shows what it takes",
    ),
    (("presets", "show", "vqgn"), "no shipped preset is called 'vqgn'; did you mean 'vqgan'?"),
    (
        ("plugins", "clip"),
        "artgen plugins: there is no command 'clip'; `artgen plugins show clip` shows a component, "
        "`artgen plugins list clip` a kind of them",
    ),
    (("plugins", "lst"), "artgen plugins: there is no command 'lst'; did you mean 'list'?"),
    (("plugins", "list", "filtres"), "there is no kind 'filtres'; did you mean 'filters'?"),
    (
        ("presets", "vqgan"),
        "artgen presets: there is no command 'vqgan'; `artgen presets show vqgan` prints a preset, "
        "`artgen run vqgan` draws it",
    ),
    (("gallery",), "artgen gallery: say what to do: add, verify, build; see `artgen gallery --help`"),
    ((*RUN, "--over"), "artgen run: there is no option '--over'; did you mean '--overwrite'?"),
    ((*RUN, "--seed"), "artgen run: --seed needs a value, N; `artgen run --help` shows what it takes"),
    ((*RUN, "--seed", "--quiet"), "artgen run: --seed needs a value, N; `artgen run --help` shows what it takes"),
    ((*RUN, "--quiet=yes"), "artgen run: --quiet takes no value; `artgen run --help` shows what it takes"),
    ((*RUN, "-x"), "artgen run: there is no option '-x'; `artgen run --help` shows them"),
    ((*RUN, "--debug"), "artgen run: there is no option '--debug'; it stands before the command: `artgen --debug run`"),
    (("--debgu", "run"), "artgen: there is no option '--debgu'; did you mean '--debug'?"),
    (("check",), "artgen check: needs PRESET; `artgen check --help` shows what it takes"),
    (
        ("views", "pixel", "--step", "1", "--at", "50%"),
        "--at: says in another way what --step says; leave one of them out",
    ),
    (
        ("new", "los", "x"),
        "artgen new: KIND: there is no 'los'; did you mean 'loss'?",
    ),
    (("schema", "mine.yaml"), "mine.yaml: is told of the schema by `artgen schema --install mine.yaml`"),
    (
        ("completion", "tcsh"),
        "artgen completion: SHELL: there is no 'tcsh'; choose from bash, zsh, fish",
    ),
    (("plugins", "show", "pixl"), "no component is called 'pixl'; did you mean 'pixel'?"),
    # 38: a picture that cannot be written
    ((*RUN, "--out", "x.gif"), "x.gif: cannot be written as '.gif'; choose .png, .webp, .jpg, .jpeg"),
    # 42: folders and files that are no preset
    (("run", ""), "PRESET: is empty; name a preset's file, or a shipped one, such as quickstart"),
    (("run", "empty"), "empty: is a folder, and none of a run; name a preset file in it, or the folder of a run"),
    (("run", "begun"), "begun: is a run that is not finished; go on with `artgen run --resume begun`"),
    (("run", "zebra"), f"zebra: {NO_FILE}; `artgen presets` lists the shipped ones"),
    (("search", "a cat"), "FOLDER: there is no folder 'runs' here; say which folder to search"),
    (("views", "quickstart", "--image", "no.png"), "no.png: there is no such file"),
    # names of components
    (
        ("check", "pixel", "--set", "generator={type: stablediffusion}"),
        "--set generator: no generator is called 'stablediffusion'; did you mean 'latent_diffusion'?",
    ),
]


@pytest.mark.parametrize(("words", "line"), TYPED, ids=[" ".join(words)[-40:] for words, _ in TYPED])
def test_a_slip_on_the_command_line_is_a_line(artgen, tmp_path, words, line):
    (tmp_path / "empty").mkdir()
    (tmp_path / "begun").mkdir()
    (tmp_path / "begun" / "run.json").write_text("{}")
    done = artgen(*words, code=2)
    assert (done.stdout, done.stderr) == ("", f"{line}\n")


def test_a_comment_within_a_text_is_asked_about(artgen, tmp_path):
    (tmp_path / "p.yaml").write_text(BASE + "prompts: a mug #1 dad\nseed: 3 #later\nabout: mine # my own\n")
    done = artgen("check", "p.yaml", code=0)
    what = "'#1 dad' is read as a comment, and not as a part of the text"
    advice = "put the whole text in quotes, or a space after the '#'"
    assert done.stderr == f"p.yaml:2:10: prompts: {what}; {advice}\n"


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ("start=#f00", "colour: '#ff0000'"),
        ("prompts=a mug #1 dad", "text: 'a mug #1 dad'"),
        ("filters=[{type: palette, palette: ['#f00', red->gold\\4]}]", "- '#ff0000'"),
    ],
)
def test_a_number_sign_on_the_command_line_is_no_comment(artgen, change, line):
    shown = artgen("check", "pixel", "--resolved", "--set", change, code=0).stdout
    assert line in [row.strip().removeprefix("- ") if "text" in line else row.strip() for row in shown.splitlines()]


def test_a_seed_with_a_nought_before_it_is_a_number(artgen, tmp_path):
    (tmp_path / "p.yaml").write_text(BASE + "seed: 010\n")
    assert "seed: 10" in artgen("check", "p.yaml", "--resolved", code=0).stdout
