"""SEGMENT_AT: cuts videos or sounds at given times, or on the beats of music.

At given `times`, the parts before, between and after them are a list, in order. Several take
turns, each going on from where it was left, and must last until their parts end.

With `times_from`, an analysis with beats, the times are known only when it has run. Then it is a
video: clips take turns on the beats, each going on from where it was left, or beginning again where
too little is left of it; one that is shorter than its turn is repeated. All are shown at the rate
and in the size of the first, and the sound is the music: a third input, `music`, or what the ANALYZE
or BEATS step has listened to. One clip alone is BEAT_SYNC with `mode: cut`.
"""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Annotated

import msgspec

from l1.content.features import Beats, Features
from l1.dag.node import Node, Params, is_writable
from l1.dag.params import normalise
from l1.dag.recipe import LIST, RecipeStep
from l1.dag.sync_pieces import order_of
from l1.dag.sync_steps import music_of
from l1.dag.sync_turns import ORDERS, TurnParams, sync_params, turns
from l1.effects.effect import Effect, Job, Source
from l1.errors import Refused
from l1.media.encoding import write_video
from l1.media.listening import hear
from l1.media.mapping import counted
from l1.media.reels import open_reels

MOST = 5000
MOST_CLIPS = 64
_LATEST_S = 14_400


class SegmentAtParams(TurnParams, frozen=True, kw_only=True):
    """Where to cut, and whose turn it is."""

    times: Annotated[
        tuple[Decimal, ...],
        msgspec.Meta(max_length=MOST, description="Seconds at which is cut, each after the other"),
    ] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        for time in self.times:
            if not is_writable(time) or not 0 <= time <= _LATEST_S:
                raise ValueError(f"Expected seconds from 0 to {_LATEST_S} in `times`")
        if any(later <= earlier for earlier, later in pairwise(self.times)):
            raise ValueError("Expected rising seconds in `times`")


def expand(
    step: RecipeStep, params: Params, steps: Mapping[str, RecipeStep]
) -> tuple[RecipeStep, ...]:
    """Write a SEGMENT for each part and the list of them, or the step that follows the beats."""
    assert isinstance(params, SegmentAtParams)
    given: dict[str, list[str]] = {"clips": [], "times_from": [], "music": []}
    for name, slot in zip(step.inputs, step.slots, strict=True):
        given[slot].append(name)
    _check(params, given)
    if params.times:
        return _parts(step, params, given["clips"])
    (leader,), clips = given["times_from"], given["clips"]
    music = tuple(given["music"]) or music_of(steps.get(leader))
    if len(clips) == 1:
        config, inputs = normalise(sync_params(params)), (*clips, leader, *music)
        return (RecipeStep(id=step.id, type="BEAT_SYNC", config=config, inputs=inputs),)
    slots = ("clips",) * len(clips) + ("times_from",) + ("music",) * len(music)
    inputs = (*clips, leader, *music)
    return (msgspec.structs.replace(step, inputs=inputs, slots=slots),)


def _parts(step: RecipeStep, params: SegmentAtParams, clips: list[str]) -> tuple[RecipeStep, ...]:
    """Cut at times; `here` is how much of each clip has been shown."""
    here = [Decimal(0)] * len(clips)
    turn = order_of(ORDERS[params.distribute], len(clips), params.seed)
    edges = [Decimal(0), *(time for time in params.times if time), None]
    parts = []
    for number, (start, stop) in enumerate(pairwise(edges)):
        which = turn(number)
        config = {"start": here[which]}
        if start is not None and stop is not None:
            here[which] += stop - start
            config["end"] = here[which]
        id_ = f"{step.id}.{number}"
        parts.append(RecipeStep(id=id_, type="SEGMENT", config=config, inputs=(clips[which],)))
    return (*parts, RecipeStep(id=step.id, type=LIST, inputs=tuple(part.id for part in parts)))


def _check(params: SegmentAtParams, given: Mapping[str, list[str]]) -> None:
    if not 1 <= len(given["clips"]) <= MOST_CLIPS:
        count = len(given["clips"])
        raise Refused(f"SEGMENT_AT takes 1 to {MOST_CLIPS} clips, and got {count}")
    if bool(params.times) == bool(given["times_from"]):
        raise Refused(
            "SEGMENT_AT needs one of `times`, the seconds at which is cut, and `times_from`, an "
            "analysis with beats",
            code="bad_parameter",
            field="times",
        )
    if len(given["times_from"]) > 1 or len(given["music"]) > 1:
        raise Refused("SEGMENT_AT takes one `times_from` and one `music`", code="bad_inputs")
    if params.times and given["music"]:
        raise Refused("`music` goes with `times_from`; MUX gives other sound", code="bad_inputs")
    for name in ("every", "offset", "downbeats", "fps"):
        if params.times and getattr(params, name) != getattr(TurnParams(), name):
            message = f"`{name}` goes with `times_from`; `times` are all used as they are"
            raise Refused(message, code="bad_parameter", field=name)


def _render(job: Job) -> None:
    clips, found, music = _sorted(job.sources)
    with open_reels([clip.path for clip in clips]) as reels:
        made = turns(reels.frames, reels.rate, found, job.params)
        changes = f"{len(made.intervals)} parts of {len(clips)} clips; {made.frames} frames"
        job.note(f"{changes}, {float(made.rate):.3f} a second")
        start, stop = Fraction(made.start_ms, 1000), made.frames / made.rate
        write_video(
            job.output,
            counted(map(reels.at, made.shown()), total=made.frames, progress=job.progress),
            rate=made.rate,
            track=hear(music.path, start=start, stop=start + stop) if music else None,
        )


def _sorted(sources: tuple[Source, ...]) -> tuple[tuple[Source, ...], Beats, Source | None]:
    """Tell the clips, the beats and the music apart: the analysis is no media."""
    at = [n for n, source in enumerate(sources) if source.info.kind in {"data", "text"}]
    if len(at) != 1 or not at[0] or any(each.info.kind != "video" for each in sources[: at[0]]):
        raise Refused(
            "SEGMENT_AT takes videos and, as `times_from`, one analysis", code="bad_inputs"
        )
    features = Features.read(sources[at[0]].path.read_bytes())
    if features.beats is None:
        raise Refused(
            "the analysis has no beats; add `beats` to the features of ANALYZE", code="no_beats"
        )
    music = sources[at[0] + 1 :]
    return sources[: at[0]], features.beats, music[0] if music else None


SEGMENT_AT = Effect(
    node=Node(
        name="segment_at",
        version=1,
        summary="Cuts videos or sounds at given times, or lets clips take turns on beats",
        params=SegmentAtParams,
        accepts=(frozenset({"video", "audio", "data", "text"}),),
        many=True,
        slots=("clips", "times_from", "music"),
        grouped=True,
        gives=frozenset({"video", "audio"}),
        expand=expand,
    ),
    render=_render,
)
