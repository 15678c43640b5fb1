"""A certificate authority of one's own, for a server that phones in the same network reach.

Phones give a page its microphone, motion, Bluetooth and an installed app only over https, and no
public authority signs a name that exists in one home. So this machine signs its own certificate,
and each phone is told once to trust the authority. Whoever holds ``ca.key`` could pretend to be
any site to those phones: it stays on this machine, readable by its owner alone.
"""

import socket
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from ..store import disk

# Apple refuses server certificates of more than 825 days even of own authorities; a short life
# with early renewal also finds out that renewal works.
SERVER_FOR, RENEW_BEFORE = timedelta(days=90), timedelta(days=30)
AUTHORITY_FOR = timedelta(days=3650)
#: Clocks of phones are not exact.
EARLIER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Files:
    """Where the authority, and the server's certificate and key, lie."""

    folder: Path

    @property
    def authority(self) -> Path:
        """The authority's certificate, which phones are to trust."""
        return self.folder / "ca.pem"

    @property
    def certificate(self) -> Path:
        """The server's certificate."""
        return self.folder / "server.pem"

    @property
    def key(self) -> Path:
        """The server's key."""
        return self.folder / "server.key"


def renewed(folder: Path, names: Iterable[str], now: datetime) -> bool:
    """Make what is missing, and the server's certificate anew where it is late or of other names.

    ``names`` are host names and addresses. Returns whether the certificate is a new one.
    """
    files = Files(folder)
    wanted = sorted(set(names))
    disk.make_folder(folder)
    with disk.alone(folder / "lock"):
        if not files.authority.is_file():
            _make_authority(files, now)
        if _is_fit(files, wanted, now):
            return False
        _make_certificate(files, wanted, now)
        return True


def own_names(hosts: Iterable[str] = ()) -> list[str]:
    """Return the names and addresses by which this machine is reached in its network."""
    host = socket.gethostname().split(".")[0].lower()
    found = {"localhost", "127.0.0.1", host, f"{host}.local", *(h.lower() for h in hosts)}
    return sorted(found | addresses())


def addresses() -> set[str]:
    """Return this machine's own addresses in its networks; empty without any."""
    found = set()
    for family, far in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        # No packet is sent: the system only says from which address one would be.
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect((far, 9))
            except OSError:
                continue
            found.add(str(probe.getsockname()[0]))
    return {
        a for a in found if not ip_address(a).is_link_local and not ip_address(a).is_unspecified
    }


def _is_fit(files: Files, wanted: list[str], now: datetime) -> bool:
    if not (files.certificate.is_file() and files.key.is_file()):
        return False
    known = x509.load_pem_x509_certificate(files.certificate.read_bytes())
    authority = x509.load_pem_x509_certificate(files.authority.read_bytes())
    try:
        known.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):  # of an earlier authority
        return False
    names = known.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    said = sorted(str(name.value) for name in names)
    return said == wanted and known.not_valid_after_utc - now > RENEW_BEFORE


def _make_authority(files: Files, now: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    host = socket.gethostname()[:40]
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"catfoot on {host}")])
    certificate = (
        _builder(name, name, key.public_key(), now, AUTHORITY_FOR)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    _keep_secret(files.folder / "ca.key", key)
    disk.write_file(files.authority, certificate.public_bytes(serialization.Encoding.PEM))


def _make_certificate(files: Files, wanted: list[str], now: datetime) -> None:
    authority = x509.load_pem_x509_certificate(files.authority.read_bytes())
    signing = serialization.load_pem_private_key((files.folder / "ca.key").read_bytes(), None)
    assert isinstance(signing, ec.EllipticCurvePrivateKey)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "catfoot")])
    certificate = (
        _builder(name, authority.subject, key.public_key(), now, SERVER_FOR)
        .add_extension(x509.SubjectAlternativeName([_name(n) for n in wanted]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()),
            critical=False,
        )
        .sign(signing, hashes.SHA256())
    )
    _keep_secret(files.key, key)
    disk.write_file(files.certificate, certificate.public_bytes(serialization.Encoding.PEM))


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    now: datetime,
    lasts: timedelta,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - EARLIER)
        .not_valid_after(now + lasts)
    )


def _name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates, key_cert_sign=signs_certificates,
        crl_sign=signs_certificates, content_commitment=False, key_encipherment=False,
        data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _keep_secret(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    data = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.touch(mode=0o600)
    path.chmod(0o600)
    disk.write_file(path, data)
    path.chmod(0o600)
