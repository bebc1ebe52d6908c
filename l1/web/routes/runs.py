"""Runs: asked for, listed, looked at, stopped, tried again, thrown away."""

from collections.abc import Mapping

from starlette.responses import Response

from l1.actions.cancel_run import cancel_run
from l1.actions.discard_run import discard_run
from l1.actions.retry_run import retry_run
from l1.projections import runs
from l1.web import bodies, paging
from l1.web.asked import Asked
from l1.web.endpoint import Endpoint
from l1.web.presenting import run_out, runs_out
from l1.web.schemas import Accepted, Done, RunIn, RunList, RunOut
from l1.web.starting import start, started_out


async def _start(asked: Asked) -> Response:
    return await start(asked, await _wanted(asked))


async def _wanted(asked: Asked) -> RunIn:
    if bodies.media_type(asked.request) != bodies.FORM:
        return await bodies.structured(asked.request, RunIn)
    fields = await bodies.form(asked.request)
    data: Mapping[str, object] = {
        "recipe": fields.get("recipe", [""])[0].strip(),
        "inputs": [text.strip() for field in fields.get("input", []) for text in field.split()],
        "output_name": fields.get("output_name", [""])[0],
    }
    return bodies.checked(data, RunIn)


async def _list(asked: Asked) -> Response:
    views, limit = asked.services.views, paging.limit(asked)
    if asked.query("page"):
        offset = (asked.number("page", 1, most=10**9) - 1) * limit
        page = await runs.offset_page(views, limit=limit + 1, offset=offset)
    else:
        page = await runs.page(views, limit=limit + 1, before=paging.before(asked))
    more, page = len(page) > limit, page[:limit]
    url = paging.next_url(asked, page[-1].requested_at if more else None)
    items = await runs_out(asked.services, page)
    total = await runs.total(views)
    if asked.wants_html:
        return asked.page("runs.html", runs=items, total=total, next=url)
    return asked.json(RunList(items=items, total=total, next=url), headers=paging.link(url))


async def _cancel(asked: Asked) -> Response:
    appended = await cancel_run(asked.services, asked.by, asked.run_id)
    return await _changed(asked, appended.last)


async def _retry(asked: Asked) -> Response:
    return await started_out(asked, await retry_run(asked.services, asked.by, asked.run_id))


async def _discard(asked: Asked) -> Response:
    appended = await discard_run(asked.services, asked.by, asked.run_id)
    await asked.services.views.wait_for("runs", appended.last)
    return (
        asked.see_other("/runs") if asked.wants_html else asked.json(Done(position=appended.last))
    )


async def _changed(asked: Asked, position: int) -> Response:
    """Answer with the run as it is now."""
    services, run_id = asked.services, asked.run_id
    seen = await services.views.wait_for("runs", position)
    if asked.wants_html:
        return asked.see_other(f"/run/{run_id}")
    if not seen:
        return asked.json(Accepted(position=position, url=f"/runs/{run_id}"), 202)
    return asked.json(await run_out(services, await runs.get(services.views, run_id)))


_BOTH = ("application/json", "text/html")
_FOR_BROWSERS = "For browsers: the run's page"
START = Endpoint(
    method="POST",
    path="/runs",
    handler=_start,
    summary="Render: run a recipe or an effect over content. Idempotency-Key makes it safe to repeat",
    body=RunIn,
    gives=_BOTH,
    answers={201: RunOut, 202: Accepted, 303: _FOR_BROWSERS},
)
LIST = Endpoint(
    method="GET",
    path="/runs",
    handler=_list,
    summary="Runs, the newest first",
    query={**paging.QUERY, "page": "A page's number, as older clients ask; `after` is better"},
    gives=_BOTH,
    answers={200: RunList},
)
CANCEL = Endpoint(
    method="POST",
    path="/runs/{id}/cancel",
    handler=_cancel,
    summary="Stop a run; work that other runs share goes on",
    gives=_BOTH,
    answers={200: RunOut, 202: Accepted, 303: _FOR_BROWSERS},
)
RETRY = Endpoint(
    method="POST",
    path="/runs/{id}/retry",
    handler=_retry,
    summary="Try a failed or cancelled run again; what was made is not made again",
    gives=_BOTH,
    answers={201: RunOut, 202: Accepted, 303: _FOR_BROWSERS},
)
DISCARD = Endpoint(
    method="DELETE",
    path="/runs/{id}",
    handler=_discard,
    summary="Throw a run away with what only it needed; 409 says what stands in the way",
    answers={200: Done},
)
DISCARD_FORM = Endpoint(
    method="POST",
    path="/runs/{id}/discard",
    handler=_discard,
    summary="Throw a run away, from a page",
    gives=_BOTH,
    answers={200: Done, 303: "For browsers: the runs"},
)
