"""Facts about executions. They belong to a cache key, not to a run: many runs may wait for one."""

from typing import ClassVar

import msgspec

from l1.content.cid import Cid, ContentHash
from l1.content.media_info import MediaInfo
from l1.events.event import Event


def part_key(step: str, position: int, number: int) -> str:
    """Name part `number` of a step that was split when the log stood at `position`."""
    return f"part:{step}:{position}:{number:05d}"


def whole(key: str) -> str:
    """Name the step that a part belongs to; any other key stands for itself."""
    return key.split(":")[1] if key.startswith("part:") else key


class StepCompleted(Event, frozen=True, kw_only=True):
    """An execution gave its result.

    `started_us` and `elapsed_us` are the worker's clock, in microseconds. `engine` is the
    fingerprint of the software that made the bytes. `task_id` is the Arq job it ran under.
    """

    kind: ClassVar[str] = "step.completed"
    key: str
    output: Cid
    content_hash: ContentHash
    size: int
    info: MediaInfo
    attempt: int
    worker: str
    task_id: str
    started_us: int
    elapsed_us: int
    cpu_us: int = 0
    engine: str = ""
    log: Cid = Cid("")

    def stream(self) -> str:
        return f"step-{self.key}"


class StepFailed(Event, frozen=True, kw_only=True):
    """An attempt ended without a result; after a final one there is no other."""

    kind: ClassVar[str] = "step.failed"
    key: str
    attempt: int
    worker: str
    code: str
    message: str
    final: bool = False
    log: Cid = Cid("")

    def stream(self) -> str:
        return f"step-{whole(self.key)}"


class StepLost(Event, frozen=True, kw_only=True):
    """A worker went silent and its lease ran out; with `final`, the step is quarantined."""

    kind: ClassVar[str] = "step.lost"
    key: str
    worker: str
    losses: int
    final: bool = False

    def stream(self) -> str:
        return f"step-{whole(self.key)}"


class SplitPart(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Work on some segments in a row, `stop` being after the last, or on the `sound`."""

    key: str
    first: int = 0
    stop: int = 0
    sound: bool = False


class StepSplit(Event, frozen=True, kw_only=True):
    """A step is rendered in parts, and joined when they are there.

    `segments` are the keys of all segments of its pictures, in order, those too that are there
    already; `sound` is the key of its sound, if that is cut too. There are `frames` pictures,
    `segment_frames` in each segment but the last, and `rate_num` in `rate_den` seconds. It began at
    `started_us` by the worker's clock. A `streamed` one can be watched meanwhile.
    """

    kind: ClassVar[str] = "step.split"
    key: str
    frames: int
    segment_frames: int
    rate_num: int
    rate_den: int
    segments: tuple[str, ...]
    parts: tuple[SplitPart, ...]
    started_us: int
    sound: str = ""
    streamed: bool = False

    def stream(self) -> str:
        return f"step-{self.key}"


class Segment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A piece of encoded pictures or sound: a fragment of MP4, and the header that it goes with."""

    key: str
    output: Cid
    size: int
    header: Cid = Cid("")
    length_us: int = 0


class SegmentsRendered(Event, frozen=True, kw_only=True):
    """Pieces of a step are there; with `done`, all of a part. They belong to their own keys."""

    kind: ClassVar[str] = "segments.rendered"
    step: str
    part: str
    segments: tuple[Segment, ...]
    attempt: int
    worker: str
    done: bool = False
    cpu_us: int = 0
    engine: str = ""

    def stream(self) -> str:
        return f"step-{self.step}"


class StreamAdvanced(Event, frozen=True, kw_only=True):
    """More of a step can be watched: `playlist` is what to open, with `segments` of pictures.

    `pictures` and `sound` are the playlists of the tracks, where they are not the same; with
    `complete`, nothing more comes.
    """

    kind: ClassVar[str] = "stream.advanced"
    step: str
    playlist: Cid
    segments: int
    pictures: Cid = Cid("")
    sound: Cid = Cid("")
    complete: bool = False

    def stream(self) -> str:
        return f"stream-{self.step}"
