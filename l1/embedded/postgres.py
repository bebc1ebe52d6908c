"""A private Postgres for a machine that has none configured: real server, own folder."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from l1.embedded.account import identity_for, reachable_copy
from l1.embedded.address import remembered_password, remembered_port
from l1.embedded.binaries import find_postgres, postgres_places
from l1.embedded.child import Child, Identity, Program, launch_argv, locked
from l1.embedded.ready import wait_until_ready
from l1.errors import Refused, Unavailable

NAME = "artdag"
DURABLE = ("wal_level=replica", "max_wal_senders=4")
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "wal_level=minimal")
FIRST_BUILTIN_LOCALE = 17


class Postgres:
    """One Postgres server with its data under `home`, kept running between start and stop.

    With `durable=False` a power cut may lose data; for tests. `places` are the folders searched
    for the server's programs, best first.
    """

    def __init__(
        self, home: Path, *, durable: bool = True, places: Sequence[Path] | None = None
    ) -> None:
        self.home = home.absolute()
        self.folder = self.home / "postgres"
        self.data = self.folder / "data"
        self._durable = durable
        self._places = places
        self._child: Child | None = None

    @property
    def pid(self) -> int | None:
        """The server's process, or None while it is down."""
        return None if self._child is None else self._child.pid

    def start(self, *, timeout: float = 60.0) -> str:
        """Make the database if there is none, start the server, return its address.

        Raises Unavailable when there is no server program or it does not come up in `timeout`
        seconds, Refused when the data belongs to another version.
        """
        program, major = self._program()
        identity = identity_for(self.folder)
        program = reachable_copy(program, identity, into=self.home / "programs")
        password = remembered_password(self.folder)
        with locked(self.folder / "lock") as lock:
            if not self.data.exists():
                self._create(program.parent, major, identity, lock)
            self._forget_stranger()
            port = remembered_port(self.folder)
        self._child = Child(self._server(program, port, identity))
        self._child.start()
        wait_until_ready(self._child, lambda: ping(port), timeout=timeout, log=self.folder / "log")
        return f"postgresql://{NAME}:{password}@127.0.0.1:{port}/{NAME}"

    def stop(self) -> None:
        """Stop the server cleanly; returns when it is gone."""
        if self._child is not None:
            self._child.stop()
            self._child = None

    def answers(self, url: str) -> bool:
        """Tell whether the server at an address that `start` gave accepts sessions."""
        return ping(urlsplit(url).port or 0)

    def _program(self) -> tuple[Path, int]:
        """Find the program; existing data decides the version, which is never changed silently."""
        places = postgres_places() if self._places is None else self._places
        version = self.data / "PG_VERSION"
        if not version.exists():
            return find_postgres(places)
        major = int(version.read_text())
        try:
            return find_postgres(places, major=major)
        except Unavailable as missing:
            _, other = find_postgres(places)
            raise Refused(
                f"The data in {self.data} is of Postgres {major}, but this machine has Postgres "
                f"{other}. Install Postgres {major}, or dump with {major} (pg_dumpall), move the "
                f"folder away, start again and restore with psql.",
                code="postgres_version",
            ) from missing

    def _create(self, programs: Path, major: int, identity: Identity, lock: int) -> None:
        """Make the database files beside their place, then move them there: whole or not at all."""
        unfinished = self.folder / "data.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        if identity.uid is not None and identity.gid is not None:
            os.chown(self.folder / "password", identity.uid, identity.gid)
        locale = (
            ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
            if major >= FIRST_BUILTIN_LOCALE
            else ["--no-locale"]
        )
        self._run(
            [str(programs / "initdb"), f"--pgdata={unfinished}", f"--username={NAME}"]
            + ["--auth=scram-sha-256", f"--pwfile={self.folder / 'password'}", "--encoding=UTF8"]
            + [*locale, "--data-checksums", "--no-instructions"]
            + ([] if self._durable else ["--no-sync"]),
            identity=identity,
            lock=lock,
        )
        # Single-user mode needs neither a client library nor a listening server.
        single = [str(programs / "postgres"), "--single", "-D", str(unfinished)]
        single += [] if self._durable else ["-c", "fsync=off"]
        self._run(
            [*single, "postgres"], identity=identity, lock=lock, text=f"CREATE DATABASE {NAME}\n"
        )
        unfinished.rename(self.data)

    def _run(
        self, argv: Sequence[str], *, identity: Identity, lock: int, text: str | None = None
    ) -> None:
        done = subprocess.run(  # noqa: S603 - a server found by name
            launch_argv(argv, identity=identity, keep=[lock]),
            env=self._environment(),
            input=text or "",
            capture_output=True,
            text=True,
            check=False,
            pass_fds=[lock],
        )
        if done.returncode != 0:
            raise Unavailable(
                f"{Path(argv[0]).name} failed in {self.folder}: {done.stderr.strip()[-800:]}"
            )

    def _forget_stranger(self) -> None:
        """Remove a pid file whose number now belongs to some other program.

        Postgres itself sees that a pid is dead, but after a restart of a container the number is
        often alive and another's, and the server would refuse to start. We hold the lock that
        every server of ours holds, so none is running.
        """
        pidfile = self.data / "postmaster.pid"
        if sys.platform != "linux" or not pidfile.exists():
            return
        with contextlib.suppress(OSError, IndexError):
            name = Path(f"/proc/{pidfile.read_text().split()[0]}/comm").read_text().strip()
            if name != "postgres":
                pidfile.unlink()

    def _server(self, program: Path, port: int, identity: Identity) -> Program:
        settings = [
            "listen_addresses=127.0.0.1",
            f"port={port}",
            "unix_socket_directories=",  # their paths are too short for many homes
            "max_connections=200",
            "timezone=UTC",
            "log_timezone=UTC",
            *(DURABLE if self._durable else (*FAST, "max_wal_senders=0")),
        ]
        return Program(
            name="postgres",
            argv=[str(program), "-D", str(self.data)]
            + [part for setting in settings for part in ("-c", setting)],
            env=self._environment(),
            identity=identity,
            stop_signal=signal.SIGINT,  # "fast": ends sessions, writes a checkpoint
            death_signal=signal.SIGINT,
            grace=30.0,
            output=self.folder / "log",
            lock=self.folder / "lock",
        )

    def _environment(self) -> dict[str, str]:
        """Give the server nothing of ours: PGPORT and its like would override what we say."""
        return {"PATH": os.defpath, "HOME": str(self.folder), "LC_ALL": "C"}


def ping(port: int) -> bool:
    """Tell whether a Postgres on this loopback port accepts sessions (it asks for a password)."""
    parameters = f"user\0{NAME}\0database\0{NAME}\0\0".encode()
    packet = (len(parameters) + 8).to_bytes(4, "big") + (196608).to_bytes(4, "big") + parameters
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            connection.sendall(packet)
            return connection.recv(1) == b"R"
    except OSError:
        return False
