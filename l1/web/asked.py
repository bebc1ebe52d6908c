"""One request, as a handler sees it: what was asked, by whom, and ways to answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from l1.actions.services import Caller, Services
from l1.errors import NotFound, Refused
from l1.web.bodies import whole_number
from l1.web.negotiation import wants_html
from l1.web.web import Web

VARY = {"Vary": "Accept, Cookie"}
_NO_STORE = {"Cache-Control": "no-store", **VARY}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request whose host, origin and caller were checked. `caller` is None for strangers."""

    web: Web
    request: Request
    caller: Caller | None

    @property
    def services(self) -> Services:
        """Give what actions work with."""
        return self.web.services

    @property
    def by(self) -> Caller:
        """Give the caller, who is known wherever an endpoint is not public."""
        if self.caller is None:
            raise RuntimeError("a public endpoint asked who its caller is")
        return self.caller

    @property
    def path(self) -> Mapping[str, str]:
        """Give the values in the path."""
        return self.request.path_params

    @property
    def run_id(self) -> str:
        """Give the run's id in the path; `NotFound` for what is no id of a run."""
        text = self.path["id"].lower()
        try:
            run_id = str(UUID(text))
        except ValueError:
            run_id = ""
        if run_id != text:
            raise NotFound(f"there is no run {text[:40]!r}")
        return run_id

    @property
    def wants_html(self) -> bool:
        """Tell whether the client prefers a page to data."""
        return wants_html(self.request)

    def query(self, name: str, default: str = "") -> str:
        """Give what stands in the query under a name."""
        return self.request.query_params.get(name, default)

    def number(self, name: str, default: int, *, least: int = 1, most: int = 2**62) -> int:
        """Give a whole number from the query; `Refused` for anything else."""
        text = self.query(name)
        if not text:
            return default
        value = whole_number(text)
        if value is None or not least <= value <= most:
            raise Refused(
                f"?{name}={text[:40]} is not a number from {least} to {most}", code="bad_query"
            )
        return value

    def json(
        self,
        data: BaseModel | Mapping[str, Any],
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Answer with data."""
        head = {**_NO_STORE, **(headers or {})}
        if isinstance(data, BaseModel):
            body = data.model_dump_json()
            return Response(body, status, headers=head, media_type="application/json")
        return JSONResponse(dict(data), status, headers=head)

    def page(self, template: str, status: int = 200, **context: Any) -> Response:
        """Answer with a page."""
        html = self.web.pages.render(template, request=self.request, caller=self.caller, **context)
        return Response(html, status, headers=_NO_STORE, media_type="text/html")

    def see_other(self, path: str) -> Response:
        """Send a browser on to a page after it posted a form."""
        return RedirectResponse(path, 303, headers=_NO_STORE)

    def url(self, path: str) -> str:
        """Write an address as others can use it."""
        return f"{self.web.public_url}{path}"
