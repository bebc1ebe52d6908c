"""What a run found out about its inputs, and what its steps made."""

from collections.abc import Sequence

from starlette.responses import Response

from l1.actions.find_analyses import Analysed, find_analyses
from l1.projections import content, runs
from l1.projections.runs import Run
from l1.web.analysing import draw_analysis
from l1.web.asked import Asked
from l1.web.content_page import preview
from l1.web.endpoint import Endpoint
from l1.web.phase_schemas import AnalysisList, AnalysisOut
from l1.web.presenting import contents_out, run_out, steps_out
from l1.web.schemas import ContentList

_MOST = 500
"""So many results stand on a page."""


async def _data(asked: Asked) -> Response:
    run = await runs.get(asked.services.views, asked.run_id)
    return asked.json(_out(run, await find_analyses(asked.services, run)))


def _out(run: Run, listed: Sequence[Analysed]) -> AnalysisList:
    return AnalysisList(
        run_id=run.run_id,
        items=[
            AnalysisOut(
                step_id=each.step_id,
                feature=each.feature,
                of=each.of,
                status=each.state,
                cid=each.cid,
                data=each.found,
            )
            for each in listed
        ],
    )


async def _page(asked: Asked) -> Response:
    if not asked.wants_html:
        return await _data(asked)
    run = await runs.get(asked.services.views, asked.run_id)
    listed = await find_analyses(asked.services, run)
    called = await _called(asked, [each.of for each in listed])
    return asked.page(
        "analysis.html",
        run=await run_out(asked.services, run),
        analyses=[
            (each, called.get(each.of, each.of), draw_analysis(each, listed)) for each in listed
        ],
    )


async def _called(asked: Asked, cids: list[str]) -> dict[str, str]:
    found = await content.find(asked.services.views, cids)
    items = list(found.values())
    out = await contents_out(asked.services, items)
    return {item.cid: each.title for item, each in zip(items, out, strict=True)}


async def _artifacts(asked: Asked) -> Response:
    run = await runs.get(asked.services.views, asked.run_id)
    steps = await steps_out(asked.services, asked.web.live, run)
    made = {each.output_cid: each for each in steps if each.output_cid}
    found = await content.find(asked.services.views, list(made)[:_MOST])
    items = [found[cid] for cid in made if cid in found]
    out = await contents_out(asked.services, items)
    if not asked.wants_html:
        return asked.json(ContentList(items=out, total=len(made), next=None))
    return asked.page(
        "artifacts.html",
        run=await run_out(asked.services, run),
        made=[(made[item.cid], each, preview(item)) for item, each in zip(items, out, strict=True)],
        gone=len(made) - len(items),
    )


_BOTH = ("application/json", "text/html")
DATA = Endpoint(
    method="GET",
    path="/api/run/{id}/analysis",
    handler=_data,
    summary="What a run's analyses found",
    answers={200: AnalysisList},
)
PAGE = Endpoint(
    method="GET",
    path="/run/{id}/analysis",
    handler=_page,
    summary="What a run's analyses found, drawn",
    gives=_BOTH,
    answers={200: AnalysisList},
)
ARTIFACTS = Endpoint(
    method="GET",
    path="/run/{id}/artifacts",
    handler=_artifacts,
    summary="What a run's steps made",
    gives=_BOTH,
    answers={200: ContentList},
)
