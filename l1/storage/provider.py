"""A provider: one kind of place for content, and how to open one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from l1.storage.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing that somebody who adds a store of this kind has to tell."""

    label: str
    secret: bool = False
    default: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A kind of store. `open` takes the values of `fields` by name."""

    name: str
    summary: str
    fields: Mapping[str, Field]
    open: Callable[[Mapping[str, str]], Store]
