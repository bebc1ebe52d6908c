"""Plan a run: from its recipe and probed inputs to steps, hits and what has to be executed."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import msgspec

from l1.actions.contents import infos, not_deleted, put_documents, stored
from l1.actions.find_effect import make_plan
from l1.actions.open_content import lose_content, missing
from l1.actions.services import Caller, Services
from l1.actions.start_run import request_of
from l1.content.cid import Cid
from l1.content.playlist import named_in
from l1.dag.plan import Plan, Pruned, Step, prune
from l1.dag.recipe import Recipe
from l1.dag.resolve import contents_of
from l1.errors import Refused, Unavailable
from l1.events.event import Event
from l1.events.run import (
    CachedStep,
    ElidedStep,
    PlannedStep,
    RunFailed,
    RunPlanned,
    RunRequested,
    StepCached,
    StepElided,
    StepPlanned,
)
from l1.log.command import Barred, Command, Guard, Stale
from l1.projections.segments import tracks_of

_PAGE = 1000
_ATTEMPTS = 5


async def plan_run(services: Services, caller: Caller, *, run_id: str, token: str) -> None:
    """Plan a run under the lease `token`; a run that cannot be planned fails, saying why."""
    requested = await request_of(services, run_id)
    try:
        made = await _plan(services, requested)
    except Refused as error:
        await services.log.append(
            Command(
                facts=(
                    RunFailed(
                        run_id=run_id, code=error.code, message=error.message.replace("\0", "")
                    ),
                ),
                meta=caller.meta(run_id),
                guard=Guard(name="lease", args={"key": f"plan:{run_id}", "token": token}),
            )
        )
        return
    for _ in range(_ATTEMPTS):
        outputs = await _present(services, caller, made)
        try:
            await _record(services, caller, requested, made, outputs=outputs, token=token)
        except (Barred, Stale):
            # A hit was deleted in between, or the plan's own text, or the lease is gone; a lost
            # lease bars us again.
            continue
        return
    raise Unavailable(f"the plan of run {run_id} could not be recorded")


async def _present(services: Services, caller: Caller, made: Plan) -> Mapping[str, str]:
    """Tell which steps are done. A result whose bytes are gone is recorded as lost, not used.

    A playlist of which something is gone is of no use either.
    """
    since = await services.reader.head()
    outputs = await services.work.outputs([step.key for step in made.steps])
    cids = {Cid(cid) for cid in outputs.values()}
    lost = set(await missing(services, cids))
    for cid in lost:
        await lose_content(services, caller, cid, found="missing", since=since)
    for cid, tracks in (await tracks_of(services.views, sorted(cids - lost))).items():
        if not await _is_playable(services, tracks):
            lost.add(cid)
            await lose_content(services, caller, cid, found="damaged", since=since)
    return {key: cid for key, cid in outputs.items() if cid not in lost}


async def _is_playable(services: Services, tracks: Collection[Cid]) -> bool:
    if await missing(services, tracks):
        return False
    lists = [(await services.store.read(cid)).decode() for cid in tracks]
    return not await missing(services, {cid for each in lists for cid in named_in(each)})


async def _plan(services: Services, requested: RunRequested) -> Plan:
    data = await services.store.read(requested.recipe)
    recipe = msgspec.json.decode(data, type=Recipe)
    known = await infos(services, sorted(contents_of(recipe, requested.inputs)))
    apart = requested.run_id if requested.verifies else ""
    return await make_plan(services, recipe, requested.inputs, known, apart=apart)


async def _record(
    services: Services,
    caller: Caller,
    requested: RunRequested,
    made: Plan,
    *,
    outputs: Mapping[str, str],
    token: str,
) -> None:
    pruned = prune(made, outputs)
    since = await services.reader.head()
    (document,) = await put_documents(services, made.to_json())
    run_id = requested.run_id
    planned = RunPlanned(
        run_id=run_id,
        plan=document.cid,
        plan_id=made.plan_id,
        run_key=made.run_key,
        output_key=made.by_id[made.output].key,
        steps=len(made.steps),
        cached=len(made.steps) - len(pruned.needed) - len(pruned.within),
        levels=len(made.levels),
    )
    facts: list[Event] = [
        stored(document, source="plan", caller=caller, media_type="application/json"),
        *_cached(run_id, pruned, outputs),
        *_needed(requested, made, pruned),
        *_elided(run_id, pruned),
        planned,
    ]
    hits = [{"key": step.key, "output": outputs[step.key]} for step in pruned.hits]
    guard = Guard(name="plan", args={"key": f"plan:{run_id}", "token": token, "hits": hits})
    await services.log.append(
        Command(
            facts=tuple(facts),
            meta=caller.meta(run_id),
            conditions=(not_deleted([document.cid], since=since),),
            guard=guard,
        )
    )


def _cached(run_id: str, pruned: Pruned, outputs: Mapping[str, str]) -> Iterable[StepCached]:
    for page in _pages(pruned.hits):
        yield StepCached(
            run_id=run_id,
            steps=tuple(
                CachedStep(
                    id=step.id,
                    key=step.key,
                    node=step.node,
                    level=step.level,
                    output=Cid(outputs[step.key]),
                )
                for step in page
            ),
        )


def _needed(requested: RunRequested, made: Plan, pruned: Pruned) -> Iterable[StepPlanned]:
    sample = requested.sample
    for page in _pages(pruned.needed):
        yield StepPlanned(
            run_id=requested.run_id,
            steps=tuple(
                PlannedStep(
                    id=step.id,
                    key=step.key,
                    queue=step.queue,
                    level=step.level,
                    inputs=tuple(made.by_id[name].key for name in made.waits_for(step)),
                    spec=_spec(made, step, sample),
                )
                for step in page
            ),
            retry=bool(requested.retry_of),
        )


def _spec(made: Plan, step: Step, sample: int) -> Mapping[str, object]:
    """Tell a worker all that rendering a step needs: what is rendered with it, and who watches."""
    spec = step.preimage.plain()
    if chain := [inner.preimage.plain() for inner in made.chain(step)[:-1]]:
        spec["chain"] = chain
    if step.id == made.output:
        spec |= {"sample": sample} if sample else {"streamed": True}
    return spec


def _elided(run_id: str, pruned: Pruned) -> Iterable[StepElided]:
    for page in _pages([step for step in pruned.elided if step.id in pruned.within]):
        yield StepElided(
            run_id=run_id,
            steps=tuple(
                ElidedStep(
                    id=step.id,
                    key=step.key,
                    node=step.node,
                    level=step.level,
                    within=pruned.within[step.id].key,
                )
                for step in page
            ),
        )


def _pages(steps: Sequence[Step]) -> Iterator[Sequence[Step]]:
    yield from (steps[start : start + _PAGE] for start in range(0, len(steps), _PAGE))
