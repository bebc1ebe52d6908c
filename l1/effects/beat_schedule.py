"""BEAT_SCHEDULE: decides which picture of a video is shown when, so that pieces fall on beats.

Its output is the schedule, as canonical JSON; BEAT_SYNC renders it. What the parameters mean is
told in `SyncParams`, and by which arithmetic in `l1/dag/syncing.py`.
"""

from l1.content.features import Beats, Features
from l1.dag.node import Node
from l1.dag.sync_params import SyncParams
from l1.dag.sync_pieces import Footage
from l1.dag.syncing import schedule
from l1.effects.effect import Effect, Job
from l1.errors import Refused
from l1.media.scenes import scenes_of
from l1.media.timeline import timeline_of

_FEW = 3


def _render(job: Job) -> None:
    video, analysis = job.sources
    beats = _beats(Features.read(analysis.path.read_bytes()))
    timeline = timeline_of(video.path)
    total = len(timeline.shown)
    scenes: tuple[int, ...] = ()
    if job.params.divides_scenes:
        scenes = scenes_of(video.path, lambda done: job.progress(done, max(done, total)))
    footage = Footage(frames=total, rate=timeline.rate, scenes=scenes)
    made = schedule(footage, beats, job.params)
    job.note(
        f"{len(made.intervals)} beats, {len(scenes)} cuts found in the source; "
        f"{made.frames} frames, {float(made.rate):.3f} a second"
    )
    if len(made.intervals) < _FEW:
        job.note("So few beats count that the video is hardly cut: look at `every` and `downbeats`")
    job.output.write_bytes(made.to_json())
    job.progress(total, total)


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
        accepts=(frozenset({"video"}), frozenset({"data", "text"})),
        slots=("video", "analysis"),
        gives="data",
    ),
    render=_render,
)
