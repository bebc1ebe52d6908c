"""Recipes that come with the software: one YAML file each, called as the recipe is."""

from collections.abc import Iterator, Mapping
from importlib.resources import files

_ENDING = ".yaml"


def shipped() -> Mapping[str, bytes]:
    """Read them all, by name."""
    return dict(_texts())


def _texts() -> Iterator[tuple[str, bytes]]:
    for file in sorted(files(__name__).iterdir(), key=lambda each: each.name):
        if file.name.endswith(_ENDING):
            yield file.name.removesuffix(_ENDING), file.read_bytes()
