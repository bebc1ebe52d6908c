"""The names by which features are asked for."""

from collections.abc import Iterable
from typing import get_args

from l1.content.features import PictureFeature, SoundFeature

OF_SOUND: tuple[str, ...] = get_args(SoundFeature)
OF_PICTURES: tuple[str, ...] = get_args(PictureFeature)
FEATURES = (*OF_SOUND, *OF_PICTURES)

METADATA = "metadata"
"""What the probe finds in everything that comes in; older recipes ask for it by this name."""

_ALSO_CALLED = {
    "beat": "beats",
    "bpm": "tempo",
    "chroma": "key",
    "rms": "energy",
    "scene_changes": "scenes",
    "spectrum": "bands",
}


def meant(name: str) -> str:
    """Give the name that a feature has here, whatever it was called elsewhere."""
    plain = name.strip().lower().replace("-", "_")
    return _ALSO_CALLED.get(plain, plain)


def need_pictures(names: Iterable[str]) -> bool:
    """Tell whether any of these features is found in pictures."""
    return any(meant(name) in OF_PICTURES for name in names)
