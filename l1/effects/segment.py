"""SEGMENT: cuts a part out of a video or a sound.

Frame n of a video is shown from n / rate seconds on, and is in the part if that moment is in
[start, end). The sound is cut at the same two frames, to the sample, so that neighbouring parts
put together give all frames and all sound of the whole, once.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Annotated

import msgspec

from l1.content.media_info import MediaInfo
from l1.dag.node import Node, Params, fraction
from l1.effects.effect import Job, effect_of_film
from l1.errors import Refused
from l1.media.audio_file import write_audio
from l1.media.cutting import film_of_part
from l1.media.film import Film
from l1.media.lengths import frames_of, length_of, rate_of
from l1.media.listening import hear
from l1.media.sound import RATE

_HEARD_APART = Fraction(1, 20)
"""Seconds by which a sound's end may be overshot, as headers give lengths of packets."""


class SegmentParams(Params, frozen=True, kw_only=True):
    """Which part. `offset` and `duration` are another way to say `start` and `end`."""

    start: Annotated[Decimal, fraction("Second at which the part begins", ge="0", le="14400")] = (
        Decimal(0)
    )
    end: Annotated[
        Decimal | None,
        fraction("Second before which it ends; left out, the end of the file", ge="0", le="14400"),
    ] = None
    offset: Annotated[Decimal | None, fraction("The same as `start`", ge="0", le="14400")] = None
    duration: Annotated[
        Decimal | None, fraction("Seconds from `start` to `end`", ge="0", le="14400")
    ] = None
    shorten: Annotated[
        bool,
        msgspec.Meta(
            description="Give what there is when the file ends before `end`; false refuses it"
        ),
    ] = False
    precise: Annotated[
        bool, msgspec.Meta(description="Accepted and without effect: every cut is exact")
    ] = True

    def __post_init__(self) -> None:
        super().__post_init__()
        start, end = self.start, self.end
        if self.offset is not None:
            if start not in {Decimal(0), self.offset}:
                raise ValueError("`start` and `offset` are the same and differ; give one")
            start = self.offset
        if self.duration is not None:
            if end not in {None, start + self.duration}:
                raise ValueError("`end` and `duration` contradict each other; give one")
            end = start + self.duration
        if end is not None and end <= start:
            raise ValueError(f"the part would end at {end} s, not after its start at {start} s")
        same = {"start": start, "end": end, "offset": None, "duration": None, "precise": True}
        if end is None:
            same["shorten"] = False
        for name, value in same.items():
            msgspec.structs.force_setattr(self, name, value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Frames from number `first` to before number `stop`."""

    first: int
    stop: int


def span(info: MediaInfo, params: SegmentParams) -> Span:
    """Name the frames of a video that are in a part.

    Raises `Refused` when it reaches beyond the end, or when no frame is in it.
    """
    rate, frames = rate_of(info), frames_of(info)
    _check(info, params, slack=1 / rate)
    first = ceil(Fraction(params.start) * rate)
    stop = frames if params.end is None else min(frames, ceil(Fraction(params.end) * rate))
    if first >= stop:
        until = f"{float(length_of(info)):.3f}" if params.end is None else params.end
        raise Refused(
            f"No frame begins between {params.start} s and {until} s: this video has one every "
            f"{float(1 / rate):.3f} s. Choose a longer part"
        )
    return Span(first=first, stop=stop)


def _check(info: MediaInfo, params: SegmentParams, *, slack: Fraction) -> None:
    length = length_of(info)
    if params.start >= length:
        raise Refused(_beyond("begin", params.start, info.kind, length))
    if params.shorten or params.end is None:
        return
    if params.end > length + slack:
        raise Refused(_beyond("end", params.end, info.kind, length))


def _beyond(verb: str, at: Decimal, kind: str, length: Fraction) -> str:
    return (
        f"The part would {verb} at {at} s, and the {kind} is {float(length):.3f} s long; "
        f"choose a part inside it"
    )


@contextmanager
def _film(job: Job) -> Iterator[Film | None]:
    source = job.sources[0]
    kind = source.info.kind
    if kind == "audio":
        yield None
    elif kind == "video":
        part = span(source.info, job.params)
        has_sound = source.info.audio is not None
        with film_of_part(
            source.path, source.cid, first=part.first, stop=part.stop, has_sound=has_sound
        ) as film:
            yield film
    elif kind == "image":
        raise Refused("An image has no length to cut; SEQUENCE shows it for `image_duration`")
    else:
        raise Refused(f"SEGMENT takes a video or a sound, and this input is {kind}")


def _render_audio(job: Job) -> None:
    source, params = job.sources[0], job.params
    _check(source.info, params, slack=_HEARD_APART)
    start = Fraction(params.start)
    stop = None if params.end is None else Fraction(params.end)
    length = length_of(source.info)
    total = round((min(stop or length, length) - start) * RATE)
    track = hear(source.path, start=start, stop=stop)
    write_audio(job.output, track, total=total, progress=job.progress)


SEGMENT = effect_of_film(
    Node(
        name="segment",
        version=1,
        summary="Cuts a part out of a video or a sound, exact to the frame and the sample",
        params=SegmentParams,
        accepts=(frozenset({"video", "audio"}),),
    ),
    _film,
    otherwise=_render_audio,
)
