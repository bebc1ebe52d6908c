"""What people call content: its own name, or one made from how it came about."""

import mimetypes
from collections.abc import Mapping, Sequence

from l1.actions.services import Services
from l1.projections import content, runs
from l1.projections.content import Content
from l1.projections.runs import Run

_DOCUMENTS = {
    "recipe": "recipe",
    "plan": "plan of a run",
    "provenance": "provenance of an output",
    "log": "log of a step",
}
_ENDINGS = {"video/mp4": ".mp4", "image/jpeg": ".jpg", "audio/mp4": ".m4a", "text/plain": ".txt"}


def file_name(item: Content) -> str:
    """Name a file for content: its CID with the ending of its type."""
    media_type = item.media_type or ""
    return item.cid + (_ENDINGS.get(media_type) or mimetypes.guess_extension(media_type) or "")


async def titles(services: Services, items: Sequence[Content]) -> list[str]:
    """Give a title for each: `clip.mp4`, `dog of clip.mp4`, `plan of a run`; empty if none fits."""
    names = {item.cid: await services.keyring.open(item.name) or "" for item in items}
    rendered = [item.cid for item in items if item.source == "step" and not names[item.cid]]
    makers = await runs.by_outputs(services.views, rendered) if rendered else {}
    used = [cid for run in makers.values() for cid in run.inputs.values()]
    inputs = await content.find(services.views, used) if used else {}
    return [
        names[item.cid]
        or _DOCUMENTS.get(item.source)
        or await _made(services, makers.get(item.cid), inputs)
        for item in items
    ]


async def _made(services: Services, run: Run | None, inputs: Mapping[str, Content]) -> str:
    if run is None:
        return ""
    if given := await services.keyring.open(run.output_name):
        return given
    found = [inputs[cid].name for cid in run.inputs.values() if cid in inputs]
    named = [name for name in [await services.keyring.open(each) for each in found] if name]
    return f"{run.recipe_name} of {named[0]}" if named else run.recipe_name
