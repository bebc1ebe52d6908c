"""HLS: cuts a video into segments that can be watched while they are made.

The result is a playlist of HTTP Live Streaming (RFC 8216) that names every segment by its CID; the
sound, if there is any, has a playlist of its own. Pictures stay as they are. A run whose output is
a video can be watched while it renders without this; HLS is for those who want the playlist, and
no file beside it.
"""

from l1.dag.node import Node, Params
from l1.effects.look import Change, Stage, effect_of_look


class HlsParams(Params, frozen=True, kw_only=True):
    """None: segments last two seconds."""


def _look(_params: HlsParams, _stage: Stage) -> Change:
    return lambda picture, _number: picture


HLS = effect_of_look(
    Node(
        name="hls",
        version=1,
        summary="Cuts a video into segments that can be watched while they are made",
        params=HlsParams,
        accepts=(frozenset({"video"}),),
        gives="text",
        fuses="playlist",
    ),
    _look,
)
