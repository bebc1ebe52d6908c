"""The front: what this server is, and, for its owner, what to do next."""

from starlette.responses import Response

import l1
from l1.actions.start_run import start_run
from l1.actions.store_asset import store_asset
from l1.projections import content, runs
from l1.web.asked import Asked
from l1.web.content_page import preview
from l1.web.endpoint import Endpoint
from l1.web.presenting import contents_out, runs_out

_FEW = 5
_CARDS = 8
_MEDIA = ("video", "audio", "image")


async def _home(asked: Asked) -> Response:
    if not asked.wants_html:
        return asked.json(_about(asked))
    if asked.caller is None:
        return asked.page("login.html", problem=None)
    services = asked.services
    recent = await runs.page(services.views, limit=_FEW)
    items = [
        item
        for item in await content.page(services.views, limit=100)
        if item.kind in _MEDIA and not item.problem
    ][:_CARDS]
    out = await contents_out(services, items)
    return asked.page(
        "home.html",
        runs=await runs_out(services, recent),
        cards=list(zip(out, [preview(item) for item in items], strict=True)),
        total=await content.total(services.views),
        run_total=await runs.total(services.views),
        head=await services.reader.head(),
    )


def _about(asked: Asked) -> dict[str, object]:
    return {
        "name": "artdag",
        "version": l1.__version__,
        "mode": "owner",
        "docs": asked.url("/docs"),
        "openapi": asked.url("/openapi.json"),
        "links": {"runs": "/runs", "cache": "/cache", "media": "/media", "upload": "/cache/upload"},
        "effects": sorted(asked.services.nodes),
    }


async def _demo(asked: Asked) -> Response:
    """Draw a cat, and see it as a dog would."""
    services = asked.services
    identity, stored = await store_asset(services, asked.by, "cat")
    await services.views.wait_for("content", stored.last)
    started = await start_run(services, asked.by, recipe="dog", inputs=[identity.cid])
    await services.views.wait_for("runs", started.position)
    if asked.wants_html:
        return asked.see_other(f"/run/{started.run_id}")
    return asked.json({"run_id": started.run_id}, 201, {"Location": f"/runs/{started.run_id}"})


HOME = Endpoint(
    method="GET",
    path="/",
    handler=_home,
    summary="What this server is",
    public=True,
    gives=("application/json", "text/html"),
    answers={200: "Name, version, links"},
)
DEMO = Endpoint(
    method="POST",
    path="/demo",
    handler=_demo,
    summary="Try it: draw a cat and show it as a dog sees it",
    gives=("application/json", "text/html"),
    answers={201: "The run's id", 303: "For browsers: the run's page"},
)
