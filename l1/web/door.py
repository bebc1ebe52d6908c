"""The one way in: checks who asks, runs the handler, turns errors into answers, counts."""

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from l1.actions.services import Caller
from l1.errors import Failure, Unavailable
from l1.web.asked import VARY, Asked
from l1.web.endpoint import Endpoint
from l1.web.guard import admit, known
from l1.web.negotiation import wants_html
from l1.web.problems import MEDIA_TYPE, Problem, of_failure, of_status
from l1.web.web import Web

_log = structlog.get_logger("l1.web")


async def answer(web: Web, endpoint: Endpoint, request: Request) -> Response:
    """Answer one request."""
    with web.metrics.timed(endpoint) as seen:
        response = await _answer(web, endpoint, request)
        seen.status = response.status_code
    return response


async def _answer(web: Web, endpoint: Endpoint, request: Request) -> Response:
    try:
        caller = await admit(web.access, request, endpoint)
        request.state.caller = caller
        return await endpoint.handler(Asked(web=web, request=request, caller=caller))
    except Failure as failure:
        return refuse(web, request, of_failure(failure))
    except ClientDisconnect:
        return Response(status_code=400)  # nobody is left to read it
    except web.outages as outage:
        _log.warning("outage", path=endpoint.path, error=str(outage))
        away = Unavailable("something that this server needs is away; try again", code="outage")
        return refuse(web, request, of_failure(away))
    except Exception:  # noqa: BLE001 - the door's one broad catch: a fault ends one request only
        _log.exception("fault", path=endpoint.path)
        return refuse(web, request, of_status(500))


async def who(web: Web, request: Request) -> Caller | None:
    """Find out who asks where no endpoint does, for the menu of a page that tells a problem."""
    if not wants_html(request):
        return None
    try:
        return await known(web.access, request)
    except Failure:
        return None
    except web.outages:
        return None


def refuse(web: Web, request: Request, problem: Problem) -> Response:
    """Tell a problem, as a page or as data."""
    headers = {"Cache-Control": "no-store", **VARY, **problem.headers}
    members = problem.members(base=web.public_url, request_id=request.scope.get("request_id", ""))
    if not wants_html(request):
        return JSONResponse(members, problem.status, headers=headers, media_type=MEDIA_TYPE)
    template = "login.html" if problem.status == 401 else "problem.html"
    caller = getattr(request.state, "caller", None)
    html = web.pages.render(template, request=request, caller=caller, problem=members)
    return Response(html, problem.status, headers=headers, media_type="text/html")
