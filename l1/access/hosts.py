"""Which names this server answers to: what keeps other sites in a browser from speaking to it."""

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from l1.access.owner import is_loopback


@dataclass(frozen=True, slots=True, kw_only=True)
class Hosts:
    """The public address's host, and whether an address in digits will do as well.

    A name that a stranger points at this machine (DNS rebinding) is none of ours; an address in
    digits cannot be pointed anywhere.
    """

    public: str
    addresses: bool = False

    def knows(self, host: str) -> bool:
        """Tell whether a Host header names this server."""
        name = _name(host)
        if not name:
            return False
        return is_loopback(name) or name == self.public or (self.addresses and _is_address(name))


def is_same_origin(origin: str, host: str) -> bool:
    """Tell whether an Origin header names the very server that the Host header names."""
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and parts.netloc.lower() == host.lower()


def _name(host: str) -> str:
    try:
        parts = urlsplit(f"//{host}")
        return "" if parts.username is not None or parts.path else (parts.hostname or "")
    except ValueError:
        return ""


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
