"""Browsers come in by a link that works once, and go."""

from starlette.responses import Response

from l1.access.sessions import DAYS
from l1.errors import Unauthorized
from l1.web.asked import Asked
from l1.web.bodies import FORM, form
from l1.web.endpoint import Endpoint
from l1.web.guard import check_navigation, cookie_name


async def _ask(asked: Asked) -> Response:
    """Show a button: chats and mail scanners open links too, but they press nothing."""
    if asked.request.method == "HEAD":
        return _nothing_done()
    code = asked.query("auth_token").strip()
    if await asked.web.access.sessions.is_waiting(code):
        return asked.page("enter.html", code=code)
    return _not_let_in(asked)


async def _enter(asked: Asked) -> Response:
    fields = await form(asked.request)
    access = asked.web.access
    secret = await access.sessions.begin(fields.get("auth_token", [""])[0].strip(), access.owner)
    if secret is None:
        return _not_let_in(asked)
    response = asked.see_other("/")
    response.set_cookie(
        cookie_name(asked.request),
        secret,
        max_age=DAYS * 24 * 3600,
        secure=asked.request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )
    return response


def _not_let_in(asked: Asked) -> Response:
    """Send on who is in already; to others the code is no good."""
    if asked.caller is not None:
        return asked.see_other("/")
    raise Unauthorized(
        "this login link was used before or is too old: `artdag login-link` prints a new one",
        code="bad_login_code",
    )


async def _leave(asked: Asked) -> Response:
    if asked.request.method == "HEAD":
        return _nothing_done()
    if asked.request.method == "GET":
        check_navigation(asked.request)
    name = cookie_name(asked.request)
    if secret := asked.request.cookies.get(name):
        await asked.web.access.sessions.end(secret)
    response = asked.see_other("/")
    response.delete_cookie(name)
    return response


def _nothing_done() -> Response:
    """Answer who only looks at a link, as chats do to show where it leads."""
    return Response(status_code=204, headers={"Cache-Control": "no-store"})


ASK = Endpoint(
    method="GET",
    path="/auth",
    handler=_ask,
    summary="Ask whether this browser is to be logged in; the code stays good",
    public=True,
    query={"auth_token": "The code"},
    gives=("text/html",),
    answers={200: "A page with one button", 303: "Logged in already"},
)
ENTER = Endpoint(
    method="POST",
    path="/auth",
    handler=_enter,
    summary="Log a browser in with a code that works once, `auth_token` in the form",
    public=True,
    body=(FORM,),
    gives=("text/html",),
    answers={303: "Logged in"},
)
LEAVE = Endpoint(
    method="GET",
    path="/logout",
    handler=_leave,
    summary="Log out",
    public=True,
    gives=("text/html",),
    answers={303: "Logged out"},
)
LEAVE_FORM = Endpoint(
    method="POST",
    path="/logout",
    handler=_leave,
    summary="Log out, from a page",
    public=True,
    gives=("text/html",),
    answers={303: "Logged out"},
)
