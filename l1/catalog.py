"""Finds what a folder defines, so that no list is edited to add a thing.

Only `compose` and tests call this, never a module at import time: a scan that runs while its own
package is being imported is a cycle.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import TypeVar

T = TypeVar("T")


class Duplicate(RuntimeError):
    """Two definitions claim one name."""


def modules(package: ModuleType) -> Iterator[ModuleType]:
    """Import each module directly inside `package`, in alphabetical order."""
    for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda info: info.name):
        yield importlib.import_module(f"{package.__name__}.{info.name}")


def values(package: ModuleType, kind: type[T], named: Callable[[T], str]) -> Mapping[str, T]:
    """Collect the module-level values of type `kind`, by name."""
    found: dict[str, T] = {}
    for module in modules(package):
        for value in vars(module).values():
            if isinstance(value, kind):
                _add(found, named(value), value)
    return MappingProxyType(found)


def files(package: ModuleType, kind: type[T], named: Callable[[T], str]) -> dict[str, Path]:
    """Tell which file defines each of what `values` collects."""
    return {
        named(value): Path(str(module.__file__))
        for module in modules(package)
        for value in vars(module).values()
        if isinstance(value, kind)
    }


def subclasses(
    package: ModuleType, base: type[T], named: Callable[[type[T]], str]
) -> Mapping[str, type[T]]:
    """Collect the classes derived from `base` that the package's modules define, by name."""
    found: dict[str, type[T]] = {}
    for module in modules(package):
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, base) and value is not base:
                _add(found, named(value), value)
    return MappingProxyType(found)


def _add(found: dict[str, T], name: str, value: T) -> None:
    if found.setdefault(name, value) is not value:
        msg = f"{name!r} is defined twice: {found[name]!r} and {value!r}"
        raise Duplicate(msg)
