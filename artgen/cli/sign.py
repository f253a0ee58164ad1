"""Sign a picture and its recipe, so that changes show: Content Credentials, by C2PA.

    artgen sign fish.png fish-signed.png --key key.pem --certificate chain.pem

OUT is the same file with a signed manifest in it: that a program made it, which, and the sha256 of its recipe. Any
reader of C2PA shows who signed, and whether a byte has changed since; `artgen replay` reads the recipe as ever. What
saves the picture again, `artgen export` too, loses the signature. Needs `pip install "artgen[c2pa]"`, and a certificate
for signatures of documents or of e-mail, with its issuer's below it. Nothing is sent anywhere.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from artgen.cli import common


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "source", type=Path, metavar="PICTURE", help="a picture that artgen made, or the folder of a run"
    )
    parser.add_argument("target", type=Path, metavar="OUT", help="the file to write, of the same format")
    parser.add_argument("--key", type=Path, metavar="FILE", required=True, help="the private key: PEM, no password")
    chain = "PEM: the signer's certificate, then those that vouch for it"
    parser.add_argument("--certificate", type=Path, metavar="FILE", required=True, help=chain)
    common.add_overwrite(parser, "let OUT be replaced")


def main(given: argparse.Namespace) -> int:
    from artgen.errors import InputError
    from artgen.fields.paths import PICTURE
    from artgen.files import atomic_path, refuse_overwriting
    from artgen.picture import decoding
    from artgen.picture.hashing import is_as_written
    from artgen.recipe import metadata, signing

    refuse_overwriting(given.target, given.overwrite, "another name")
    source = given.source / PICTURE if given.source.is_dir() else given.source
    signer = signing.identity(given.key, given.certificate)
    recipe, data = metadata.read(source), decoding.content(source)
    kind = metadata.options(given.target, None)["format"]
    if signing.mime_type(data) != f"image/{kind.lower()}":
        raise InputError(f"{given.target}: {source} has another format; sign what `artgen export` makes of it")
    if not is_as_written(decoding.decode(data, source), recipe.get("pixels")):
        if kind != "JPEG":
            raise InputError(f"{source}: has other pixels than its recipe tells of; sign the picture as it was made")
        common.note(f"{source}: is a JPEG, so that nobody has checked that its recipe made it; a replay does")
    content = signing.signed(data, recipe, signer, given.target.name)
    with atomic_path(given.target, "choose another place") as temporary:
        temporary.write_bytes(content)
    common.say_path(given.target)
    return 0
