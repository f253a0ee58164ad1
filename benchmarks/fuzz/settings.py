"""Presets, `--set`, Pixray's settings, palettes: text that becomes data."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from random import Random
from typing import Any

import yaml

from benchmarks.fuzz import damage
from benchmarks.fuzz.watch import Undocumented, command

ROOT = Path(__file__).parents[2]
_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def reshaped(random: Random, text: str) -> str:
    """A YAML text with one damage to its data, or to its letters."""
    if random.random() < 0.7:
        try:
            return str(yaml.dump(damage.tree(random, yaml.load(text, _LOADER)), Dumper=_DUMPER, allow_unicode=True))
        except (yaml.YAMLError, RecursionError, ValueError, TypeError, OverflowError, UnicodeError):
            pass
    return damage.text(random, text)


def write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", errors="surrogatepass")


MAX_ARGUMENT = 1 << 17


class Presets:
    """Files of settings, as `check --resolved` reads them; what it prints must be read back as the same."""

    def __init__(self, folder: Path) -> None:
        sources = [*(ROOT / "presets").glob("*.yaml"), *(ROOT / "docs" / "examples").glob("*.yaml")]
        self._texts = [path.read_text(encoding="utf-8") for path in sorted(sources)]

    def base(self, random: Random) -> str:
        return random.choice(self._texts)

    def damage(self, random: Random, found: str) -> str:
        return reshaped(random, found)

    def attempt(self, found: str) -> None:
        write(Path("p.yaml"), found)
        said = command("check", "p.yaml", "--resolved")
        if said.code == 0:
            write(Path("resolved.yaml"), said.out)
            again = command("check", "resolved.yaml")
            if again.code:
                raise Undocumented("check: refuses what --resolved prints")

    def keep(self, found: str, folder: Path) -> None:
        write(folder / "p.yaml", found)


class Overrides:
    """``--set KEY.PATH=VALUE``."""

    _BASES = (
        "steps=20",
        "size=64",
        "prompts=a cat",
        "prompts[0].weight=0.5",
        "generator.grid=[8, 8]",
        "losses.clip.weight={0: 1, 50%: 2}",
        "perceptors.clip.type=open_clip",
        "views[0].count=3",
        "filters=[{type: palette, palette: ['#fff', red]}]",
        "quality=draft",
        "seed=null",
        "start.colour=red",
    )

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def base(self, random: Random) -> list[str]:
        return [random.choice(self._BASES) for _ in range(random.choice((1, 1, 2, 4)))]

    def damage(self, random: Random, found: list[str]) -> list[str]:
        at = random.randrange(len(found))
        key, _, value = found[at].partition("=")
        match random.randrange(5):
            case 0:
                new = f"{key}={damage.shown(damage.value(random))}"
            case 1:
                new = f"{damage.text(random, key)}={value}"
            case 2:
                new = f"{'.'.join([key] * random.choice((2, 20, 2000)))}={value}"
            case 3:
                new = f"{key}={'[' * random.choice((2, 50, 5000))}{value}"
            case _:
                new = damage.text(random, found[at])
        # Linux gives no program a longer argument.
        return [*found[:at], new[:MAX_ARGUMENT], *found[at + 1 :]]

    def attempt(self, found: list[str]) -> None:
        # No argument of a program can hold a NUL.
        command("check", "pixel", "--resolved", *(f"--set={text}".replace("\0", "") for text in found))

    def keep(self, found: list[str], folder: Path) -> None:
        write(folder / "set.txt", "\n".join(map(repr, found)))


_PIXRAY: dict[str, Any] = {
    "prompts": "a tree:2 | a house",
    "drawer": "pixel",
    "size": [144, 81],
    "pixel_size": [36, 20],
    "quality": "draft",
    "iterations": 200,
    "learning_rate": 0.1,
    "learning_rate_drops": [75, 90],
    "num_cuts": 32,
    "clip_models": "ViT-B/32,RN50",
    "target_palette": ["red", "#00ff00", [1, 2, 3]],
    "init_noise": "pixels",
    "init_image": "p.png",
    "custom_loss": "saturation:2,symmetry",
    "filters": "wallpaper",
    "palette": "black->white",
    "seed": "hello",
    "transparent": True,
    "alpha_use_g": 0.5,
    "vqgan_model": "imagenet_f16_16384",
    "animation_dir": "x",
    "save_every": 10,
    "spot_prompts": "a dot",
    "noise_prompt_weights": [1],
    "overlay_every": 10,
}


class Imports:
    """Pixray's settings; what is written must be a preset that `check` takes."""

    def __init__(self, folder: Path) -> None:
        from PIL import Image

        Image.new("RGB", (8, 8), "red").save(folder / "p.png")

    def base(self, random: Random) -> str:
        names = random.sample(sorted(_PIXRAY), random.randrange(2, 10))
        return str(yaml.safe_dump({"prompts": "a tree"} | {name: _PIXRAY[name] for name in names}))

    def damage(self, random: Random, found: str) -> str:
        return reshaped(random, found)

    def attempt(self, found: str) -> None:
        write(Path("settings.yaml"), found)
        said = command("import-pixray", "settings.yaml", "--embedded", "--out", "made.yaml", "--overwrite")
        if said.code == 0 and command("check", "made.yaml").code:
            raise Undocumented("import-pixray: writes a preset that check refuses")

    def keep(self, found: str, folder: Path) -> None:
        write(folder / "settings.yaml", found)


def zipped(name: str, data: bytes) -> bytes:
    """A zip of one file."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return held.getvalue()


class Palettes:
    """Files of colours, as a filter's `palette` names them."""

    _BASES = (
        ("x.gpl", b"GIMP Palette\nName: x\nColumns: 4\n#\n255 0 0 red\n  0 255   0\tgreen\n1 2 3\n"),
        ("x.hex", b"ff0000\n00ff00\n0000ff\n"),
        ("x.act", bytes(range(256)) * 3 + b"\x00\x10\xff\xff"),
        ("x.gpl", b"GIMP Palette\nChannels: RGBA\n#\n255 0 0 255 red\n1 2 3 0 clear\n"),
        ("x.pal", b"JASC-PAL\r\n0100\r\n2\r\n255 0 0\r\n1 2 3\r\n"),
        ("x.pal", b"RIFF\x18\0\0\0PAL data\x0c\0\0\0\0\3\2\0\xff\0\0\0\1\2\3\0"),
        ("x.txt", b";paint.net Palette File\nFFff0000\n80010203\n"),
        ("x.ase", b"ASEF\0\1\0\0\0\0\0\1\0\1\0\0\0\x16\0\1\0\0RGB " + b"\x3f\x80\0\0" * 3 + b"\0\2"),
        ("x.aco", b"\0\1\0\2\0\0\xff\xff\0\0\0\0\0\0\0\7\x27\x10\xff\0\1\0\0\0"),
        ("x.swatches", zipped("Swatches.json", b'[{"swatches":[{"hue":0.5,"saturation":1,"brightness":1},null]}]')),
    )

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def base(self, random: Random) -> tuple[str, bytes]:
        return random.choice(self._BASES)

    def damage(self, random: Random, found: tuple[str, bytes]) -> tuple[str, bytes]:
        if random.random() < 0.1:
            return random.choice(self._BASES)[0], found[1]
        if random.random() < 0.3:
            text = damage.text(random, found[1].decode("latin-1"))
            return found[0], text.encode("utf-8", "surrogatepass")
        return found[0], damage.raw(random, found[1])

    def attempt(self, found: tuple[str, bytes]) -> None:
        Path(found[0]).write_bytes(found[1])
        filters = [{"type": "palette", "palette": found[0]}]
        write(Path("p.yaml"), yaml.safe_dump({"extends": "pixel", "filters": filters}))
        command("check", "p.yaml", "--resolved")

    def keep(self, found: tuple[str, bytes], folder: Path) -> None:
        (folder / found[0]).write_bytes(found[1])
