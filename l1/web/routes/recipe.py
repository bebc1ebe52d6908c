"""One recipe: as data, as a page, as a picture, run."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

from starlette.responses import Response

from l1.actions.find_recipe import Found, find_recipe
from l1.projections import content, runs
from l1.web import bodies, recipe_out
from l1.web.asked import Asked
from l1.web.drawing import draw_recipe
from l1.web.endpoint import Endpoint
from l1.web.presenting import contents_out, runs_out
from l1.web.recipe_schemas import RecipeDetailOut, RecipeOut
from l1.web.schemas import Accepted, ContentOut, InputsIn, RunIn, RunOut
from l1.web.starting import start

_FEW = 5
_OFFERED = 200


async def _find(asked: Asked) -> tuple[RecipeOut, Found]:
    out = await recipe_out.find(asked.services, asked.path["id"])
    return out, await find_recipe(asked.services, out.cid)


async def _show(asked: Asked) -> Response:
    out, found = await _find(asked)
    full = recipe_out.detail(out, found)
    if not asked.wants_html:
        return asked.json(full)
    recent = await runs.of_recipe(asked.services.views, out.cid, limit=_FEW)
    return asked.page(
        "recipe.html",
        recipe=full,
        offers={name: await _offers(asked, i.kinds) for name, i in full.inputs.items()},
        runs=await runs_out(asked.services, recent),
        drawing=await asyncio.to_thread(draw_recipe, found.recipe),
    )


async def _offers(asked: Asked, kinds: list[str]) -> list[ContentOut]:
    """Offer the newest content that an input takes."""
    page = await content.page(asked.services.views, limit=_OFFERED)
    wanted = kinds or ["video", "audio", "image", "text"]
    fitting = [
        item
        for item in page
        if not item.problem and (item.kind in wanted or ("audio" in wanted and _sounds(item)))
    ]
    return await contents_out(asked.services, fitting)


def _sounds(item: content.Content) -> bool:
    return item.info is not None and item.info.audio is not None


async def _dag(asked: Asked) -> Response:
    out, found = await _find(asked)
    full = recipe_out.detail(out, found)
    if not asked.wants_html:
        return asked.json(full)
    drawing = await asyncio.to_thread(draw_recipe, found.recipe)
    return asked.page("recipe_dag.html", recipe=full, drawing=drawing)


async def _run(asked: Asked) -> Response:
    out = await recipe_out.find(asked.services, asked.path["id"])
    wanted = await _wanted(asked)
    return await start(asked, RunIn(recipe=out.cid, **dict(wanted)))


async def _wanted(asked: Asked) -> InputsIn:
    if bodies.media_type(asked.request) != bodies.FORM:
        return await bodies.structured(asked.request, InputsIn)
    fields = await bodies.form(asked.request)
    prefix = "input."
    given: Mapping[str, str] = {
        name.removeprefix(prefix): values[0].strip()
        for name, values in fields.items()
        if name.startswith(prefix) and values[0].strip()
    }
    data = {"inputs": given, "output_name": fields.get("output_name", [""])[0]}
    return bodies.checked(data, InputsIn)


_BOTH = ("application/json", "text/html")
SHOW = Endpoint(
    method="GET",
    path="/recipes/{id}",
    handler=_show,
    summary="A recipe, by its name, its id or its content hash: inputs, steps, text",
    gives=_BOTH,
    answers={200: RecipeDetailOut},
)
PAGE = replace(SHOW, path="/recipe/{id}", summary="A recipe's page, with a form to run it")
DAG = replace(SHOW, path="/recipe/{id}/dag", handler=_dag, summary="A recipe's steps, drawn")
RUN = Endpoint(
    method="POST",
    path="/recipes/{id}/run",
    handler=_run,
    summary="Run a recipe. Idempotency-Key makes it safe to repeat",
    body=InputsIn,
    gives=_BOTH,
    answers={201: RunOut, 202: Accepted, 303: "For browsers: the run's page"},
)
CONFIG = replace(SHOW, path="/configs/{id}", summary="GET /recipes/{id}, as it was")
CONFIG_RUN = replace(RUN, path="/configs/{id}/run", summary="POST /recipes/{id}/run, as it was")
