import ipaddress
import socket
import ssl
import stat
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from server.core import tls
from server.core.clock import now
from server.core.errors import Misconfigured


def handshake(folder: Path, *, served: Path, name: str) -> str:
    """The TLS version of a handshake over loopback as a device would do it: strict, trusting the authority alone."""
    serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    serving.load_cert_chain(served)
    trusting = ssl.create_default_context(cafile=str(folder / "authority.crt"))
    trusting.verify_flags |= ssl.VERIFY_X509_STRICT
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=accept_one, args=(listener, serving))
        thread.start()
        try:
            with (
                socket.create_connection(listener.getsockname(), timeout=10) as plain,
                trusting.wrap_socket(plain, server_hostname=name) as secure,
            ):
                return str(secure.version())
        finally:
            thread.join(10)


def accept_one(listener: socket.socket, context: ssl.SSLContext) -> None:
    plain, _ = listener.accept()
    try:
        context.wrap_socket(plain, server_side=True).close()
    except OSError:
        plain.close()  # the other side refused; it says why


def served_names(path: Path) -> set[str]:
    made = x509.load_pem_x509_certificates(path.read_bytes())[0]
    return {str(name.value) for name in made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value}


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "192.168.7.20", "till-3.local", "vitrine.example"])
def test_a_device_that_trusts_the_authority_connects_to_each_name_and_address(tmp_path, name):
    served = tls.certificate(tmp_path, ["192.168.7.20", "till-3.local", "vitrine.example"])
    assert handshake(tmp_path, served=served, name=name).startswith("TLSv1.")


def test_a_name_that_is_not_in_the_certificate_is_refused(tmp_path):
    with pytest.raises(ssl.SSLCertVerificationError, match="mismatch"):
        handshake(tmp_path, served=tls.certificate(tmp_path, ["till-3.local"]), name="till-4.local")


@pytest.mark.parametrize("name", ["bank.example", "8.8.8.8", "notlocal", "2001:db8::7"])
def test_a_name_outside_the_constraints_is_refused_by_devices_even_when_the_issuers_key_signed_it(tmp_path, name):
    tls.authority(tmp_path, ["vitrine.example"])
    issuer, key = tls._read(tmp_path / "issuer.pem")
    forged = tmp_path / "forged.pem"
    tls._issue(forged, tls._names([name]), issuer=issuer, issuer_key=key, at=now())
    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree violation"):
        handshake(tmp_path, served=forged, name=name)


@pytest.mark.parametrize("name", ["other.example", "8.8.8.8", "notlocal"])
def test_a_host_that_the_authority_may_not_speak_for_is_said_so_with_what_to_do(tmp_path, name):
    tls.certificate(tmp_path, ["vitrine.example"])
    with pytest.raises(Misconfigured, match="remove the folder"):
        tls.certificate(tmp_path, [name])


def test_the_authority_stays_while_private_addresses_and_names_change(tmp_path):
    trusted = tls.authority(tmp_path, ["vitrine.example"]).read_bytes()
    first = tls.certificate(tmp_path, ["192.168.7.20"]).read_bytes()
    second = tls.certificate(tmp_path, ["10.1.2.3", "till.local", "fd00::9"])
    assert second.read_bytes() != first
    assert served_names(second) == {"10.1.2.3", "till.local", "fd00::9", "localhost", "127.0.0.1", "::1"}
    assert tls.authority(tmp_path).read_bytes() == trusted


def test_only_the_owner_reads_keys_and_the_authoritys_key_is_nowhere(tmp_path):
    folder = tmp_path / "tls"
    tls.certificate(folder, [])
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert modes == {"authority.crt": 0o644, "issuer.pem": 0o600, "server.pem": 0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    top, key = tls._read(folder / "authority.crt")
    assert key is None
    for name in ("issuer.pem", "server.pem"):
        assert tls._read(folder / name)[1].public_key() != top.public_key()


def test_a_certificate_lives_no_longer_than_browsers_accept_and_is_renewed_in_time(tmp_path):
    start = now()
    path = tls.certificate(tmp_path, ["till.local"], at=start)
    made = tls._read(path)[0]
    assert made.not_valid_after_utc - made.not_valid_before_utc <= timedelta(days=397)
    first = path.read_bytes()
    assert tls.certificate(tmp_path, ["till.local"], at=start + timedelta(days=300)).read_bytes() == first
    assert tls.certificate(tmp_path, ["till.local"], at=start + timedelta(days=365)).read_bytes() != first


def test_an_authority_near_its_end_is_made_anew(tmp_path):
    start = now()
    first = tls.authority(tmp_path, at=start).read_bytes()
    assert tls.authority(tmp_path, at=start + timedelta(days=3000)).read_bytes() == first
    assert tls.authority(tmp_path, at=start + timedelta(days=3600)).read_bytes() != first


def test_hosts_in_another_order_or_writing_are_the_same_hosts(tmp_path):
    first = tls.certificate(tmp_path, ["Till.local", "192.168.7.20"]).read_bytes()
    assert tls.certificate(tmp_path, ["192.168.7.20", "till.local.", "localhost"]).read_bytes() == first


@pytest.mark.parametrize("damage", ["server.pem", "issuer.pem", "authority.crt"])
def test_a_lost_file_is_made_again(tmp_path, damage):
    tls.certificate(tmp_path, ["till.local"])
    (tmp_path / damage).unlink()
    assert handshake(tmp_path, served=tls.certificate(tmp_path, ["till.local"]), name="till.local")


def test_a_damaged_certificate_is_made_again_and_a_damaged_authority_is_said_so(tmp_path):
    tls.certificate(tmp_path, [])
    (tmp_path / "server.pem").write_bytes(b"-----BEGIN CERTIFICATE-----\nnonsense")
    assert handshake(tmp_path, served=tls.certificate(tmp_path, []), name="localhost")
    (tmp_path / "authority.crt").write_bytes(b"nonsense")
    with pytest.raises(Misconfigured, match="authority.crt cannot be read"):
        tls.certificate(tmp_path, [])


@pytest.mark.parametrize(
    "host", ["", "http://till.local", "till.local:8000", "*.local", "a b", "1.2.3", "x" * 254, "-a"]
)
def test_what_is_no_host_is_refused_with_how_to_write_it(tmp_path, host):
    with pytest.raises(Misconfigured, match="without a port"):
        tls.certificate(tmp_path, [host])


def test_a_name_in_any_script_becomes_its_ascii_form(tmp_path):
    assert "xn--mnchen-3ya.local" in served_names(tls.certificate(tmp_path, ["münchen.local"]))


@given(st.text(max_size=80))
def test_any_text_is_a_host_or_is_refused_in_words(text):
    try:
        (name,) = tls._names([text])
    except Misconfigured:
        return
    assert isinstance(name, x509.DNSName | x509.IPAddress)


def test_the_fingerprint_is_as_devices_show_it(tmp_path):
    pairs = tls.fingerprint(tls.authority(tmp_path)).split(":")
    assert len(pairs) == 32 and all(len(pair) == 2 and pair == pair.upper() for pair in pairs)


def test_own_addresses_can_be_bound_and_are_no_loopback():
    for text in tls.addresses():
        address = ipaddress.ip_address(text)
        assert not address.is_loopback and not address.is_link_local
        family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
        with socket.socket(family) as probe:
            probe.bind((text, 0))
