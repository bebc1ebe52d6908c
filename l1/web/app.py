"""The application: routes from the catalogue, one door for all of them."""

from collections import defaultdict

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from l1.web import door
from l1.web.endpoint import Endpoint
from l1.web.frame import Frame
from l1.web.problems import of_status
from l1.web.web import Web


def create_app(web: Web) -> ASGIApp:
    """Build the application over what it answers with."""
    app = Starlette(
        routes=[_route(web, path, methods) for path, methods in _by_path(web).items()],
        exception_handlers={HTTPException: _on_status, Exception: _on_status},
    )
    app.router.redirect_slashes = False
    app.state.web = web
    return Frame(app, web)


def _by_path(web: Web) -> dict[str, dict[str, Endpoint]]:
    """Group the endpoints by path, plain ones before those with values in them."""
    found: dict[str, dict[str, Endpoint]] = defaultdict(dict)
    for endpoint in sorted(web.endpoints, key=lambda e: (e.path.count("{"), e.path)):
        found[endpoint.path][endpoint.method] = endpoint
    return found


def _route(web: Web, path: str, methods: dict[str, Endpoint]) -> Route:
    async def answer(request: Request) -> Response:
        method = "GET" if request.method == "HEAD" else request.method
        return await door.answer(web, methods[method], request)

    return Route(path, answer, methods=list(methods))


async def _on_status(request: Request, error: Exception) -> Response:
    """Answer what the router itself refuses, and what nobody expected."""
    web: Web = request.app.state.web
    request.state.caller = await door.who(web, request)
    if isinstance(error, HTTPException):
        return door.refuse(web, request, of_status(error.status_code, error.headers))
    return door.refuse(web, request, of_status(500))
