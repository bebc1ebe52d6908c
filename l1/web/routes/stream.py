"""Watching a run while it renders: HTTP Live Streaming of what its output has so far."""

from starlette.responses import RedirectResponse, Response

from l1.content.cid import Cid
from l1.content.playlist import END, MEDIA_TYPE, of_tracks
from l1.errors import NotFound, Unavailable
from l1.projections import runs, segments
from l1.projections.segments import Stream
from l1.web.asked import Asked
from l1.web.endpoint import Endpoint

_UNCACHED = {"Cache-Control": "no-cache"}
_BITS = 8_000_000
"""What a player is told to expect in a second; there is one choice, so it decides nothing."""


async def _stream(asked: Asked) -> tuple[Stream, bool]:
    """Find what can be watched of a run's output, and whether that is all there will be."""
    run = await runs.get(asked.services.views, asked.run_id)
    found = await segments.stream_of(asked.services.views, run.output_key or "")
    if found is not None:
        return found, found.complete or run.over
    if run.over and run.output is None:
        raise NotFound(f"run {run.run_id} is {run.state}: nothing of it can be watched")
    if run.over:
        raise NotFound(
            f"run {run.run_id} was not streamed: it is short, no video, or was there already; "
            "its output is the whole"
        )
    raise Unavailable(f"nothing of run {run.run_id} can be watched yet", code="not_yet")


async def _index(asked: Asked) -> Response:
    stream, over = await _stream(asked)
    if not stream.sound:
        return await _playlist(asked, stream.pictures, over=over)
    text = of_tracks("pictures.m3u8", "sound.m3u8", bits_per_second=_BITS)
    return Response(text, media_type=MEDIA_TYPE, headers=_UNCACHED)


async def _pictures(asked: Asked) -> Response:
    stream, over = await _stream(asked)
    return await _playlist(asked, stream.pictures, over=over)


async def _sound(asked: Asked) -> Response:
    stream, over = await _stream(asked)
    if not stream.sound:
        raise NotFound("this run has no sound")
    return await _playlist(asked, stream.sound, over=over)


async def _playlist(asked: Asked, cid: Cid, *, over: bool) -> Response:
    text = await asked.services.store.read(cid)
    if over and not text.endswith(END.encode()):  # it was cancelled, or failed: nothing comes
        text += END.encode()
    return Response(text, media_type=MEDIA_TYPE, headers=_UNCACHED)


async def _newest(asked: Asked) -> Response:
    await _stream(asked)
    return RedirectResponse(f"/runs/{asked.run_id}/hls/index.m3u8", headers=_UNCACHED)


_GIVES = (MEDIA_TYPE,)
_GROWS = "A playlist that grows while the run renders; 503 until there is a first segment"
INDEX = Endpoint(
    method="GET",
    path="/runs/{id}/hls/index.m3u8",
    handler=_index,
    summary="What a player opens to watch a run while it renders",
    gives=_GIVES,
    answers={200: _GROWS},
)
PICTURES = Endpoint(
    method="GET",
    path="/runs/{id}/hls/pictures.m3u8",
    handler=_pictures,
    summary="The segments of a run's pictures so far",
    gives=_GIVES,
    answers={200: _GROWS},
)
SOUND = Endpoint(
    method="GET",
    path="/runs/{id}/hls/sound.m3u8",
    handler=_sound,
    summary="The pieces of a run's sound so far",
    gives=_GIVES,
    answers={200: _GROWS},
)
NEWEST = Endpoint(
    method="GET",
    path="/run/{id}/stream",
    handler=_newest,
    summary="To the newest playlist of a run",
    gives=_GIVES,
    answers={307: "To the playlist"},
)
