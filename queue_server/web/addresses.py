"""Where requests come from, and under which names they may come."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Door:
    """Whom the socket and the pages let in by name: the hosts under which this server is opened."""

    names: frozenset[str]
    """Given by whoever runs the server: theirs on every port, also behind a proxy that speaks https outside."""
    own: frozenset[str] = frozenset()
    """What the machine calls itself."""

    def admits(self, host: str | None, origin: str | None) -> bool:
        """Say whether a request may come in.

        `host` must be an address or a known name, so that no foreign name can be pointed at this server. `origin`,
        which browsers add and boxes do not, must be the same place as `host`, or a given name: a proxy may change the
        port, the scheme and even the host of what it passes on, and never the origin.
        """
        try:
            if host is None or not self._is_known(_name(urlsplit(f"//{host}"))):
                return False
            if origin is None:
                return True
            asked = urlsplit(origin)
            if asked.scheme not in DEFAULT_PORTS:
                return False
            return _name(asked) in self.names or _place(asked) == _place(urlsplit(f"{asked.scheme}://{host}"))
        except ValueError:
            return False  # neither is an address at all, such as "["

    def _is_known(self, name: str) -> bool:
        return name in self.names or name in self.own or _address(name) is not None


def plain_address(host: str) -> str:
    """Return an address as its own family writes it: IPv4 through a socket for both families is IPv4."""
    address = _address(host)
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return host


def neighbourhood(host: str | None) -> str:
    """Return what stands for one guest: an IPv4 address, or the first half of an IPv6 one, which one guest owns."""
    address = _address(plain_address(host or ""))
    if address is None:
        return "unknown"
    if isinstance(address, IPv4Address):
        return str(address)
    return str(ip_network((int(address) >> 64 << 64, 64)))


def authority(host: str, port: int) -> str:
    """Return host and port as they stand in an address of the web."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _address(name: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(name)
    except ValueError:
        return None


def _name(parts: SplitResult) -> str:
    return (parts.hostname or "").rstrip(".")


def _place(parts: SplitResult) -> tuple[str, int]:
    return _name(parts), parts.port or DEFAULT_PORTS[parts.scheme]
