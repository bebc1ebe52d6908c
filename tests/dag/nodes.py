"""Node types for tests of planning: no code behind them, since planning runs none."""

from decimal import Decimal
from typing import Annotated, Literal

import msgspec

from l1.content.cid import Cid
from l1.content.media_info import AudioInfo, Kind, MediaInfo
from l1.dag.node import Node, Params, fraction
from l1.dag.recipe import RecipeStep


class NoParams(Params):
    pass


class BlurParams(Params):
    radius: Annotated[int, msgspec.Meta(ge=1, le=50, description="Pixels")] = 2
    strength: Annotated[Decimal, fraction("How much", ge="0", le="1")] = Decimal("0.5")
    mode: Literal["box", "gauss"] = "gauss"
    mask: bool = False
    tint: str = ""


class SegmentParams(Params):
    start: Annotated[Decimal, fraction("Seconds", ge="0")]
    duration: Annotated[Decimal, fraction("Seconds", ge="0")] = Decimal(1)


class MixParams(Params):
    gains: tuple[Decimal, ...] = ()


class AnalyzeParams(Params):
    features: tuple[Literal["beats", "energy"], ...] = ("beats",)


class SyncParams(Params):
    mode: Literal["stretch", "cut"] = "stretch"


def with_music(step, _params, steps):
    """Appends what was analysed, unless the music is given."""
    if len(step.inputs) != 2 or step.inputs[1] not in steps:
        return (step,)
    music = steps[step.inputs[1]].inputs[:1]
    return (RecipeStep(id=step.id, type=step.type, config=step.config, inputs=step.inputs + music),)


def one(*kinds: Kind) -> frozenset[Kind]:
    return frozenset(kinds)


MEDIA = one("video", "image")
ALL = (
    Node(name="dog", version=1, summary="", params=NoParams, accepts=(MEDIA,), gives="video"),
    Node(
        name="identity",
        version=1,
        summary="",
        params=NoParams,
        accepts=(one("video", "image", "audio", "text", "data"),),
    ),
    Node(name="blur", version=3, summary="", params=BlurParams, accepts=(MEDIA,)),
    Node(
        name="segment",
        version=1,
        summary="",
        params=SegmentParams,
        accepts=(one("video", "audio"),),
    ),
    Node(
        name="sequence",
        version=1,
        summary="",
        params=NoParams,
        accepts=(MEDIA,),
        many=True,
        gives="video",
    ),
    Node(
        name="mux",
        version=1,
        summary="",
        params=NoParams,
        accepts=(one("video"), one("audio")),
        gives="video",
    ),
    Node(
        name="watermark",
        version=1,
        summary="",
        params=NoParams,
        accepts=(MEDIA, one("image")),
        fewest=1,
    ),
    Node(
        name="audio_mix",
        version=1,
        summary="",
        params=MixParams,
        accepts=(one("audio"),),
        many=True,
    ),
    Node(
        name="analyze",
        version=1,
        summary="",
        params=AnalyzeParams,
        accepts=(one("video", "audio"),),
        gives="data",
    ),
    Node(
        name="beat_sync",
        version=2,
        summary="",
        params=SyncParams,
        accepts=(one("video"), one("data"), one("audio")),
        expand=with_music,
        gives="video",
        timeout_s=60,
    ),
)
NODES = {node.name: node for node in ALL}

CAT, CLIP, SONG, POEM, BROKEN = (
    Cid(f"bafkrei{name}") for name in ("cat", "clip", "song", "poem", "broken")
)
INFOS = {
    CAT: MediaInfo(kind="image", media_type="image/jpeg"),
    CLIP: MediaInfo(
        kind="video",
        media_type="video/mp4",
        audio=AudioInfo(codec="aac", sample_rate=48000, channels=2),
    ),
    SONG: MediaInfo(kind="audio", media_type="audio/flac"),
    POEM: MediaInfo(kind="text", media_type="text/plain"),
    BROKEN: MediaInfo(kind="data", media_type="video/mp4", problem="no frame could be decoded"),
}

BEAT_SYNC = b"""\
name: beat-sync
version: "1.0"
description: "Synchronize video to audio beats"
inputs:
  video:
    type: video
    description: "Source video"
  audio:
    type: audio
    description: "Audio track"
steps:
  - id: analyze_audio
    type: ANALYZE
    inputs: [audio]
    config:
      features: [beats, energy]
  - id: sync_video
    type: BEAT_SYNC
    inputs: [video, analyze_audio]
    config:
      mode: stretch
output: sync_video
"""
