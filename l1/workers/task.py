"""What a worker says to a child, and what a child answers."""

from typing import Any, Literal

import msgspec

from l1.content.media_info import MediaInfo
from l1.media.limits import MediaLimits

TASK_MAX = 16 * 2**20
"""A task may be this many bytes long as JSON."""

ANSWER_MAX = 32 * 2**20
"""One answer of a child may be this many bytes long as JSON."""

CRASHED, OUT_OF_MEMORY, UNCONFINED = 70, 71, 72
"""How a child ends that could not answer: by an error, by its memory cap, without a sandbox."""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What one task may use up before it is stopped.

    `memory_bytes` is address space beyond the fresh child's own. `cpu_s` is processor time over
    all threads. `file_bytes` caps each file, `scratch_bytes` all that a child lays down in its folder
    at a time. `timeout_s` and `no_progress_s` are wall time, the second since the last sign of
    progress; leave it None for work that reports none. `media` is the largest that is opened.
    """

    memory_bytes: int = 2 * 2**30
    cpu_s: int = 3600
    file_bytes: int = 16 * 2**30
    scratch_bytes: int = 32 * 2**30
    timeout_s: float = 3600
    no_progress_s: float | None = None
    media: MediaLimits = MediaLimits()


class TaskSource(msgspec.Struct, frozen=True, kw_only=True):
    """One input: an absolute path, what the probe found there if it has been probed, and its CID."""

    path: str
    info: MediaInfo | None = None
    cid: str = ""


class TaskLook(msgspec.Struct, frozen=True, kw_only=True):
    """A step that is rendered in one pass with the one before it, which is its first input."""

    name: str
    sources: tuple[TaskSource, ...] = ()
    params: dict[str, Any] = {}
    bound: dict[str, int] = {}


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """One piece of work for a child.

    `output` is the absolute path of the file to make. Its folder is the one place where the child
    may write, so give each task a folder of its own; an analysis writes nothing and has no output.
    `bound` says of parameters which source each follows, by its index.

    A render goes through `looks`, in order. A film of more than `split_over` segments is then not
    rendered but outlined, unless that is 0. `segments` renders those of `numbers`, `sound` the
    sound alone, and `join` makes the whole of `pieces`: paths of all segments, in order, and of
    the pieces of a sound that had to be encoded (`heard`), after its header.
    """

    kind: Literal["render", "analyse", "segments", "sound", "join"]
    name: str
    sources: tuple[TaskSource, ...] = ()
    params: dict[str, Any] = {}
    bound: dict[str, int] = {}
    looks: tuple[TaskLook, ...] = ()
    split_over: int = 0
    numbers: tuple[int, ...] = ()
    pieces: tuple[str, ...] = ()
    heard: tuple[str, ...] = ()
    output: str = ""
    limits: Limits = Limits()

    @property
    def readable(self) -> tuple[str, ...]:
        """Name all files that it reads."""
        looked = (source for look in self.looks for source in look.sources)
        sources = (source.path for source in (*self.sources, *looked))
        return (*sources, *self.pieces, *self.heard)


class Outline(msgspec.Struct, frozen=True, kw_only=True):
    """A film as it would be cut: what each segment and the sound are made from, as hashes."""

    frames: int
    segment_frames: int
    rate: tuple[int, int]
    segments: tuple[str, ...]
    sound: str = ""
    sound_is_copied: bool = True


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """A piece that has been made: files in the task's folder, and how long it plays."""

    number: int
    data: str
    header: str
    length_us: int


class Complaint(msgspec.Struct, frozen=True, kw_only=True):
    """Why the work was not done, as in `l1.errors`."""

    code: str
    message: str
    facts: dict[str, Any] = {}


class Answer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line from a child: a sign of life, or the last word (done, refused or unavailable)."""

    progress: tuple[int, int] | None = None
    note: str | None = None
    piece: Piece | None = None
    done: Any = msgspec.UNSET
    refused: Complaint | None = None
    unavailable: Complaint | None = None

    @property
    def is_last(self) -> bool:
        """Tell whether the child has nothing more to say."""
        return self.done is not msgspec.UNSET or bool(self.refused or self.unavailable)


class Order(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line from the worker to its fork server: fork for a lease, or kill a lease's child."""

    fork: int | None = None
    kill: int | None = None


class Exit(msgspec.Struct, frozen=True, kw_only=True):
    """How a child ended; a negative status is the signal that killed it."""

    lease: int
    status: int
    cpu_ms: int
    peak_bytes: int


class Word(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line from the fork server: it is ready, or a child has ended."""

    ready: bool = False
    exited: Exit | None = None
