"""The port and password of a server, chosen once and remembered in its folder."""

import secrets
import socket
from pathlib import Path

LOWEST, HIGHEST = 20000, 32000
"""Below the range that systems hand out to outgoing connections, so that a port stays ours."""


def remembered_password(folder: Path) -> str:
    """Read the password kept in `folder`, or make one; the file is for its owner alone."""
    path = folder / "password"
    if not path.exists():
        write_private(path, secrets.token_hex(24))
    return path.read_text()


def remembered_port(folder: Path) -> int:
    """Give the port this server had last time if it is free, else a new free one."""
    path = folder / "port"
    port = int(path.read_text()) if path.exists() else 0
    while not port or not is_free(port):
        port = LOWEST + secrets.randbelow(HIGHEST - LOWEST)
    write_private(path, str(port))
    return port


def is_free(port: int) -> bool:
    """Tell whether a server could listen on this loopback port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    unfinished = path.with_name(f".{path.name}.new")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600)
    unfinished.write_text(text)
    unfinished.rename(path)
