"""BEAT_SYNC: shows a video in time with music.

In a recipe it takes the video, an analysis with beats, and the music; without music in third
place, that of the ANALYZE or BEATS step that the analysis names is taken. It stands for two steps:
BEAT_SCHEDULE, which decides what is shown when, and this one, which shows it (and for a third that
hears the video itself, where the video's own beats are wanted). The music is the
sound of the result, cut to the sample to where the pictures begin and end; the video's own sound
is left out. Without any music, as when the analysis was uploaded, the result is silent.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction

from l1.content.schedule import Schedule
from l1.dag.node import Node, Params
from l1.dag.recipe import RecipeStep
from l1.dag.sync_params import SyncParams
from l1.dag.sync_steps import SCHEDULE, deciding, music_of
from l1.effects.effect import Job, effect_of_film
from l1.errors import Refused
from l1.media.film import Film
from l1.media.playing import film_of_schedule
from l1.media.reel import Reel, open_reel
from l1.media.soundtracks import heard


def expand(
    step: RecipeStep, params: Params, steps: Mapping[str, RecipeStep]
) -> tuple[RecipeStep, ...]:
    """Write the step that decides and the step that shows, unless the second input has decided."""
    if len(step.inputs) < 2:
        return (step,)
    video, leader = step.inputs[:2]
    if leader in steps and steps[leader].type.upper() == SCHEDULE:
        if params != SyncParams():
            raise Refused(
                f"'{leader}' has decided what is shown when; give it the parameters of BEAT_SYNC",
                code="bad_parameter",
            )
        return (step,)
    *before, decided = deciding(step, params, f"{step.id}.schedule")
    music = step.inputs[2:] or music_of(steps.get(leader))
    shown = RecipeStep(id=step.id, type=step.type, inputs=(video, decided.id, *music))
    return *before, decided, shown


@contextmanager
def _film(job: Job) -> Iterator[Film | None]:
    video, plan, *music = job.sources
    schedule = Schedule.read(plan.path.read_bytes())
    start = Fraction(schedule.start_ms, 1000)
    stop = start + schedule.frames / schedule.rate
    with open_reel(video.path) as reel:
        _check(schedule, reel)
        sound = heard(music[0].path, music[0].cid, start=start, stop=stop) if music else None
        yield film_of_schedule(reel, video.cid, schedule, sound)


def _check(schedule: Schedule, reel: Reel) -> None:
    if (schedule.source_frames, schedule.source_rate) != (reel.frames, reel.rate):
        raise Refused(
            f"the schedule is for a video of {schedule.source_frames} frames, "
            f"{float(schedule.source_rate):.3f} a second, and this one has {reel.frames}, "
            f"{float(reel.rate):.3f} a second; make a schedule for this video",
            code="bad_inputs",
        )


BEAT_SYNC = effect_of_film(
    Node(
        name="beat_sync",
        version=1,
        summary="Shows a video in time with music: its pieces begin on beats",
        params=SyncParams,
        accepts=(frozenset({"video"}), frozenset({"data", "text"}), frozenset({"audio"})),
        fewest=2,
        slots=("video", "analysis", "music"),
        gives=frozenset({"video", "audio"}),
        expand=expand,
    ),
    _film,
)
