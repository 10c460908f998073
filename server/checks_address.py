"""The checks of the public address: whether the phones that scan a code reach it, and whether they trust it."""

from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from server.facts import Facts, masked
from server.findings import BAD, GOOD, WARN, Finding


def address(facts: Facts) -> Iterator[Finding]:
    """The public address: what phones open from the codes on billboards and tablets."""
    text = facts.settings.public_url
    parts = urlsplit(text)
    if not text:
        words = "No public address is set, so QR codes lead to the address that a screen or tablet was opened at."
        yield Finding(WARN, words, "Set VITRINE_PUBLIC_URL to what phones can reach, as in https://glass.example.com")
    elif parts.scheme not in ("http", "https") or not parts.hostname:
        words = f"The public address ‘{masked(text)[:100]}’ is no web address."
        yield Finding(BAD, words, "Write it whole, as in https://glass.example.com")
    elif parts.path.strip("/") or parts.query or parts.username:
        words = f"The public address {masked(text)[:100]} has more than a host in it."
        yield Finding(BAD, words, f"Write {parts.scheme}://{parts.netloc.rpartition('@')[2]}")
    else:
        told = [*_reached(text, parts), *_trusted(facts, text, parts)]
        yield from told or [Finding(GOOD, f"QR codes lead to {text}.")]


def _reached(text: str, parts: SplitResult) -> Iterator[Finding]:
    """Whether phones get there at all."""
    host = parts.hostname or ""
    if loopback(text):
        words = f"QR codes lead to {text}, which only this machine reaches: no phone can take a bag."
        yield Finding(
            WARN, words, "Fine for trying out. For phones, set VITRINE_PUBLIC_URL to a name or address that they reach."
        )
    elif not _is_address(host) and "." not in host:
        words = f"QR codes lead to {text}, a name that machines here may know and phones do not."
        yield Finding(
            BAD, words, "Set VITRINE_PUBLIC_URL to a whole name, as in https://glass.example.com, or to the address."
        )
    elif _private(host):
        words = f"QR codes lead to {text}, which only phones on this shop's own network reach."
        yield Finding(WARN, words, "For passers-by, set VITRINE_PUBLIC_URL to a public name.")


def _trusted(facts: Facts, text: str, parts: SplitResult) -> Iterator[Finding]:
    """Whether phones do there what they do on a page that they trust; of this machine itself browsers think no ill."""
    host = parts.hostname or ""
    if loopback(text):
        return
    if parts.scheme == "http":
        words = (
            f"QR codes lead to {text} without encryption: a phone shows no bag there once it is offline, finds no nearest store "
            "by itself, and takes no passkey."
        )
        yield Finding(WARN, words, "Put TLS before it, or start with --tls, and write https:// in VITRINE_PUBLIC_URL.")
        return
    if _own_certificate(facts, host):
        words = f"QR codes lead to {text}, whose certificate is this shop's own: phones warn of it until they trust it."
        mend = f"Open {text}/trust on each phone. For shoppers' own phones, serve with a certificate that all trust: --tls-cert."
        yield Finding(WARN, words, mend)
    if _is_address(host):
        words = f"QR codes lead to an address without a name ({host}): no passkey can be made there; a code by mail signs in."
        yield Finding(WARN, words, "For passkeys, set VITRINE_PUBLIC_URL to a name.")


def _own_certificate(facts: Facts, host: str) -> bool:
    """Whether what phones meet there is our own authority's work; a proxy brings a certificate of its own."""
    return not facts.settings.proxies and (facts.own_authority or host in facts.certificate_names)


def encryption(facts: Facts) -> Iterator[Finding]:
    """Devices need a secure origin, or they keep nothing for when the network fails."""
    listening = facts.listening
    if listening.startswith("http:") and not loopback(listening) and not facts.settings.proxies:
        words = "Screens and tablets reach this server without HTTPS: they cannot keep what they play for when the network fails."
        mend = "Start with: vitrine serve --tls, or put a proxy with TLS before it and name it in VITRINE_PROXIES."
        yield Finding(BAD, words, mend)
    elif facts.own_authority:
        words = (
            "HTTPS is served with a certificate of this shop's own authority; /trust says how devices come to trust it."
        )
        yield Finding(GOOD, words)
    elif listening.startswith("https:"):
        yield Finding(GOOD, "HTTPS is served with the certificate that was given.")
    if facts.own_authority and facts.certificate_ends_at and (facts.certificate_ends_at - facts.at).days < 20:
        words = f"The certificate ends on {facts.certificate_ends_at:%-d %B %Y}."
        yield Finding(WARN, words, "Start the server again: it makes a new one, which devices trust already.")


def loopback(text: str) -> bool:
    """Whether an address leads to the machine that opens it."""
    host = urlsplit(text).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _is_address(host: str) -> bool:
    try:
        return bool(ip_address(host))
    except ValueError:
        return False


def _private(host: str) -> bool:
    return ip_address(host).is_private if _is_address(host) else host.endswith(".local")
