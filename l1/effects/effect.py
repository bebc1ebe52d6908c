"""An effect: files in, one file out. Effects know neither each other nor where bytes live."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from l1.content.media_info import MediaInfo
from l1.dag.node import Node, Params


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One input: a readable file and what the probe found in it."""

    path: Path
    info: MediaInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One piece of work for an effect.

    `output` does not exist yet; the effect creates it. `progress(done, total)` may be called as
    often as liked (units are the effect's own, frames by custom); calling it also proves to the
    watchdog that the work moves. `note(text)` writes a line to the step's log.
    """

    sources: tuple[Source, ...]
    params: Any
    output: Path
    progress: Callable[[int, int], None]
    note: Callable[[str], None]

    def note_if_animated(self) -> None:
        """Say in the log that of a first input which is an animated image one picture is used."""
        video = self.sources[0].info.video
        if video and video.frames > 1:
            self.note(f"The image is animated ({video.frames} pictures); the first is used")


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """A node type and the function that renders it, raising `Refused` for what it cannot take."""

    node: Node
    render: Callable[[Job], None]

    def parse(self, params: dict[str, Any]) -> Params:
        """Turn canonical JSON parameters into the node's own type."""
        import msgspec  # noqa: PLC0415

        return msgspec.convert(params, self.node.params, strict=False)
