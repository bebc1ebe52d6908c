"""Start a run: check what is asked, and say that it was asked."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from uuid import UUID, uuid4

import msgspec

from l1.actions.bind_inputs import Inputs, bind_inputs
from l1.actions.contents import not_deleted, probe_key, put_documents, resolve_all, stored
from l1.actions.find_effect import make_plan
from l1.actions.find_recipe import Found, find_recipe
from l1.actions.services import Caller, Services
from l1.content.canonical import canonical
from l1.content.cid import Cid
from l1.dag.recipe import Recipe
from l1.dag.resolve import contents_of
from l1.errors import Refused, Unavailable
from l1.events.run import RunRequested
from l1.log.command import Command, Stale, StreamAt
from l1.projections import content, runs
from l1.projections.runs import Run

_ATTEMPTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """The run that was started (or found), and the log position at which it stands."""

    run_id: str
    position: int


async def start_run(
    services: Services,
    caller: Caller,
    *,
    recipe: str | Found,
    inputs: Inputs,
    output_name: str = "",
    reuse: bool = False,
    verifies: Cid | None = None,
    sample: int = 0,
    event_id: UUID | None = None,
) -> Started:
    """Ask for a recipe to be rendered; `find_recipe` says by which names.

    What is known to fail is refused here: unknown recipe or content, missing input, content that
    the probe found unusable. With `reuse`, a completed run of the same meaning is answered. With
    `event_id`, asking again answers the run that the first asking started. A run that `verifies`
    content renders everything again, or a `sample` of so many segments.
    """
    asked = partial(
        _start,
        services,
        caller,
        recipe,
        inputs,
        output_name=output_name,
        reuse=reuse,
        verifies=verifies,
        sample=sample,
        event_id=event_id,
    )
    for _ in range(_ATTEMPTS - 1):
        try:
            return await asked()
        except Stale:  # something that it names was deleted meanwhile: look again
            await services.views.wait_for("content", await services.reader.head())
    return await asked()


async def _start(
    services: Services,
    caller: Caller,
    recipe: str | Found,
    inputs: Inputs,
    *,
    output_name: str,
    reuse: bool,
    verifies: Cid | None,
    sample: int,
    event_id: UUID | None,
) -> Started:
    since = await services.views.position("content")  # before looking: see `not_deleted`
    meant = recipe if isinstance(recipe, Found) else await find_recipe(services, recipe)
    bound = await bind_inputs(services, meant.recipe, inputs)
    meant = replace(meant, recipe=bound.recipe)
    run_key = await _check(services, bound.recipe, bound.inputs, bound.contents)
    if reuse and run_key:
        before = await runs.completed_by_key(services.views, run_key)
        if before is not None:
            return Started(run_id=before.run_id, position=before.ended_at or 0)
    return await _request(
        services,
        caller,
        meant,
        bound.inputs,
        found=bound.contents,
        since=since,
        output_name=output_name,
        verifies=verifies,
        sample=sample,
        event_id=event_id,
    )


async def request_again(services: Services, caller: Caller, run: Run) -> Started:
    """Ask for what a run asked for, once more."""
    first = await request_of(services, run.run_id)
    since = await services.views.position("content")
    recipe = msgspec.json.decode(await services.store.read(Cid(run.recipe)), type=Recipe)
    text = Cid(run.recipe_text)
    written = await services.store.read(text) if text else b""
    meant = Found(recipe=recipe, cid=text or None, text=written)
    bound = {name: Cid(cid) for name, cid in run.inputs.items()}
    found = await resolve_all(services, sorted(contents_of(recipe, bound)))
    return await _request(
        services,
        caller,
        meant,
        bound,
        found=found,
        since=since,
        output_name=await services.keyring.open(run.output_name) or "",
        retry_of=run.run_id,
        verifies=first.verifies or None,
        sample=first.sample,
    )


async def request_of(services: Services, run_id: str) -> RunRequested:
    """Read what a run was asked for."""
    for recorded in await services.reader.stream(f"run-{run_id}"):
        if isinstance(recorded.event, RunRequested):
            return recorded.event
    raise Unavailable(f"run {run_id} is not in the log")


def _unprobed(found: Mapping[str, content.Content]) -> tuple[str, ...]:
    return tuple(sorted({probe_key(item.cid) for item in found.values() if item.info is None}))


async def _check(
    services: Services,
    recipe: Recipe,
    bound: Mapping[str, Cid],
    found: Mapping[str, content.Content],
) -> str | None:
    """Plan it now, when all inputs are probed, and answer the run's key; refuse what must fail."""
    infos = {item.cid: item.info for item in found.values() if item.info is not None}
    if set(found) - set(infos):
        return None
    return (await make_plan(services, recipe, bound, infos)).run_key


async def _request(
    services: Services,
    caller: Caller,
    meant: Found,
    bound: Mapping[str, Cid],
    *,
    found: Mapping[str, content.Content],
    since: int,
    output_name: str,
    retry_of: str = "",
    verifies: Cid | None = None,
    sample: int = 0,
    event_id: UUID | None = None,
) -> Started:
    run_id = str(event_id or uuid4())
    form = canonical(msgspec.to_builtins(meant.recipe))
    document, *texts = await put_documents(services, form, *([meant.text] if meant.cid else []))
    requested = RunRequested(
        run_id=run_id,
        recipe=document.cid,
        recipe_name=meant.recipe.name,
        recipe_text=meant.cid or Cid(""),
        inputs=bound,
        fixed=tuple(sorted({item.cid for item in found.values()} - set(bound.values()))),
        owner=caller.name,
        output_name=await services.keyring.seal(caller.name, output_name),
        waits_for=_unprobed(found),
        retry_of=retry_of,
        verifies=verifies or Cid(""),
        sample=sample,
    )
    if before := await _asked_before(services, requested, output_name):
        return before
    facts = (
        stored(document, source="recipe", caller=caller, media_type="application/json"),
        *(stored(t, source="recipe", caller=caller, media_type="application/yaml") for t in texts),
        requested,
    )
    named = [identity.cid for identity in (document, *texts)]
    still = not_deleted([*named, *(item.cid for item in found.values())], since=since)
    conditions = (StreamAt(stream=requested.stream(), version=0), still)
    try:
        appended = await services.log.append(
            Command(facts=facts, meta=caller.meta(run_id), conditions=conditions)
        )
    except Stale:
        if before := await _asked_before(services, requested, output_name):
            return before
        raise
    return Started(run_id=run_id, position=appended.last)


async def _asked_before(
    services: Services, requested: RunRequested, output_name: str
) -> Started | None:
    """Find the run that the same id started; `Refused` when it was asked for something else."""
    for recorded in await services.reader.stream(requested.stream()):
        first = recorded.event
        if not isinstance(first, RunRequested):
            continue
        same = (first.recipe, first.inputs, first.owner, first.retry_of) == (
            requested.recipe,
            requested.inputs,
            requested.owner,
            requested.retry_of,
        )
        # Sealed anew each time, so it is compared in the open.
        same = same and (await services.keyring.open(first.output_name) or "") == output_name
        if same:
            return Started(run_id=first.run_id, position=recorded.position)
        raise Refused("this id was used before for another run", code="id_reused")
    return None
