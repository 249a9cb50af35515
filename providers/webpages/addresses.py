"""Which addresses are out in the open internet, whatever they are wrapped in."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

# Where single hosts of the internet live (RFC 4291); the rest is local, multicast, translated or reserved.
_GLOBAL_UNICAST = ip_network("2000::/3")
_NAT64 = ip_network("64:ff9b::/96")
_SIX_TO_FOUR = ip_network("2002::/16")
# Inside 2000::/3, yet nobody's host: Teredo (an IPv4 address in disguise), benchmarking, ORCHID, documentation, SRv6.
_CLOSED_6 = tuple(map(ip_network, ("2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16")))
_CLOSED_4 = tuple(map(ip_network, ("192.88.99.0/24", "192.0.0.0/24", "240.0.0.0/4")))


def is_public(address: str) -> bool:
    """Whether this is the address of a host that anybody on the internet can reach. Not an address at all: no."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return _is_public_4(parsed) if isinstance(parsed, IPv4Address) else _is_public_6(parsed)


def _is_public_4(address: IPv4Address) -> bool:
    return address.is_global and not address.is_multicast and not any(address in closed for closed in _CLOSED_4)


def _is_public_6(address: IPv6Address) -> bool:
    inner = _wrapped(address)
    if inner is not None:
        return _is_public_4(inner)
    return address in _GLOBAL_UNICAST and address.is_global and not any(address in closed for closed in _CLOSED_6)


def _wrapped(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that a translator or tunnel would send this one's packets to."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    if address in _SIX_TO_FOUR:
        return IPv4Address((int(address) >> 80) & 0xFFFFFFFF)
    return None
