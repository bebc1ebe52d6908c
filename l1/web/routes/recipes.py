"""Recipes: sent in, listed, removed."""

from dataclasses import replace

from starlette.responses import Response

from l1.actions.add_recipe import add_recipe
from l1.actions.find_recipe import RECIPE_BYTES
from l1.actions.remove_recipe import remove_recipe
from l1.content.cid import Cid
from l1.errors import Refused
from l1.projections import recipes
from l1.web import bodies, paging, recipe_out
from l1.web.asked import Asked
from l1.web.endpoint import Endpoint
from l1.web.recipe_schemas import RecipeDetailOut, RecipeList
from l1.web.schemas import Accepted, Done
from l1.web.small_text import SmallText
from l1.web.uploads import receive_file

_YAML = ("multipart/form-data", "application/yaml", "text/yaml", "text/plain")


async def _upload(asked: Asked) -> Response:
    services = asked.services
    text = await _sent(asked)
    try:
        found, appended = await add_recipe(services, asked.by, text)
    except Refused as refused:
        if not asked.wants_html:
            raise
        return await _page(asked, 422, text=text.decode(errors="replace"), mistake=refused.message)
    url = f"/recipes/{found.cid}"
    seen = await services.views.wait_for("recipes", appended.last)
    if asked.wants_html:
        return asked.see_other(f"/recipe/{found.cid}")
    if not seen or found.cid is None:
        return asked.json(Accepted(position=appended.last, url=url), 202, {"Location": url})
    out = await recipe_out.find(services, found.cid)
    return asked.json(recipe_out.detail(out, found), 201, {"Location": url})


async def _sent(asked: Asked) -> bytes:
    """Read the text: the form's file, the form's field `text`, or the body itself."""
    bodies.check_length(asked.request, bodies.SMALL)
    if bodies.media_type(asked.request) == bodies.FORM:
        fields = await bodies.form(asked.request)
        return fields.get("text", [""])[0].replace("\r\n", "\n").encode()
    text = SmallText("a recipe", RECIPE_BYTES)
    await receive_file(asked.request, text)
    return bytes(text.data)


async def _list(asked: Asked) -> Response:
    if asked.wants_html:
        return await _page(asked, 200)
    listed = await _listed(asked)
    return asked.json(listed, headers=paging.link(listed.next))


async def _page(asked: Asked, status: int, *, text: str = "", mistake: str = "") -> Response:
    """Show the list, and the form with what was written into it and is wrong."""
    listed = await _listed(asked)
    return asked.page("recipes.html", status, listed=listed, text=text, mistake=mistake)


async def _listed(asked: Asked) -> RecipeList:
    views, limit = asked.services.views, paging.limit(asked)
    before = paging.before(asked)
    if asked.query("page"):
        offset = (asked.number("page", 1, most=10**9) - 1) * limit
        page = await recipes.offset_page(views, limit=limit + 1, offset=offset)
        first = offset == 0
    else:
        page = await recipes.page(views, limit=limit + 1, before=before)
        first = before is None
    more, page = len(page) > limit, page[:limit]
    url = paging.next_url(asked, page[-1].added_at if more else None)
    shipped = recipe_out.shipped(asked.services)
    items = [*await recipe_out.kept(asked.services, page), *(shipped if first else [])]
    total = await recipes.total(views) + len(shipped)
    return RecipeList(items=items, total=total, next=url)


async def _remove(asked: Asked) -> Response:
    out = await recipe_out.find(asked.services, asked.path["id"])
    appended = await remove_recipe(asked.services, asked.by, Cid(out.cid))
    await asked.services.views.wait_for("recipes", appended.last)
    if asked.wants_html:
        return asked.see_other("/recipes")
    return asked.json(Done(position=appended.last))


_BOTH = ("application/json", "text/html")
UPLOAD = Endpoint(
    method="POST",
    path="/recipes/upload",
    handler=_upload,
    summary="Keep a recipe: YAML as a form's `file` or `text`, or as the body itself",
    body=_YAML,
    gives=_BOTH,
    answers={201: RecipeDetailOut, 202: Accepted, 303: "For browsers: the recipe's page"},
)
LIST = Endpoint(
    method="GET",
    path="/recipes",
    handler=_list,
    summary="Recipes, the newest first, then those that ship with the server",
    query={**paging.QUERY, "page": "A page's number, as older clients ask; `after` is better"},
    gives=_BOTH,
    answers={200: RecipeList},
)
REMOVE = Endpoint(
    method="DELETE",
    path="/recipes/{id}",
    handler=_remove,
    summary="Remove a recipe; 409 says which runs name it",
    answers={200: Done},
)
REMOVE_FORM = Endpoint(
    method="POST",
    path="/recipes/{id}/remove",
    handler=_remove,
    summary="Remove a recipe, from a page",
    gives=_BOTH,
    answers={200: Done, 303: "For browsers: the recipes"},
)
CONFIGS_UPLOAD = replace(UPLOAD, path="/configs/upload", summary="POST /recipes/upload, as it was")
CONFIGS = replace(LIST, path="/configs", summary="GET /recipes, as it was")
CONFIG_REMOVE = replace(REMOVE, path="/configs/{id}", summary="DELETE /recipes/{id}, as it was")
