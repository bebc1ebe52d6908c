"""What all endpoints that start a run share."""

from uuid import UUID, uuid5

from starlette.responses import Response

from l1.actions.start_run import Started, start_run
from l1.errors import Conflict, NotFound, Refused
from l1.projections import runs
from l1.projections.runs import Run
from l1.web.asked import Asked
from l1.web.presenting import run_out
from l1.web.schemas import Accepted, RunIn

_KEYS = UUID("6f1d1c5e-6f0e-5b7e-9d59-0c1a2e8f4b11")
_KEY_LENGTH = 255


async def start(asked: Asked, wanted: RunIn) -> Response:
    """Start the run that is wanted, and answer with it."""
    started = await start_run(
        asked.services,
        asked.by,
        recipe=wanted.recipe,
        inputs=wanted.inputs,
        output_name=wanted.output_name,
        reuse=wanted.reuse,
        event_id=event_id(asked),
    )
    return await started_out(asked, started)


def event_id(asked: Asked) -> UUID | None:
    """Turn an Idempotency-Key into the run's id: the caller's same key is the same run."""
    key = asked.request.headers.get("idempotency-key")
    if key is None:
        return None
    if not 0 < len(key) <= _KEY_LENGTH:
        raise Refused(f"an Idempotency-Key has 1 to {_KEY_LENGTH} characters", code="bad_key")
    return uuid5(_KEYS, f"{asked.by.name}\0{key}")


async def started_out(asked: Asked, started: Started) -> Response:
    """Answer with the run that was started, or send a browser to its page."""
    services = asked.services
    url = f"/runs/{started.run_id}"
    if not await services.views.wait_for("runs", started.position):
        if asked.wants_html:
            return asked.see_other(f"/run/{started.run_id}")
        return asked.json(Accepted(position=started.position, url=url), 202, {"Location": url})
    run = await _kept(asked, started.run_id)
    if asked.wants_html:
        return asked.see_other(f"/run/{started.run_id}")
    return asked.json(await run_out(services, run), 201, {"Location": url})


async def _kept(asked: Asked, run_id: str) -> Run:
    try:
        return await runs.get(asked.services.views, run_id)
    except NotFound:
        raise Conflict(
            f"run {run_id}, which this request started before, was thrown away; "
            "send another Idempotency-Key to start a new one",
            code="run_discarded",
            run_id=run_id,
        ) from None
