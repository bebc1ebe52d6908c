"""Assets: content that the server can make itself."""

import asyncio

from starlette.responses import Response

from l1.web.asked import Asked
from l1.web.endpoint import Endpoint
from l1.web.phase_schemas import AssetList, AssetOut


async def _list(asked: Asked) -> Response:
    assets = await asyncio.to_thread(asked.services.assets)
    items = [
        AssetOut(name=each.name, summary=each.summary, media_type=each.media_type)
        for each in assets.values()
    ]
    return asked.json(AssetList(items=items))


LIST = Endpoint(
    method="GET",
    path="/assets",
    handler=_list,
    summary="Known assets by name; the command line takes these names as inputs",
    answers={200: AssetList},
)
