"""Who a server runs as: Postgres refuses root, so root has to become someone else for it."""

import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path

from l1.embedded.child import Identity, launch_argv
from l1.errors import Refused, Unavailable

ACCOUNTS = ("artdag", "postgres", "nobody")


def identity_for(folder: Path) -> Identity:
    """Decide who the server with its data in `folder` runs as, and make `folder` theirs.

    An ordinary user stays who they are. Root becomes the owner of existing data; else an
    unprivileged account where that can reach the folder; else `nobody` in a user namespace.
    """
    caller = Identity()
    if os.geteuid() != 0:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            raise Refused(
                f"{folder} belongs to another account: start as that one, or set ARTDAG_HOME.",
                code="foreign_home",
            )
        return caller
    if folder.exists():
        return _owner_of(folder)
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o711)
    closed = closed_to_others(folder.parent)
    account = _account()
    if closed is None and account is not None:
        folder.mkdir(mode=0o700)
        os.chown(folder, account.pw_uid, account.pw_gid)
        return _owner_of(folder)
    if not _namespaces_work():
        where = closed or folder.parent
        raise Unavailable(
            f"Root may not run Postgres, other accounts cannot enter {where}, and this system "
            f"allows no user namespaces. Run as an ordinary user, or `chmod o+x {where}`, or put "
            "ARTDAG_HOME elsewhere.",
            code="no_identity",
        )
    folder.mkdir(mode=0o700)
    return Identity(namespace=True)


def closed_to_others(path: Path) -> Path | None:
    """Name the outermost folder on the way to `path` that other accounts may not enter."""
    resolved = path.resolve()
    for folder in (*reversed(resolved.parents), resolved):
        if not folder.stat().st_mode & 0o001:
            return folder
    return None


def reachable_copy(program: Path, identity: Identity, *, into: Path) -> Path:
    """Give a path of `program` that `identity` may run, copying its package if it must be.

    The libraries of a wheel stand beside the package and are found relative to it, so both go.
    """
    if identity.uid is None or closed_to_others(program) is None:
        return program
    package = next(parent for parent in program.parents if parent.parent.name == "site-packages")
    target = into / f"{package.name}-{int(program.stat().st_mtime)}"
    if not target.exists():
        unfinished = target.with_suffix(f".{os.getpid()}")
        for source in (package, package.with_name(f"{package.name}.libs")):
            if source.exists():
                shutil.copytree(source, unfinished / source.name, symlinks=True)
        for made in (into, unfinished):
            made.chmod(0o755)
        unfinished.rename(target)
    return target / program.relative_to(package.parent)


def _owner_of(folder: Path) -> Identity:
    owner = folder.stat()
    if owner.st_uid == 0:
        return Identity(namespace=True)
    return Identity(uid=owner.st_uid, gid=owner.st_gid)


def _account() -> pwd.struct_passwd | None:
    for name in ACCOUNTS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return None


def _namespaces_work() -> bool:
    if sys.platform != "linux":
        return False
    argv = launch_argv(["true"], identity=Identity(namespace=True))
    done = subprocess.run(argv, check=False, capture_output=True)  # noqa: S603 - our own words
    return done.returncode == 0
