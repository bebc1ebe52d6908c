"""The edit list of a film that follows a beat, so that it can be changed in an editing program."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from l1.actions.services import Services
from l1.actions.titles import file_name, titles
from l1.content.cid import Cid
from l1.content.otio import Medium, write_otio
from l1.content.schedule import BYTES, Schedule
from l1.dag.plan import BYTES as PLAN_BYTES
from l1.dag.plan import Plan, Ref
from l1.errors import NotFound, Refused
from l1.projections import content, deletions, runs, steps
from l1.projections.content import Content
from l1.projections.runs import Run

_DECIDES, _SHOWS, _JOINS = "beat_schedule", "beat_sync", "analyze"
_MOST_RUNS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cut:
    """What a plan cuts by which schedule, and to which music; `shown` is the step that shows it."""

    schedule: Ref
    video: Ref
    music: Ref | None
    shown: str = ""


async def export_schedule(services: Services, item: Content) -> bytes:
    """Write the edit list of a schedule, or of the film that was shown by one, as OpenTimelineIO.

    Its media are those of the run that made it; a schedule that was brought from elsewhere has
    none that are known. Raises `Refused` for any other content.
    """
    (title,) = await titles(services, [item])
    held = await deletions.held(services.views, [item.cid])
    makers = [use.run for use in held.items[0].uses if use.role in {"output", "intermediate"}]
    for run_id in makers[:_MOST_RUNS]:
        run = await runs.get(services.views, run_id)
        plan, outputs = await _made(services, run)
        cut = _cut_of(item, run, plan, outputs) if plan else None
        if cut is None:
            continue
        decided = _cid(cut.schedule, outputs)
        if decided is None or not await services.store.has(decided):
            raise NotFound("the schedule of this film is not here any more; run it again")
        schedule = Schedule.read(await services.store.read(decided, limit=BYTES))
        video = await _medium(services, cut.video, outputs)
        music = await _medium(services, cut.music, outputs) if cut.music else None
        return write_otio(schedule, name=title or run.recipe_name, video=video, music=music)
    if item.size > BYTES or (item.kind or "data") not in {"text", "data"}:
        raise _no_schedule(item)
    try:
        schedule = Schedule.read(await services.store.read(item.cid, limit=BYTES))
    except Refused:
        raise _no_schedule(item) from None
    return write_otio(schedule, name=title or item.cid, video=Medium(name="video"), music=None)


async def _made(services: Services, run: Run) -> tuple[Plan | None, Mapping[str, str]]:
    """Answer a run's plan, if it is here, and what each of its steps gave."""
    if not run.plan or not await services.store.has(Cid(run.plan)):
        return None, {}
    plan = Plan.from_json(await services.store.read(Cid(run.plan), limit=PLAN_BYTES))
    done = await services.work.outputs([step.key for step in plan.steps])
    outputs = {step.id: done[step.key] for step in plan.steps if step.key in done}
    listed = await steps.of_run(services.views, run.run_id, run.state)
    return plan, outputs | {each.step_id: each.output for each in listed if each.output}


def _cut_of(item: Content, run: Run, plan: Plan, outputs: Mapping[str, str]) -> _Cut | None:
    """Choose the cut that content is, or shows, or the only one that its run has."""
    cuts = list(_cuts(plan))
    for cut in cuts:
        if item.cid in {_cid(cut.schedule, outputs), outputs.get(cut.shown)}:
            return cut
    if run.output == item.cid and len(cuts) > 1:
        raise Refused(
            f"{len(cuts)} schedules have made this film: "
            + ", ".join(_cid(cut.schedule, outputs) or "one that is gone" for cut in cuts)
            + "; ask for the edit list of one of them",
            code="several_schedules",
        )
    return cuts[0] if cuts and run.output == item.cid else None


def _cuts(plan: Plan) -> Iterator[_Cut]:
    shown = [step for step in plan.steps if step.node == _SHOWS]
    for step in shown:
        video, schedule, *music = step.inputs
        yield _Cut(schedule=schedule, video=video, music=music[0] if music else None, shown=step.id)
    taken = {step.inputs[1].step for step in shown}
    for step in plan.steps:
        if step.node == _DECIDES and step.id not in taken:
            heard = _heard(step.inputs[1], plan)
            yield _Cut(schedule=Ref(step=step.id), video=step.inputs[0], music=heard)


def _heard(analysis: Ref, plan: Plan) -> Ref | None:
    """Find what an analysis has listened to."""
    while analysis.step and (step := plan.by_id[analysis.step]).inputs:
        analysis = step.inputs[0]
        if step.node != _JOINS:
            return analysis
    return None


def _cid(ref: Ref, outputs: Mapping[str, str]) -> Cid | None:
    cid = ref.cid or outputs.get(ref.step, "")
    return Cid(cid) if cid else None


async def _medium(services: Services, ref: Ref, outputs: Mapping[str, str]) -> Medium:
    """Name what is shown or heard as its file is called: as it was brought, or by its CID."""
    cid = _cid(ref, outputs)
    item = (await content.find(services.views, [cid])).get(cid) if cid else None
    if cid is None or item is None:
        return Medium(name=ref.step or str(cid), cid=cid)
    return Medium(name=await services.keyring.open(item.name) or file_name(item), cid=cid)


def _no_schedule(item: Content) -> Refused:
    return Refused(
        f"{item.cid} is neither a beat schedule nor a film that one has made; give the output of "
        "BEAT_SCHEDULE or BEAT_SYNC",
        code="bad_schedule",
    )
