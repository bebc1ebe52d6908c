"""Effects by others: sent in, listed, shown, removed."""

from starlette.responses import Response

from l1.actions.add_effect import add_effect
from l1.actions.find_effect import FoundEffect, find_effect
from l1.actions.remove_effect import remove_effect
from l1.actions.services import Services
from l1.dag.effect_file import BYTES
from l1.dag.effect_params import params_type
from l1.dag.param_words import describe
from l1.projections import effects
from l1.projections.effects import KeptEffect
from l1.web import bodies, paging
from l1.web.asked import Asked
from l1.web.effect_schemas import EffectDetailOut, EffectList, EffectOut, EffectParamOut
from l1.web.endpoint import Endpoint
from l1.web.schemas import Accepted, Done
from l1.web.small_text import SmallText
from l1.web.uploads import receive_file


async def _add(asked: Asked) -> Response:
    services = asked.services
    bodies.check_length(asked.request, bodies.SMALL)
    text = SmallText("an effect", BYTES)
    await receive_file(asked.request, text)
    added = await add_effect(services, asked.by, bytes(text.data))
    url = f"/effects/{added.cid}"
    if not await services.views.wait_for("effects", added.appended.last):
        return asked.json(Accepted(position=added.appended.last, url=url), 202, {"Location": url})
    found = await find_effect(services, added.cid)
    return asked.json(await _detail(services, found), 201, {"Location": url})


async def _list(asked: Asked) -> Response:
    services, limit = asked.services, paging.limit(asked)
    page = await effects.page(services.views, limit=limit + 1, before=paging.before(asked))
    more, page = len(page) > limit, page[:limit]
    url = paging.next_url(asked, page[-1].added_at if more else None)
    items = [await _out(services, each) for each in page]
    return asked.json(EffectList(items=items, next=url), headers=paging.link(url))


async def _show(asked: Asked) -> Response:
    found = await find_effect(asked.services, asked.path["id"])
    return asked.json(await _detail(asked.services, found))


async def _remove(asked: Asked) -> Response:
    found = await find_effect(asked.services, asked.path["id"])
    appended = await remove_effect(asked.services, asked.by, found.kept.cid)
    await asked.services.views.wait_for("effects", appended.last)
    return asked.json(Done(position=appended.last))


async def _out(services: Services, kept: KeptEffect) -> EffectOut:
    return EffectOut(
        cid=kept.cid,
        name=kept.name,
        version=kept.version,
        author=await services.keyring.open(kept.author) or "",
        description=await services.keyring.open(kept.description) or "",
        added_at=kept.added,
        url=f"/effects/{kept.cid}",
    )


async def _detail(services: Services, found: FoundEffect) -> EffectDetailOut:
    declared = found.file.params
    kind = params_type(declared)
    return EffectDetailOut(
        **dict(await _out(services, found.kept)),
        form=found.file.form,
        temporal=found.file.temporal,
        params=[
            EffectParamOut(
                name=each.name, takes=describe(kind, each.name), description=each.description
            )
            for each in declared
        ],
        code=found.text.decode(errors="replace"),
    )


ADD = Endpoint(
    method="POST",
    path="/effects",
    handler=_add,
    summary="Let an effect by somebody else be run here: its file, as a form's `file` or the body",
    body=("multipart/form-data", "text/x-python", "text/plain"),
    answers={201: EffectDetailOut, 202: Accepted},
)
LIST = Endpoint(
    method="GET",
    path="/effects",
    handler=_list,
    summary="Effects by others, the newest first",
    query=paging.QUERY,
    answers={200: EffectList},
)
SHOW = Endpoint(
    method="GET",
    path="/effects/{id}",
    handler=_show,
    summary="An effect by somebody else, by its name or any name of its file",
    answers={200: EffectDetailOut},
)
REMOVE = Endpoint(
    method="DELETE",
    path="/effects/{id}",
    handler=_remove,
    summary="Let an effect be run no longer; what was rendered with it stays",
    answers={200: Done},
)
