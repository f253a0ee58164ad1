"""Signatures by C2PA: who says of a picture that a program made it, and by which recipe; the extra ``artgen[c2pa]``.

The manifest (C2PA specification 2.2) has the action ``c2pa.created`` with IPTC's digital source type, and the assertion
``artgen.recipe`` with the sha256 of the recipe's text, byte for byte as it stands in the picture. The signature covers
the whole file besides itself. Nothing is asked of the network, so there is no time stamp: it holds as long as the
certificate does.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from artgen.errors import InputError, one_line, shown
from artgen.files import read_bytes
from artgen.recipe import embedded
from artgen.recipe.source_type import source_type
from artgen.version import own_version

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

ASSERTION = "artgen.recipe"
"""What the assertion about the recipe is called."""
_MOST = 1 << 16
"""Bytes of a key, or of a chain of certificates."""
_CURVES = {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}
_SETTINGS = {
    "builder": {"thumbnail": {"enabled": False}},
    "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False, "verify_trust": False},
}


class Identity(NamedTuple):
    """Who signs."""

    algorithm: str
    """As C2PA calls it (13.2): es256, es384, es512, ps256 or ed25519."""
    key: bytes
    """The private key: PEM, PKCS #8, without a password."""
    chain: bytes
    """PEM: the signer's certificate, and those that vouch for it."""


def identity(key: Path, chain: Path) -> Identity:
    """The signer of a private key and a chain of certificates, both PEM.

    Raises:
        InputError: if a package is missing, or they are none that C2PA signs with; in one line.
    """
    if find_spec("c2pa") is None or find_spec("cryptography") is None:
        raise InputError('a signature needs two more packages; pip install "artgen[c2pa]"')
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization

    private = _private_key(key)
    text = read_bytes(chain, _MOST, "chain of certificates", shown(chain))
    try:
        first = x509.load_pem_x509_certificates(text)[0]
    except ValueError:
        raise InputError(f"{shown(chain)}: no certificates in PEM; put the signer's first, then its issuer's") from None
    if first.public_key() != private.public_key():
        raise InputError(f"{shown(key)}: is not the key of the first certificate in {shown(chain)}")
    pkcs8 = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return Identity(_algorithm(private, key), pkcs8, text)


def _private_key(path: Path) -> PrivateKeyTypes:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    data = read_bytes(path, _MOST, "private key", shown(path))
    try:
        return load_pem_private_key(data, None)
    except TypeError:
        advice = "write it without, by `openssl pkey`"
        raise InputError(f"{shown(path)}: the key has a password, which is not asked for; {advice}") from None
    except (ValueError, UnsupportedAlgorithm):
        raise InputError(f"{shown(path)}: no private key in PEM") from None


def _algorithm(key: PrivateKeyTypes, path: Path) -> str:
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    if isinstance(key, ed25519.Ed25519PrivateKey):
        return "ed25519"
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size >= 2048:
        return "ps256"
    found = _CURVES.get(key.curve.name) if isinstance(key, ec.EllipticCurvePrivateKey) else None
    if found is None:
        kinds = "P-256, P-384, P-521, Ed25519, or RSA of 2048 bits and more"
        raise InputError(f"{shown(path)}: C2PA does not sign with a key of this kind; make one of {kinds}")
    return found


def signed(data: bytes, recipe: Mapping[str, Any], signer: Identity, name: str) -> bytes:
    """A PNG, WebP or JPEG file's bytes with the manifest in them; pixels, recipe and XMP stay.

    Args:
        data: the file; an older manifest in it is replaced.
        recipe: the recipe that it carries.
        signer: who signs.
        name: the title that the manifest gives it.

    Raises:
        InputError: if C2PA's library does not take the file or the certificate, such as an expired one; in one line.
    """
    import c2pa

    kind, file = mime_type(data), io.BytesIO()
    try:
        context = c2pa.Context.from_dict(_SETTINGS)
        info = c2pa.C2paSignerInfo(signer.algorithm, signer.chain, signer.key, None)
        with c2pa.Signer.from_info(info) as by, c2pa.Builder(_manifest(data, recipe, name), context=context) as builder:
            builder.sign(by, kind, io.BytesIO(data), file)
    except c2pa.C2paError as error:
        advice = "`artgen sign --help` says which certificates do"
        raise InputError(f"{name}: could not be signed ({one_line(error, 300)}); {advice}") from None
    return file.getvalue()


def mime_type(data: bytes) -> str:
    """image/png, image/jpeg or image/webp, by how a file that carries a recipe begins."""
    if data.startswith(embedded.PNG):
        return "image/png"
    return "image/jpeg" if data.startswith(embedded.JPEG) else "image/webp"


def _manifest(data: bytes, recipe: Mapping[str, Any], name: str) -> dict[str, Any]:
    tool = {"name": "artgen", "version": own_version()}
    created = {"action": "c2pa.created", "digitalSourceType": source_type(recipe), "softwareAgent": tool}
    text = embedded.text(data) or ""
    digest = {"alg": "sha256", "hash": hashlib.sha256(text.encode()).hexdigest()}
    return {
        "title": name,
        "format": mime_type(data),
        "claim_generator_info": [tool],
        "assertions": [
            {"label": "c2pa.actions.v2", "data": {"actions": [created]}},
            {"label": ASSERTION, "data": digest},
        ],
    }
