"""The steps that BEAT_SYNC and BEAT_SCHEDULE are written as."""

from l1.dag.node import Params
from l1.dag.recipe import RecipeStep
from l1.dag.sync_params import SyncParams

SCHEDULE = "BEAT_SCHEDULE"
_BEATS = "BEATS"
_LISTENERS = frozenset({"ANALYZE", _BEATS})


def deciding(step: RecipeStep, params: Params, id_: str) -> tuple[RecipeStep, ...]:
    """Write the step that decides, under a name, and before it the one that hears the video itself.

    `step` has the parameters, the video as its first input, and the analysis as its second. The
    video is heard where its own beats are wanted.
    """
    assert isinstance(params, SyncParams)
    video, leader = step.inputs[:2]
    heard: tuple[RecipeStep, ...] = ()
    if params.cuts == "beats":
        heard = (RecipeStep(id=f"{step.id}.own_beats", type=_BEATS, inputs=(video,)),)
    inputs = (video, leader, *(each.id for each in heard))
    return *heard, RecipeStep(id=id_, type=SCHEDULE, config=step.config, inputs=inputs)


def music_of(leader: RecipeStep | None) -> tuple[str, ...]:
    """Answer what the step that found the beats has listened to."""
    if leader is None or leader.type.upper() not in _LISTENERS:
        return ()
    return leader.inputs[:1]
