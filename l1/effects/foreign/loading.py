"""Loads the file of an effect, in the child, and says what goes wrong in it."""

import builtins
import errno
import hashlib
import random
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType, SimpleNamespace, TracebackType
from typing import Any

import numpy as np

from l1.content.canonical import canonical
from l1.errors import Failure, Refused

FILE = "effect.py"
"""What the file is called in what is told; where it really lies is nobody's business."""

_MODULE = "foreign_effect"
_ALLOWED = frozenset(sys.stdlib_module_names) | {"numpy"}
_DECLARES = ("EffectMeta", "ParamSpec")
_NO_ROOM = frozenset({errno.EFBIG, errno.ENOSPC, errno.EDQUOT, errno.ENOMEM})
_LONGEST = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """An effect that is ready to be called.

    `params` are all its parameters. `hide` are texts that are not told, with what stands for each.
    """

    name: str
    function: Callable[..., Any]
    params: Mapping[str, Any]
    seed: int
    lines: tuple[str, ...]
    hide: Mapping[str, str]

    def call(self, *arguments: Any) -> Any:
        """Call it; `Refused` says what it raised, and in which of its lines."""
        with telling(self.name, self.lines, self.hide):
            return self.function(*arguments)


def load(
    code: bytes,
    *,
    name: str,
    form: str,
    params: Mapping[str, Any],
    told: Mapping[str, Any],
    hide: Mapping[str, str],
) -> Loaded:
    """Run the file, once, and find its function.

    `told` are the parameters as they are hashed: with the file they make the seed, from which
    the generators of the standard library and of NumPy begin.
    """
    seed = int.from_bytes(hashlib.sha256(code + b"\0" + canonical(told)).digest()[:4], "big")
    random.seed(seed)
    np.random.seed(seed)
    text = code.decode()
    lines = tuple(text.splitlines())
    module = ModuleType(_MODULE)
    module.__dict__["__builtins__"] = {**vars(builtins), "__import__": _import}
    module.__dict__.update(dict.fromkeys(_DECLARES, _declared))
    sys.modules[_MODULE] = module  # dataclasses look there for the module they are in
    with telling(name, lines, hide):
        exec(compile(text, FILE, "exec", dont_inherit=True), module.__dict__)  # noqa: S102 - what it is for
    function = module.__dict__.get(form)
    if not callable(function):
        raise Refused(f"the effect '{name}' has no {form} once it runs", code="effect_failed")
    return Loaded(name=name, function=function, params=params, seed=seed, lines=lines, hide=hide)


@contextmanager
def telling(name: str, lines: tuple[str, ...], hide: Mapping[str, str]) -> Iterator[None]:
    """Turn whatever an effect raises into `Refused` for whoever wrote it.

    What is refused by us, and want of memory or room, stays what it is.
    """
    try:
        yield
    except (Failure, MemoryError):
        raise
    except BaseException as error:  # SystemExit too: what ends is one effect
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            raise
        line = _line(error, error.__traceback__)
        said = _said(error, hide)
        shown = f": {lines[line - 1].strip()[:_LONGEST]}" if 0 < line <= len(lines) else ""
        where = f" in line {line}{shown}" if line else ""
        message = f"the effect '{name}' failed{where}: {said}"
        raise Refused(message, code="effect_failed", line=line) from None


def _line(error: BaseException, trace: TracebackType | None) -> int:
    """Find the last line of the file on the way to an error; 0 if there is none."""
    found = 0
    if isinstance(error, SyntaxError) and error.filename == FILE:
        found = error.lineno or 0
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == FILE:
            found = trace.tb_lineno
        trace = trace.tb_next
    return found


def _said(error: BaseException, hide: Mapping[str, str]) -> str:
    """Give the last line of the traceback without our paths; errors may be unable to speak."""
    try:
        text = str(error)
    except BaseException:  # noqa: BLE001 - it is the effect's own code
        text = ""
    for path, word in hide.items():
        text = text.replace(path, word)
    return f"{type(error).__name__}: {text}"[:_LONGEST].rstrip(": ")


def _import(
    name: str,
    globals_: Mapping[str, Any] | None = None,
    locals_: Mapping[str, Any] | None = None,
    fromlist: tuple[str, ...] = (),
    level: int = 0,
) -> Any:
    """Import for the effect's own file: an effect that works here works on any node.

    No wall: the sandbox is that. It keeps effects from what another node may not have.
    """
    root = name.partition(".")[0]
    if root == "artdag" and set(fromlist or ()) <= set(_DECLARES):
        return SimpleNamespace(**dict.fromkeys(_DECLARES, _declared))
    if level or root not in _ALLOWED:
        message = f"an effect has NumPy and the standard library, not '{name or '.'}'"
        raise ImportError(message, name=name)
    return builtins.__import__(name, globals_, locals_, fromlist, level)


def _declared(*_parts: object, **_named: object) -> None:
    """Stand for what a file says of itself, which has been read already."""
