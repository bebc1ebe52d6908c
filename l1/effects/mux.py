"""MUX: gives a video the sound of another file.

The sound's first sample is heard with the first picture, or `offset` seconds later; of a video
used for its sound, the moment of its own first picture counts as its beginning. A negative
`offset` leaves out the beginning of the sound.

With `shortest` the result ends where the shorter one ends: a longer sound is cut to the sample
where the last picture ends, a longer video after the picture that is shown when the sound ends.
Without it both are kept whole, and what is longer goes on alone.

Pictures are copied bit for bit when they are H.264 in MP4 as every step here writes it (8 bits,
4:2:0, upright, not cut by an editor) and none is cut off; else they are encoded anew. Sound is
copied when MP4 can hold it (AAC, MP3, Opus, FLAC, AC-3, ALAC) and nothing of it is cut or moved,
where less than one picture's length too much counts as nothing; else, and with `sound: aac`, it is
encoded as AAC. A sound
that the video already has is replaced.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Annotated, Literal

import msgspec

from l1.dag.node import Node, Params, fraction
from l1.dag.recipe import RecipeStep
from l1.effects.effect import Job, Source, effect_of_film
from l1.errors import Refused
from l1.media.film import Film, Soundtrack, retimed
from l1.media.lengths import frames_of, rate_of
from l1.media.listening import sound_end, time_zero
from l1.media.reel import open_reel
from l1.media.remuxing import is_copyable, remux_video
from l1.media.samples import Samples
from l1.media.sound import RATE, can_copy
from l1.media.soundtracks import heard, of_file

Position = Annotated[int, msgspec.Meta(ge=0, le=63)]

_ROLES = ("video_stream", "audio_stream")


class MuxParams(Params, frozen=True, kw_only=True):
    """Which input is seen and which is heard, and how they lie to each other."""

    video_stream: Annotated[
        Position, msgspec.Meta(description="Number of the input that is seen, counted from 0")
    ] = 0
    audio_stream: Annotated[
        Position, msgspec.Meta(description="Number of the input that is heard, counted from 0")
    ] = 1
    sound: Annotated[
        Literal["copy", "aac"],
        msgspec.Meta(description="copy: as it is where MP4 holds it; aac: what plays everywhere"),
    ] = "copy"
    shortest: Annotated[
        bool, msgspec.Meta(description="End with the shorter of both; false keeps both whole")
    ] = True
    offset: Annotated[
        Decimal,
        fraction(
            "Seconds from the first picture to the beginning of the sound; a negative number "
            "leaves out that much of the sound",
            ge="-14400",
            le="14400",
        ),
    ] = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Meeting:
    """How a video and a sound come together. `stop` is where the sound is cut, None for nowhere.

    `lasts` is the length of the result in frames, with those for which only sound goes on.
    """

    frames: int
    lasts: int
    rate: Fraction
    all_frames: int
    offset: Fraction
    stop: Fraction | None

    @property
    def sound_is_whole(self) -> bool:
        return not self.offset and self.stop is None


def expand(
    step: RecipeStep, params: Params, _steps: Mapping[str, RecipeStep]
) -> tuple[RecipeStep, ...]:
    """Put the video first and the sound second, whatever their numbers."""
    numbers = {role: getattr(params, role) for role in _ROLES}
    for role, number in numbers.items():
        if number >= len(step.inputs):
            raise Refused(
                f"MUX has no input {number}: its inputs are counted from 0 and it has "
                f"{len(step.inputs)}",
                code="bad_parameter",
                field=role,
            )
    if unused := set(range(len(step.inputs))) - set(numbers.values()):
        raise Refused(
            f"input {min(unused)} of MUX is neither seen nor heard; leave it out",
            code="bad_parameter",
            field="audio_stream",
        )
    inputs = tuple(step.inputs[number] for number in numbers.values())
    config = {name: value for name, value in step.config.items() if name not in numbers}
    return (msgspec.structs.replace(step, inputs=inputs, config=config),)


@contextmanager
def _film(job: Job) -> Iterator[Film | None]:
    """Show the pictures with the sound; None where they can be copied, and are kept as they are."""
    video, audio = _checked(job)
    meeting = _meet(video, audio, job.params)
    if not job.has_looks:
        if _is_copied(video, meeting):
            yield None
            return
        job.note("The pictures are encoded anew: they are cut, or not H.264 in MP4 as written here")
    with open_reel(video.path, kept_bytes=1) as reel:
        frames = min(meeting.frames, reel.frames)
        sound = _heard(audio, meeting, job)
        yield retimed(reel, video.cid, lambda number: number, frames=frames, sound=sound)


def _copy(job: Job) -> None:
    video, audio = _checked(job)
    meeting = _meet(video, audio, job.params)
    sound = _heard(audio, meeting, job)
    remux_video(
        video.path,
        job.output,
        start=time_zero(video.path),
        total=meeting.lasts,
        progress=job.progress,
        sound=sound.path,
        sound_start=sound.start,
        track=sound.track() if sound.track else None,
    )


def _checked(job: Job) -> tuple[Source, Source]:
    video, audio = job.sources
    if video.info.kind != "video":
        raise Refused(f"MUX takes a video first, and this input is {video.info.kind}")
    if audio.info.audio is None:
        raise Refused("The second input of MUX has no sound; give it another")
    return video, audio


def _is_copied(video: Source, meeting: _Meeting) -> bool:
    return meeting.frames == meeting.all_frames and is_copyable(video.path, video.info)


def _meet(video: Source, audio: Source, params: MuxParams) -> _Meeting:
    """Decide what is shown and heard. Raises `Refused` when there is no moment of both."""
    frames, rate = frames_of(video.info), rate_of(video.info)
    length, offset = frames / rate, Fraction(params.offset)
    end = sound_end(audio.path) + offset
    if end <= 0 or (params.shortest and offset >= length):
        raise Refused(
            f"With an offset of {params.offset} s none of the sound is heard: it lasts "
            f"{float(end - offset):.2f} s and the video {float(length):.2f} s; choose another offset"
        )
    shown = min(frames, ceil(end * rate)) if params.shortest else frames
    cut = params.shortest and (end >= length + 1 / rate or (bool(offset) and end > length))
    return _Meeting(
        frames=shown,
        lasts=shown if params.shortest else max(shown, ceil(end * rate)),
        rate=rate,
        all_frames=frames,
        offset=offset,
        stop=length if cut else None,
    )


def _heard(audio: Source, meeting: _Meeting, job: Job) -> Soundtrack:
    """Say how the sound is to be written: copied, or encoded from its samples."""
    info = audio.info.audio
    fits = info is not None and can_copy(info.codec, info.sample_rate)
    wanted = job.params.sound == "copy" or (info is not None and info.codec == "aac")
    if meeting.sound_is_whole and fits and wanted:
        return of_file(audio.path, audio.cid)
    stop = None if meeting.stop is None else meeting.stop - meeting.offset
    sound = heard(audio.path, audio.cid, start=-meeting.offset, stop=stop)
    track = sound.track
    assert track is not None  # it is made of samples
    return replace(sound, track=lambda: _told(track(), meeting, job))


def _told(track: Iterable[Samples], meeting: _Meeting, job: Job) -> Iterator[Samples]:
    """Hand sound on and tell how far it is: after the last picture nothing else does."""
    samples = 0
    for block in track:
        yield block
        samples += block.shape[1]
        job.progress(min(int(samples * meeting.rate / RATE), meeting.lasts), meeting.lasts)


MUX = effect_of_film(
    Node(
        name="mux",
        version=1,
        summary="Gives a video the sound of another file",
        params=MuxParams,
        accepts=(frozenset({"video"}), frozenset({"audio"})),
        slots=("video", "audio"),
        gives=frozenset({"video", "audio"}),
        expand=expand,
    ),
    _film,
    otherwise=_copy,
)
