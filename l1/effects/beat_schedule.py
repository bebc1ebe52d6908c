"""BEAT_SCHEDULE: decides which picture of a video is shown when, so that pieces fall on beats.

Its output is the schedule, as canonical JSON; BEAT_SYNC renders it. What the parameters mean is
told in `SyncParams`, and by which arithmetic in `l1/dag/syncing.py`. Where the beats of the
video's own sound are to fall on those of the music, it takes them as a third input, an analysis
that it writes by itself.
"""

from collections.abc import Mapping

from l1.content.features import Beats, Features
from l1.content.schedule import Schedule
from l1.dag.node import Node, Params
from l1.dag.recipe import RecipeStep
from l1.dag.sync_params import SyncParams
from l1.dag.sync_pieces import Footage
from l1.dag.sync_steps import deciding
from l1.dag.syncing import schedule
from l1.effects.effect import Effect, Job
from l1.errors import Refused
from l1.media.scenes import scenes_of
from l1.media.timeline import timeline_of

_FEW = 3
_FLASHES, _STRONG = 3, 100
"""So many flashes a second are still harmless, and those of a tenth of all light count."""


def expand(
    step: RecipeStep, params: Params, _steps: Mapping[str, RecipeStep]
) -> tuple[RecipeStep, ...]:
    """Write the step that hears the video's own beats, where they are wanted and not given."""
    return deciding(step, params, step.id) if len(step.inputs) == 2 else (step,)


def _render(job: Job) -> None:
    video, *analyses = job.sources
    beats, *own = (_beats(Features.read(each.path.read_bytes())) for each in analyses)
    timeline = timeline_of(video.path)
    total = len(timeline.shown)
    scenes: tuple[int, ...] = ()
    if job.params.divides_scenes:
        scenes = scenes_of(video.path, lambda done: job.progress(done, max(done, total)))
    footage = Footage(
        frames=total, rate=timeline.rate, scenes=scenes, beats_ms=_own_beats(job.params, own)
    )
    made = schedule(footage, beats, job.params)
    job.note(
        f"{len(made.intervals)} beats, {len(scenes)} cuts found in the source; "
        f"{made.frames} frames, {float(made.rate):.3f} a second"
    )
    if len(made.intervals) < _FEW:
        job.note("So few beats count that the video is hardly cut: look at `every` and `downbeats`")
    if _dazzles(made):
        job.note(
            "More than three flashes a second can bring on seizures (WCAG 2.2, 2.3.1): take "
            "`every: 2`, a smaller `amount`, or `pulse: zoom`"
        )
    job.output.write_bytes(made.to_json())
    job.progress(total, total)


def _dazzles(made: Schedule) -> bool:
    """Tell whether more than three strong flashes fall within a second."""
    if made.pulse is None or made.pulse.look != "flash" or made.pulse.levels[0] < _STRONG:
        return False
    beats = [interval.frame for interval in made.intervals]
    pairs = zip(beats, beats[_FLASHES:], strict=False)
    return any(fourth - first < made.rate for first, fourth in pairs)


def _own_beats(params: SyncParams, own: list[Beats]) -> tuple[int, ...]:
    """Pick those of the video's beats that count, as those of the music are picked."""
    if params.cuts != "beats" and not own:
        return ()
    if params.cuts != "beats" or not own:
        raise Refused(
            "`cuts: beats` and a third input, the beats of the video itself, belong together; "
            "leave the input out, and it is made",
            code="bad_inputs",
        )
    found = own[0].downbeats_ms if params.downbeats else own[0].beats_ms
    return found[:: params.every]


def _beats(found: Features) -> Beats:
    if found.beats is None:
        others = [name for name in found.__struct_fields__ if getattr(found, name) is not None]
        raise Refused(
            f"the analysis has {' and '.join(others) or 'nothing'} but no beats; add `beats` to "
            "the features of ANALYZE",
            code="no_beats",
        )
    return found.beats


BEAT_SCHEDULE = Effect(
    node=Node(
        name="beat_schedule",
        version=1,
        summary="Decides which picture of a video is shown when, so that its pieces fall on beats",
        params=SyncParams,
        accepts=(frozenset({"video"}), frozenset({"data", "text"}), frozenset({"data", "text"})),
        fewest=2,
        slots=("video", "analysis", "own_beats"),
        gives="data",
        expand=expand,
    ),
    render=_render,
)
