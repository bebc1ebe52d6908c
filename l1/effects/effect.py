"""An effect: files in, one file out. Effects know neither each other nor where bytes live."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from l1.content.curve import Curve
from l1.content.media_info import MediaInfo
from l1.dag.following import params_at
from l1.dag.node import Node, Params
from l1.media.film import Change, Film, Stage, made_by, write_film


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One input: a readable file, what the probe found in it, and the CID of its bytes."""

    path: Path
    info: MediaInfo
    cid: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One piece of work for an effect.

    `output` does not exist yet; the effect creates it. `progress(done, total)` may be called as
    often as liked (units are the effect's own, frames by custom); calling it also proves to the
    watchdog that the work moves. `note(text)` writes a line to the step's log. `curves` are what
    parameters follow, by parameter: a node that `binds` any asks `at` what they are at a picture.
    With `has_looks` the result is only seen through the looks that follow, and not kept itself.
    """

    sources: tuple[Source, ...]
    params: Any
    output: Path
    progress: Callable[[int, int], None]
    note: Callable[[str], None]
    curves: Mapping[str, Curve] = field(default_factory=dict)
    has_looks: bool = False

    def at(self, number: int, rate: Fraction) -> Any:
        """Answer the parameters at a picture, by its number at a rate of pictures a second."""
        return params_at(self.params, self.curves, number, rate)

    def note_if_animated(self) -> None:
        """Say in the log that of a first input which is an animated image one picture is used."""
        video = self.sources[0].info.video
        if video and video.frames > 1:
            self.note(f"The image is animated ({video.frames} pictures); the first is used")


Look = Callable[[Any, Stage], Change]
"""Makes the change from parameters. All pictures of a stage come out in one size."""

Touches = Callable[[Any, Stage, int, int], bool]
"""Tells whether any of the pictures from one number to before another is changed at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """A node type and the function that renders it, raising `Refused` for what it cannot take.

    Where the result is made picture by picture, `film` opens it as one, so that it can be rendered
    in parts; it answers None for inputs of which that is not so. A `look` makes each picture from
    that picture alone, and `touches` tells which it leaves as they are; without it, none. A
    `strict` one runs only where the sandbox is whole.
    """

    node: Node
    render: Callable[[Job], None]
    film: Callable[[Job], AbstractContextManager[Film | None]] | None = None
    look: Look | None = None
    touches: Touches | None = None
    strict: bool = False

    def parse(self, params: dict[str, Any]) -> Params:
        """Turn canonical JSON parameters into the node's own type."""
        import msgspec  # noqa: PLC0415

        return msgspec.convert(params, self.node.params, strict=False)


def effect_of_film(
    node: Node,
    film: Callable[[Job], AbstractContextManager[Film | None]],
    otherwise: Callable[[Job], None] | None = None,
) -> Effect:
    """Make an effect that is a film, where it is one, and is rendered `otherwise` where not."""
    maker = {"node": node.name, "version": node.version}

    @contextmanager
    def opened(job: Job) -> Iterator[Film | None]:
        with film(job) as shown:
            yield shown and made_by(shown, maker)

    def render(job: Job) -> None:
        with film(job) as shown:
            if shown is not None:
                write_film(job.output, shown, job.progress)
                return
        assert otherwise is not None  # a film that may be none has another way
        otherwise(job)

    return Effect(node=replace(node, fuses="head"), render=render, film=opened)
