"""Which network addresses are outside: the judgement that keeps fetching from reaching what only this server can.

Ranges: IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890 and its updates), RFC 4291, RFC 6052.
Spelt out here, since what `ipaddress` calls global has changed between versions of Python.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address

# Never, whatever is allowed: the addresses at which clouds hand out this machine's own credentials, and nonsense.
_NEVER = {
    "0.0.0.0/8": "which stands for this machine",
    "169.254.0.0/16": "a link-local address",
    "168.63.129.16/32": "an address that a cloud keeps for itself",
    "100.100.100.200/32": "an address that a cloud keeps for itself",
    "192.0.0.0/24": "a reserved address",
    "224.0.0.0/4": "a multicast address",
    "240.0.0.0/4": "a reserved address",
    "::/128": "which stands for this machine",
    "fe80::/10": "a link-local address",
    "fd00:ec2::/32": "an address that a cloud keeps for itself",
    "fd20:ce::/32": "an address that a cloud keeps for itself",
    "ff00::/8": "a multicast address",
    "2001:db8::/32": "an address for documentation",
    "3fff::/20": "an address for documentation",
    "192.0.2.0/24": "an address for documentation",
    "198.51.100.0/24": "an address for documentation",
    "203.0.113.0/24": "an address for documentation",
    "198.18.0.0/15": "an address for bench tests",
    "192.88.99.0/24": "an address of a tunnel",
    "2001::/23": "an address of a tunnel or reserved",
    "2002::/16": "an address of a tunnel",
}

# Only where the operator vouches for it.
_INSIDE = {
    "127.0.0.0/8": "which is this machine itself",
    "::1/128": "which is this machine itself",
    "10.0.0.0/8": "an address inside a private network",
    "172.16.0.0/12": "an address inside a private network",
    "192.168.0.0/16": "an address inside a private network",
    "100.64.0.0/10": "an address inside a provider's network",
    "fc00::/7": "an address inside a private network",
    "fec0::/10": "an address inside a private network",
}

_UNICAST = ip_network("2000::/3")
_NAT64 = ip_network("64:ff9b::/96")
_never = {ip_network(text): why for text, why in _NEVER.items()}
_inside = {ip_network(text): why for text, why in _INSIDE.items()}


def forbidden(text: str, *, inside: bool = False) -> str | None:
    """Why an address must not be connected to, as the end of a sentence; None when it may.

    `inside` lets in this machine and private networks; link-local and other special addresses stay out.
    """
    try:
        address = ip_address(text)
    except ValueError:
        return "which is no address"
    if isinstance(address, IPv6Address) and (address.ipv4_mapped or address.scope_id):
        return "an address in disguise"
    if address in _NAT64:
        # On networks with IPv6 only, every host of the old internet has such an address: what counts is what is in it.
        return forbidden(str(IPv4Address(int(address) & 0xFFFFFFFF)))
    return _within(address, _never) or _within_inside(address, inside)


def _within_inside(address: Address, inside: bool) -> str | None:
    if why := _within(address, _inside):
        return None if inside else why
    if address.version == 6 and address not in _UNICAST:
        return "a reserved address"
    return None


def _within(address: Address, networks: dict[IPv4Network | IPv6Network, str]) -> str | None:
    return next((why for network, why in networks.items() if address in network), None)
