"""Where a server that listens as the settings say can be reached."""

from l1.settings import Settings


def reachable(host: str) -> str:
    """Turn the address of all interfaces into one that a client can use."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound


def local(settings: Settings) -> str:
    """Write the address at which this machine reaches what HOST and PORT say."""
    host = reachable(settings.host)
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"


def public(settings: Settings) -> str:
    """Write L1_PUBLIC_URL, or, where that is not set, the address on this machine."""
    return settings.public_url if "public_url" in settings.model_fields_set else local(settings)
