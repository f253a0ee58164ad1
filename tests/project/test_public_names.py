"""The names of the package are there, light, and typed."""

import subprocess
import sys

import pytest

import artgen as package

HEAVY = ("torch", "kornia", "open_clip", "timm", "diffusers", "transformers", "matplotlib", "IPython")


def test_the_public_names_are_there_and_light():
    drawing = {"FinishedPicture", "Run", "Verdict", "finish", "plan", "replay", "resume", "run", "steps"}
    filming = {"FilmResult", "FrameEvent", "film", "resume_film", "sweep"}
    names = [name for name in package.__all__ if name not in drawing | filming]
    program = (
        f"import sys; sys.modules.update(dict.fromkeys({HEAVY})); import artgen;"
        f"[getattr(artgen, name) for name in {names}]; assert set(artgen.__all__) <= set(dir(artgen));"
        "print(artgen.load('quickstart', seed=3)._repr_html_())"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "<b>seed:</b> 3" in done.stdout
    assert all(getattr(package, name) is not None for name in package.__all__)


@pytest.mark.slow
def test_a_users_script_passes_a_strict_type_check(tmp_path):
    (tmp_path / "right.py").write_text(
        "from pathlib import Path\n"
        "from typing import assert_type\n"
        "from PIL import Image\n"
        "import artgen\n"
        "def draw(seed: int) -> Path:\n"
        "    preset = artgen.load('quickstart', ['losses.smoothness.weight=0.5'], seed=seed)\n"
        "    assert_type(preset, artgen.Preset)\n"
        "    run = artgen.steps(preset)\n"
        "    for event in run:\n"
        "        assert_type(event, artgen.StepEvent)\n"
        "        assert_type(event.losses.get('clip'), float | None)\n"
        "    assert_type(run.result, artgen.Result)\n"
        "    assert_type(artgen.run(Path('a.yaml'), on_step=print, show=False), artgen.Result)\n"
        "    assert_type(run.result.image, Image.Image)\n"
        "    return run.result.save('x.png', picture=1)\n"
    )
    (tmp_path / "wrong.py").write_text("import artgen\nartgen.run('quickstart', onstep=print)\nartgen.load(3)\n")
    # Torch's own types are not the matter here and take most of the time.
    (tmp_path / "mypy.ini").write_text("[mypy]\nstrict = true\n[mypy-torch.*]\nfollow_imports = skip\n")
    command = [sys.executable, "-m", "mypy", "--config-file", "mypy.ini", "right.py", "wrong.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    assert [line.partition(": ")[0] for line in lines if ": error: " in line] == ["wrong.py:2", "wrong.py:3"], lines
