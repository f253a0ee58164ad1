"""Sign a picture and its recipe, so that changes show: Content Credentials, by C2PA.

    artgen sign fish.png fish-signed.png --key key.pem --certificate chain.pem

OUT is the same file with a signed manifest in it: that a program made it, which, and the sha256 of its recipe. Any
reader of C2PA shows who signed, and whether a byte has changed since; `artgen replay` reads the recipe as ever. What
saves the picture again, `artgen export` too, loses the signature. Needs `pip install "artgen[c2pa]"`, and a certificate
for signatures of documents or of e-mail, with its issuer's below it. Nothing is sent anywhere.
"""

from __future__ import annotations

from pathlib import Path

import click

from artgen.cli import common, printing
from artgen.cli.base import Subcommand
from artgen.cli.types import ANY_FILE
from artgen.cli.types import PICTURE as PICTURE_FILE

CHAIN = "PEM: the signer's certificate, then those that vouch for it"


@click.command(cls=Subcommand, help=__doc__)
@common.made_argument("made", "PICTURE")
@common.argument("out", "the file to write, of the same format", type=PICTURE_FILE)
@click.option("--key", type=ANY_FILE, metavar="FILE", required=True, help="the private key: PEM, no password")
@click.option("--certificate", type=ANY_FILE, metavar="FILE", required=True, help=CHAIN)
@common.overwrite("let OUT be replaced")
def command(made: Path, out: Path, key: Path, certificate: Path, overwrite: bool) -> None:
    from artgen.errors import InputError
    from artgen.fields.paths import PICTURE
    from artgen.files import atomic_path, refuse_overwriting
    from artgen.picture import decoding
    from artgen.picture.hashing import is_as_written
    from artgen.recipe import metadata, signing

    refuse_overwriting(out, overwrite, "another name")
    source = made / PICTURE if made.is_dir() else made
    signer = signing.identity(key, certificate)
    recipe, data = metadata.read(source), decoding.content(source)
    kind = metadata.options(out, None)["format"]
    if signing.mime_type(data) != f"image/{kind.lower()}":
        raise InputError(f"{out}: {source} has another format; sign what `artgen export` makes of it")
    if not is_as_written(decoding.decode(data, source), recipe.get("pixels")):
        if kind != "JPEG":
            raise InputError(f"{source}: has other pixels than its recipe tells of; sign the picture as it was made")
        printing.note(f"{source}: is a JPEG, so that nobody has checked that its recipe made it; a replay does")
    content = signing.signed(data, recipe, signer, out.name)
    with atomic_path(out, "choose another place") as temporary:
        temporary.write_bytes(content)
    printing.say_path(out)
