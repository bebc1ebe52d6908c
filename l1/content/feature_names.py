"""The names by which features are asked for."""

from collections.abc import Iterable
from typing import get_args

from l1.content.features import PictureFeature, SoundFeature
from l1.content.media_info import Kind

OF_SOUND: tuple[str, ...] = get_args(SoundFeature)
OF_PICTURES: tuple[str, ...] = get_args(PictureFeature)
FEATURES = (*OF_SOUND, *OF_PICTURES)

METADATA = "metadata"
"""What the probe finds in every file that comes in; older recipes ask for it by this name."""

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


def found_in(names: Iterable[str]) -> tuple[Kind, ...]:
    """Name the kinds of content in which all of these features can be found; none: in any."""
    wanted = {meant(name) for name in names}
    if wanted == {METADATA}:
        return ()
    return ("video",) if wanted & set(OF_PICTURES) else ("audio",)
