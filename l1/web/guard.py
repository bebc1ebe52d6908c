"""Decides whether a request may come in, and whose it is."""

from starlette.requests import Request

from l1.access.hosts import is_same_origin
from l1.access.owner import is_loopback, is_same
from l1.actions.services import Caller
from l1.errors import Refused, Unauthorized
from l1.web.endpoint import Endpoint
from l1.web.negotiation import wants_html
from l1.web.web import Access

_SAFE = ("GET", "HEAD", "OPTIONS")
_RELAYED = ("forwarded", "x-forwarded-for", "x-real-ip")
"""Headers by which a proxy says for whom it asks."""


def check_host(access: Access, host: str) -> None:
    """Refuse a request that was meant for another server."""
    if not access.hosts.knows(host):
        raise Refused(
            f"this server is not {host[:100]!r}; it answers to localhost and to the host of "
            "L1_PUBLIC_URL",
            code="bad_host",
        )


async def admit(access: Access, request: Request, endpoint: Endpoint) -> Caller | None:
    """Find out who is asking; `Unauthorized` where that must be known and is not."""
    caller = await known(access, request)
    if caller is None and not endpoint.public and not _is_here(request, endpoint):
        raise Unauthorized(
            "this is the owner's: send `Authorization: Bearer <the token in owner.token>`, or "
            "open the link that `artdag login-link` prints"
        )
    return caller


def cookie_name(request: Request) -> str:
    """Name the session's cookie; cookies know no ports, so nodes on one host need two names."""
    return f"artdag_session_{request.url.port or ('443' if request.url.scheme == 'https' else 80)}"


async def known(access: Access, request: Request) -> Caller | None:
    """Tell whose the request is, if anybody's; `Refused` for a wrong token or a foreign page."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        if not is_same(access.token, token.strip()):
            raise Unauthorized("the bearer token is not this owner's", code="bad_token")
        return Caller(name=access.owner, origin="api")
    secret = request.cookies.get(cookie_name(request))
    owner = await access.sessions.owner(secret) if secret else None
    if owner is None:
        return None
    if request.method not in _SAFE:
        _check_origin(request)
    return Caller(name=owner, origin="ui" if wants_html(request) else "api")


def check_navigation(request: Request) -> None:
    """Refuse a GET that changes something, where another site's page sent the browser here."""
    headers = request.headers
    site = headers.get("sec-fetch-site")
    named = headers.get("origin") or headers.get("referer")
    if site is not None:
        foreign = site not in ("same-origin", "none")
    else:
        foreign = named is not None and not is_same_origin(named, headers.get("host", ""))
    if foreign:
        raise Refused("this request was sent by another site's page", code="forbidden")


def _check_origin(request: Request) -> None:
    """Refuse what another site made the owner's browser send."""
    origin = request.headers.get("origin")
    if origin is None:
        if request.headers.get("sec-fetch-site") == "same-origin":
            return
    elif is_same_origin(origin, request.headers.get("host", "")):
        return
    raise Refused("this request was sent by another site's page", code="forbidden")


def _is_here(request: Request, endpoint: Endpoint) -> bool:
    """Tell whether this machine itself asks, and no proxy on it for somebody else."""
    return (
        endpoint.loopback
        and request.client is not None
        and is_loopback(request.client.host)
        and not any(name in request.headers for name in _RELAYED)
    )
