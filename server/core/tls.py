"""A local authority and server certificate, so that devices on a shop's own network have a secure origin.

Devices are told to trust `authority.crt`. What that trust can be used for is limited twice: the names and addresses are
constrained to this installation's and to private ones, and the key of the authority itself is thrown away once it has
signed one issuer, which carries the same constraints and is what certificates are made with from then on.
"""

import ipaddress
import os
import re
import socket
import struct
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from server.core.clock import now
from server.core.errors import Misconfigured

YEARS_OF_AUTHORITY = timedelta(days=3650)
DAYS_OF_CERTIFICATE = timedelta(days=390)  # with the day before, under the 397 that browsers accept
RENEWED_BEFORE_END = timedelta(days=30)
CLOCK_TOLERANCE = timedelta(days=1)  # a tablet's clock may be behind

ALWAYS = ("localhost", "127.0.0.1", "::1")
PRIVATE_NAMES = ("localhost", "local")
PRIVATE_NETWORKS = (
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "169.254.0.0/16",
    "127.0.0.0/8",
    "fc00::/7",
    "fe80::/10",
    "::1/128",
)

_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?")

Key = ec.EllipticCurvePrivateKey
Names = tuple[x509.GeneralName, ...]


def authority(folder: Path, hosts: Iterable[str] = (), *, at: datetime | None = None) -> Path:
    """The certificate that devices are told to trust, made once: for `hosts`, localhost, .local and private addresses.

    Made again, and to be trusted again, only when its files are gone or it ends within the life of a certificate.
    """
    trusted, issuer = folder / "authority.crt", folder / "issuer.pem"
    at = at or now()
    if not (trusted.exists() and issuer.exists()) or _read(trusted)[0].not_valid_after_utc < at + DAYS_OF_CERTIFICATE:
        _found(trusted, issuer, hosts=_names(hosts), at=at)
    return trusted


def certificate(folder: Path, hosts: Iterable[str], *, at: datetime | None = None) -> Path:
    """A PEM file with key, certificate and issuer for `hosts`, this machine's own names always among them.

    The same until it is near its end or the hosts change. Raises Misconfigured for what is no host, or one that the
    authority may not speak for.
    """
    at, wanted = at or now(), _names([*hosts, *ALWAYS])
    authority(folder, hosts, at=at)
    issuer, key = _read(folder / "issuer.pem")
    for name in wanted:
        _check_permitted(name, issuer, folder)
    path = folder / "server.pem"
    if not _still_good(path, wanted, issuer=issuer, at=at):
        _issue(path, wanted, issuer=issuer, issuer_key=key, at=at)
    return path


def fingerprint(path: Path) -> str:
    """SHA-256 of the first certificate in a file, as devices show it: pairs of hexadecimal digits with colons."""
    return _read(path)[0].fingerprint(hashes.SHA256()).hex(":").upper()


def addresses() -> tuple[str, ...]:
    """This machine's own addresses on its networks, the one to the outside first. Nothing is sent to find them."""
    found = [_source(socket.AF_INET, "192.0.2.1"), _source(socket.AF_INET6, "2001:db8::1"), *_of_interfaces()]
    mine = [ipaddress.ip_address(text) for text in dict.fromkeys(filter(None, found))]
    return tuple(str(one) for one in mine if not (one.is_loopback or one.is_link_local or one.is_unspecified))


def _source(family: socket.AddressFamily, towards: str) -> str | None:
    """Which own address a packet there would carry; connecting a datagram socket only asks the routing table."""
    with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
        probe.connect((towards, 9))
        return str(probe.getsockname()[0])
    return None


def _of_interfaces() -> list[str]:
    """The IPv4 address of each network interface, where the system (Linux) can be asked for it."""
    found = []
    with suppress(OSError, ImportError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        from fcntl import ioctl

        for _, name in socket.if_nameindex():
            with suppress(OSError):  # an interface without an address
                answer = ioctl(probe, 0x8915, struct.pack("256s", name.encode()[:15]))  # SIOCGIFADDR
                found.append(socket.inet_ntoa(answer[20:24]))
    return found


def _found(trusted: Path, issuer: Path, *, hosts: Names, at: datetime) -> None:
    """Make the authority and its issuer. The authority's key ends with this function and is in no file."""
    trusted.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    limits = _limits(hosts)
    top_key, key = _key(), _key()
    place = re.sub(r"[^\w.-]", "", socket.gethostname())[:30] or "here"
    top_name = _subject(f"Vitrine at {place} {os.urandom(3).hex()}")
    top = _builder(top_name, top_name, top_key, at=at, life=YEARS_OF_AUTHORITY, issued_by=top_key)
    top = _as_authority(top, limits, below=1).sign(top_key, hashes.SHA256())
    under = _builder(_subject("Vitrine issuer"), top_name, key, at=at, life=YEARS_OF_AUTHORITY, issued_by=top_key)
    under = _as_authority(under, limits, below=0).sign(top_key, hashes.SHA256())
    _write(issuer, _pem_key(key) + _pem(under), mode=0o600)
    _write(trusted, _pem(top), mode=0o644)  # last: with it, the authority is whole


def _issue(path: Path, names: Names, *, issuer: x509.Certificate, issuer_key: Key, at: datetime) -> None:
    key = _key()
    subject = _subject("Vitrine")
    made = (
        _builder(subject, issuer.subject, key, at=at, life=DAYS_OF_CERTIFICATE, issued_by=issuer_key)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(issuer_key, hashes.SHA256())
    )
    _write(path, _pem_key(key) + _pem(made) + _pem(issuer), mode=0o600)


def _still_good(path: Path, names: Names, *, issuer: x509.Certificate, at: datetime) -> bool:
    try:
        held = _read(path)[0]
        held.verify_directly_issued_by(issuer)
        same = set(held.extensions.get_extension_for_class(x509.SubjectAlternativeName).value) == set(names)
    except Exception:  # absent, damaged, or another issuer's: each is mended by a new one
        return False
    return same and held.not_valid_before_utc <= at < held.not_valid_after_utc - RENEWED_BEFORE_END


def _names(hosts: Iterable[str]) -> Names:
    """Hosts as names and addresses for a certificate, each once; raises Misconfigured for what is neither."""
    return tuple(dict.fromkeys(_name(host.strip().rstrip(".").lower()) for host in hosts))


def _name(host: str) -> x509.GeneralName:
    with suppress(ValueError):
        return x509.IPAddress(ipaddress.ip_address(host.strip("[]").partition("%")[0]))
    with suppress(UnicodeError):
        ascii_host = host.encode("idna").decode()
        labels = ascii_host.split(".")
        if len(ascii_host) <= 253 and all(map(_LABEL.fullmatch, labels)) and not labels[-1].isdigit():
            return x509.DNSName(ascii_host)
    raise Misconfigured(f"‘{host}’ is no name or address of a host; write it without http:// and without a port")


def _limits(hosts: Names) -> x509.NameConstraints:
    """What the authority may speak for: the hosts asked for, and what is private anywhere."""
    private = [x509.DNSName(name) for name in PRIVATE_NAMES]
    networks = [x509.IPAddress(ipaddress.ip_network(network)) for network in PRIVATE_NETWORKS]
    asked = [x509.IPAddress(ipaddress.ip_network(n.value)) if isinstance(n, x509.IPAddress) else n for n in hosts]
    return x509.NameConstraints(list(dict.fromkeys([*private, *networks, *asked])), None)


def _check_permitted(name: x509.GeneralName, issuer: x509.Certificate, folder: Path) -> None:
    limits = issuer.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or []
    if not any(_within(name, limit) for limit in limits):
        raise Misconfigured(
            f"The authority that this shop's devices trust may not speak for {name.value}. To make one that may, "
            f"remove the folder {folder} and let every device trust the new one"
        )


def _within(name: x509.GeneralName, limit: x509.GeneralName) -> bool:
    if isinstance(name, x509.IPAddress) and isinstance(limit, x509.IPAddress):
        return name.value in limit.value  # of the other version: not in
    if isinstance(name, x509.DNSName) and isinstance(limit, x509.DNSName):
        return f".{name.value}".endswith(f".{limit.value}")
    return False


def _builder(
    subject: x509.Name, issuer: x509.Name, key: Key, *, at: datetime, life: timedelta, issued_by: Key
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - CLOCK_TOLERANCE)
        .not_valid_after(at + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issued_by.public_key()), critical=False)
    )


def _as_authority(
    builder: x509.CertificateBuilder, limits: x509.NameConstraints, *, below: int
) -> x509.CertificateBuilder:
    return (
        builder.add_extension(x509.BasicConstraints(ca=True, path_length=below), critical=True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .add_extension(limits, critical=True)
    )


def _usage(**used: bool) -> x509.KeyUsage:
    uses = (
        "digital_signature content_commitment key_encipherment data_encipherment key_agreement key_cert_sign crl_sign "
        "encipher_only decipher_only"
    )
    return x509.KeyUsage(**{**dict.fromkeys(uses.split(), False), **used})


def _subject(common: str) -> x509.Name:
    parts = ((NameOID.ORGANIZATION_NAME, "Vitrine"), (NameOID.COMMON_NAME, common))
    return x509.Name([x509.NameAttribute(kind, text) for kind, text in parts])


def _key() -> Key:
    return ec.generate_private_key(ec.SECP256R1())


def _pem(made: x509.Certificate) -> bytes:
    return made.public_bytes(serialization.Encoding.PEM)


def _pem_key(key: Key) -> bytes:
    plain = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)


def _write(path: Path, content: bytes, *, mode: int) -> None:
    """Whole or not at all, and never readable by more than `mode` says, not for a moment."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    with suppress(FileNotFoundError):
        part.unlink()
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
    part.replace(path)


def _read(path: Path) -> tuple[x509.Certificate, Key | None]:
    """The first certificate of a PEM file, and its key if there is one."""
    try:
        content = path.read_bytes()
        key = serialization.load_pem_private_key(content, None) if b"PRIVATE KEY" in content else None
        return x509.load_pem_x509_certificates(content)[0], key  # type: ignore[return-value]
    except (OSError, ValueError, IndexError) as error:
        raise Misconfigured(
            f"{path} cannot be read as a certificate ({error}). Bring it back from a copy, or remove the folder "
            f"{path.parent} for a new authority, which every device must then trust anew"
        ) from error
