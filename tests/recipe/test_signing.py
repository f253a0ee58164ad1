"""Signatures by C2PA, made with keys of our own and read back by C2PA's library."""

import datetime
import hashlib
import io
import sys
import zlib

import pytest
from PIL import Image

import artgen as package
from artgen.recipe import embedded, metadata
from artgen.recipe.source_type import source_type
from tests.helpers.pictures import again

c2pa = pytest.importorskip("c2pa")
x509 = pytest.importorskip("cryptography.x509")
from cryptography.hazmat.primitives import hashes, serialization  # noqa: E402
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa  # noqa: E402

SUFFIXES = {".png": "image/png", ".webp": "image/webp", ".jpg": "image/jpeg"}
NOW = datetime.datetime.now(datetime.UTC)


def name(text):
    kinds = (x509.NameOID.COMMON_NAME, x509.NameOID.ORGANIZATION_NAME)
    return x509.Name([x509.NameAttribute(kind, text) for kind in kinds])


def certificate(subject, key, issuer, issuer_key, days=2):
    """As C2PA wants one (specification 2.2, 14.5): for the root if it is its own issuer, else for signatures."""
    is_root = subject == issuer
    made = (
        x509.CertificateBuilder(name(issuer), name(subject), key.public_key(), x509.random_serial_number())
        .not_valid_before(NOW - datetime.timedelta(days=9))
        .not_valid_after(NOW + datetime.timedelta(days=days))
        .add_extension(x509.BasicConstraints(is_root, None), critical=True)
        .add_extension(
            x509.KeyUsage(not is_root, False, False, False, False, is_root, is_root, False, False), critical=True
        )
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )
    if not is_root:
        made = made.add_extension(x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=True)
    return made.sign(issuer_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def write_key(path, key, password=None, kind=serialization.PrivateFormat.PKCS8):
    lock = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    path.write_bytes(key.private_bytes(serialization.Encoding.PEM, kind, lock))


ROOT_KEY = ec.generate_private_key(ec.SECP256R1())
ROOT = certificate("root", ROOT_KEY, "root", ROOT_KEY)
KEYS = {
    "P-256": ec.generate_private_key(ec.SECP256R1()),
    "P-384": ec.generate_private_key(ec.SECP384R1()),
    "P-521": ec.generate_private_key(ec.SECP521R1()),
    "Ed25519": ed25519.Ed25519PrivateKey.generate(),
    "RSA": rsa.generate_private_key(65537, 2048),
}


@pytest.fixture
def who(tmp_path):
    """The options that sign with a key: ``who("P-384")``."""

    def written(kind="P-256", days=2):
        write_key(tmp_path / "key.pem", KEYS[kind])
        (tmp_path / "chain.pem").write_bytes(certificate("signer", KEYS[kind], "root", ROOT_KEY, days) + ROOT)
        return "--key", "key.pem", "--certificate", "chain.pem"

    return written


def verdict(data, kind="image/png"):
    """What C2PA's library finds, where the root is trusted: its word, what failed, and the manifest."""
    trusting = {"trust": {"trust_anchors": ROOT.decode()}, "verify": {"verify_trust": True}}
    with c2pa.Context.from_dict(trusting) as context, c2pa.Reader(kind, io.BytesIO(data), context=context) as reader:
        failed = {found["code"] for found in reader.get_validation_results()["activeManifest"]["failure"]}
        return reader.get_validation_state(), failed, reader.get_active_manifest()


@pytest.mark.parametrize("kind", KEYS)
def test_a_signature_by_every_kind_of_key_is_trusted(artgen, tmp_path, made, who, kind):
    assert artgen("sign", made, "signed.png", *who(kind), code=0).stdout.strip() == "signed.png"
    assert verdict((tmp_path / "signed.png").read_bytes())[:2] == ("Trusted", set())


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_manifest_says_what_the_picture_says(artgen, tmp_path, flat, who, suffix):
    path = package.run(flat).save(tmp_path / f"picture{suffix}")
    artgen("sign", path, f"signed{suffix}", *who(), code=0)
    data = (tmp_path / f"signed{suffix}").read_bytes()
    state, _, manifest = verdict(data, SUFFIXES[suffix])
    assert state == "Trusted"
    assert manifest["title"] == f"signed{suffix}"
    said = {one["label"]: one["data"] for one in manifest["assertions"]}
    [action] = said["c2pa.actions.v2"]["actions"]
    assert action["action"] == "c2pa.created"
    assert action["digitalSourceType"] == source_type(metadata.read(path))
    text = embedded.text(path.read_bytes())
    assert said["artgen.recipe"] == {"alg": "sha256", "hash": hashlib.sha256(text.encode()).hexdigest()}


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_pixels_recipe_and_xmp_stay(artgen, tmp_path, flat, who, suffix):
    path = package.run(flat).save(tmp_path / f"picture{suffix}")
    artgen("sign", path, f"signed{suffix}", *who(), code=0)
    with Image.open(path) as before, Image.open(tmp_path / f"signed{suffix}") as after:
        assert before.tobytes() == after.tobytes()
        assert before.getxmp() == after.getxmp() != {}
    assert metadata.read(tmp_path / f"signed{suffix}") == metadata.read(path)
    assert again(tmp_path / f"signed{suffix}").word == "identical"


def test_a_changed_pixel_shows(artgen, tmp_path, made, who):
    artgen("sign", made, "signed.png", *who(), code=0)
    data = (tmp_path / "signed.png").read_bytes()
    with Image.open(tmp_path / "signed.png") as picture:
        picture.load()
        picture.putpixel((3, 3), (255, 0, 255))
        other = io.BytesIO()
        picture.save(other, "PNG")
    changed = replaced(data, b"IDAT", chunks(other.getvalue())[b"IDAT"])
    with Image.open(io.BytesIO(changed)) as picture:
        assert picture.getpixel((3, 3)) == (255, 0, 255)
    assert verdict(changed)[:2] == ("Invalid", {"assertion.dataHash.mismatch"})


def test_a_changed_recipe_shows(artgen, tmp_path, made, who):
    artgen("sign", made, "signed.png", *who(), code=0)
    data = (tmp_path / "signed.png").read_bytes()
    text = chunks(data)[b"tEXt"]
    changed = replaced(data, b"tEXt", text.replace(b"a cat", b"a dog"))
    assert changed != data
    assert verdict(changed)[:2] == ("Invalid", {"assertion.dataHash.mismatch"})


def chunks(png):
    """The bodies of a PNG's parts, the last of each kind."""
    found, place = {}, 8
    while place < len(png):
        length = int.from_bytes(png[place : place + 4], "big")
        found[png[place + 4 : place + 8]] = png[place + 8 : place + 8 + length]
        place += 12 + length
    return found


def replaced(png, kind, body):
    old = chunks(png)[kind]
    place = png.index(kind + old) - 4
    part = len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")
    return png[:place] + part + png[place + 12 + len(old) :]


def test_an_export_has_no_signature(artgen, tmp_path, made, who):
    artgen("sign", made, "signed.png", *who(), code=0)
    artgen("export", "signed.png", "plain.png", "--no-recipe", code=0)
    assert b"c2pa" not in (tmp_path / "plain.png").read_bytes()


def test_an_older_signature_is_replaced(artgen, tmp_path, made, who):
    artgen("sign", made, "signed.png", *who(), code=0)
    artgen("sign", "signed.png", "signed.png", *who("Ed25519"), "--overwrite", code=0)
    state, _, manifest = verdict((tmp_path / "signed.png").read_bytes())
    assert (state, manifest["signature_info"]["alg"]) == ("Trusted", "Ed25519")


def test_what_has_no_recipe_is_not_signed(artgen, tmp_path, who):
    Image.new("RGB", (4, 4)).save(tmp_path / "mine.png")
    assert "carries no artgen recipe" in artgen("sign", "mine.png", "out.png", *who(), code=2).stderr


def test_a_picture_that_the_recipe_did_not_make_is_not_signed(artgen, tmp_path, made, who):
    Image.new("RGB", (12, 10)).save(tmp_path / "painted.png", **metadata.options(made, metadata.read(made)))
    done = artgen("sign", "painted.png", "out.png", *who(), code=2)
    assert "other pixels than its recipe tells of" in done.stderr
    assert not (tmp_path / "out.png").exists()


@pytest.mark.parametrize(
    ("target", "message"),
    [("picture.png", "is there already"), ("x.webp", "has another format"), ("x.gif", "cannot be written as '.gif'")],
)
def test_a_target_that_cannot_be_is_one_line(artgen, made, who, target, message):
    done = artgen("sign", made, target, *who(), code=2)
    assert message in done.stderr
    assert done.stderr.count("\n") == 1


def test_an_expired_certificate_signs_nothing(artgen, tmp_path, made, who):
    done = artgen("sign", made, "out.png", *who(days=-1), code=2)
    assert "not valid at time of signing" in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "out.png").exists()


def other_key(folder):
    write_key(folder / "key.pem", KEYS["P-384"])


def locked_key(folder):
    write_key(folder / "key.pem", KEYS["P-256"], password=b"secret")


def weak_key(folder):
    key = ec.generate_private_key(ec.SECP256K1())
    write_key(folder / "key.pem", key)
    (folder / "chain.pem").write_bytes(certificate("signer", key, "root", ROOT_KEY))


def swapped(folder):
    (folder / "chain.pem").write_bytes((folder / "key.pem").read_bytes())


def self_signed(folder):
    write_key(folder / "key.pem", ROOT_KEY)
    (folder / "chain.pem").write_bytes(ROOT)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (other_key, "is not the key of the first certificate"),
        (locked_key, "has a password"),
        (weak_key, "does not sign with a key of this kind"),
        (swapped, "no certificates in PEM"),
        (self_signed, "self-signed"),
        (lambda folder: (folder / "key.pem").write_text("nothing"), "no private key in PEM"),
        (lambda folder: (folder / "key.pem").write_bytes(b"x" * 100_000), "key.pem: "),
        (lambda folder: (folder / "chain.pem").unlink(), "chain.pem: "),
    ],
)
def test_a_signer_that_cannot_be_is_one_line(artgen, tmp_path, made, who, spoil, message):
    words = who()
    spoil(tmp_path)
    done = artgen("sign", made, "out.png", *words, code=2)
    assert message in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "out.png").exists()


def test_a_key_as_openssl_writes_it_signs(artgen, tmp_path, made, who):
    words = who()
    write_key(tmp_path / "key.pem", KEYS["P-256"], kind=serialization.PrivateFormat.TraditionalOpenSSL)
    artgen("sign", made, "signed.png", *words, code=0)
    assert verdict((tmp_path / "signed.png").read_bytes())[0] == "Trusted"


def test_the_missing_extra_is_named(artgen, made, who, monkeypatch):
    monkeypatch.setitem(sys.modules, "c2pa", None)
    done = artgen("sign", made, "out.png", *who(), code=2)
    assert 'pip install "artgen[c2pa]"' in done.stderr
