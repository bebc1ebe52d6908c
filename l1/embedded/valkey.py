"""A private Valkey (or Redis) for a machine that has none configured: real server, own folder."""

import os
import signal
import socket
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from l1.embedded.account import identity_for, reachable_copy
from l1.embedded.address import remembered_password, remembered_port, write_private
from l1.embedded.binaries import find_valkey, valkey_places
from l1.embedded.child import Child, Identity, Program, locked
from l1.embedded.ready import wait_until_ready

DATABASE = 5
"""The database number in the address, as deployments of this project have always used it."""


class Valkey:
    """One Valkey server with its data under `home`, kept running between start and stop.

    With `durable=False` nothing is written to disk; for tests. `places` are the folders searched
    for the server's program, best first.
    """

    def __init__(
        self, home: Path, *, durable: bool = True, places: Sequence[Path] | None = None
    ) -> None:
        self.home = home.absolute()
        self.folder = self.home / "valkey"
        self._durable = durable
        self._places = places
        self._child: Child | None = None

    @property
    def pid(self) -> int | None:
        """The server's process, or None while it is down."""
        return None if self._child is None else self._child.pid

    def start(self, *, timeout: float = 60.0) -> str:
        """Start the server and return its address.

        Raises Unavailable when there is no server program or it does not come up in `timeout`
        seconds.
        """
        program = find_valkey(valkey_places() if self._places is None else self._places)
        identity = identity_for(self.folder)
        program = reachable_copy(program, identity, into=self.home / "programs")
        password = remembered_password(self.folder)
        with locked(self.folder / "lock"):
            port = remembered_port(self.folder)
            self._configure(port, password, identity)
        self._child = Child(self._server(program, identity))
        self._child.start()
        wait_until_ready(
            self._child, lambda: ping(port, password), timeout=timeout, log=self.folder / "log"
        )
        return f"redis://:{password}@127.0.0.1:{port}/{DATABASE}"

    def stop(self) -> None:
        """Stop the server cleanly; returns when it is gone."""
        if self._child is not None:
            self._child.stop()
            self._child = None

    def answers(self, url: str) -> bool:
        """Tell whether the server at an address that `start` gave has its data and answers."""
        parts = urlsplit(url)
        return ping(parts.port or 0, parts.password or "")

    def _configure(self, port: int, password: str, identity: Identity) -> None:
        """Write the settings to a file, since arguments can be read by every user."""
        lines = [
            "bind 127.0.0.1",
            f"port {port}",
            f"requirepass {password}",
            f'dir "{self.folder}"',
            f"appendonly {'yes' if self._durable else 'no'}",
            "appendfsync everysec",
            'save ""',
            "maxmemory-policy noeviction",  # a queue that forgets jobs is none
            "daemonize no",
        ]
        path = self.folder / "valkey.conf"
        write_private(path, "\n".join(lines) + "\n")
        if identity.uid is not None and identity.gid is not None:
            os.chown(path, identity.uid, identity.gid)

    def _server(self, program: Path, identity: Identity) -> Program:
        return Program(
            name="valkey",
            argv=[str(program), str(self.folder / "valkey.conf")],
            env={"PATH": os.defpath, "LC_ALL": "C"},
            identity=identity,
            stop_signal=signal.SIGTERM,
            death_signal=signal.SIGTERM,
            grace=15.0,
            output=self.folder / "log",
            lock=self.folder / "lock",
        )


def ping(port: int, password: str) -> bool:
    """Tell whether a server on this loopback port takes our password and has loaded its data."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            connection.sendall(f"AUTH {password}\r\nPING\r\n".encode())
            answer = b""
            while answer.count(b"\r\n") < 2:
                part = connection.recv(256)
                if not part:
                    return False
                answer += part
            return answer == b"+OK\r\n+PONG\r\n"
    except OSError:
        return False
