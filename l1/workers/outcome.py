"""The ways in which a child's work can end."""

import re
import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from l1.content.media_info import MediaInfo
from l1.errors import Failure, Refused, Unavailable
from l1.workers.task import OUT_OF_MEMORY, UNCONFINED, Answer, Complaint, Exit, Outline

FailureKind = Literal["timeout", "stalled", "memory", "crashed", "killed"]

_DETAIL_MAX = 2000
_LARGEST = 2**53 - 1
_SEGMENTS_MAX = 50_000
"""A film of more, a day long, is cut into more pieces than a child that joins them can be told."""
_DIGEST = re.compile("[0-9a-f]{64}")
_WORD = r"[A-Za-z0-9!#$&^_.+-]{1,127}"
_MEDIA_TYPE = re.compile(f"{_WORD}/{_WORD}")
_CODE = re.compile("[a-z][a-z0-9_]{0,63}")
_UNSPEAKABLE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""What commands a terminal, or turns around what is read: a message is shown in both."""
_TELLING: dict[int, tuple[FailureKind, str]] = {
    OUT_OF_MEMORY: ("memory", "it asked for more than its cap"),
    -signal.SIGXCPU: ("timeout", "its processor time is used up"),
    -signal.SIGKILL: ("killed", "killed from outside, perhaps for want of memory"),
}


class ChildFailed(Unavailable):
    """A child ended without an answer; the work may be tried again a few times.

    `kind` is `timeout` (step time or processor time used up), `stalled` (no progress), `memory`
    (its cap reached), `crashed` or `killed` (by somebody else, most often for want of memory).
    """

    code = "child_failed"

    def __init__(self, kind: FailureKind, detail: str) -> None:
        super().__init__(f"The work ended early ({kind}): {detail}", kind=kind, detail=detail)
        self.kind: FailureKind = kind
        self.detail = detail


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a child made.

    `value` is `{"bytes": n, "info": {...}}` for a render, with what the probe found in the output
    where a probe is known, and the facts for an analysis. `cpu_ms` is processor time over all its threads, `peak_bytes` its largest resident memory;
    both are 0 if the fork server was lost just then.
    """

    value: Any
    cpu_ms: int = 0
    peak_bytes: int = 0


def outcome(last: Answer | None, ended: Exit | None, printed: str) -> Done:
    """Return what the child's last word says was made, or raise what it or its end says."""
    if last is None:
        raise _without_answer(ended, printed)
    if last.refused is not None:
        raise _spoken(Refused, last.refused)
    if last.unavailable is not None:
        raise _spoken(Unavailable, last.unavailable)
    if last.done is msgspec.UNSET or ended is None:
        return Done(value=last.done)
    return Done(value=last.done, cpu_ms=ended.cpu_ms, peak_bytes=ended.peak_bytes)


def within(on_progress: Callable[[int, int], None]) -> Callable[[int, int], None]:
    """Pass on only progress that can be: nothing negative, and no more done than there is."""

    def told(done: int, total: int) -> None:
        total = min(max(total, 0), _LARGEST)
        on_progress(min(max(done, 0), total), total)

    return told


def checked_info(told: object) -> MediaInfo:
    """Read what a child says that the probe found; `ChildFailed` for what no probe can find.

    It ends up in the log and in headers of answers, and strangers' bytes may speak through it.
    """
    try:
        info = msgspec.convert(told, MediaInfo)
    except msgspec.ValidationError as error:
        raise ChildFailed("crashed", f"it found what is no media info: {error}") from None
    parts = [part for part in (info, info.video, info.audio) if part is not None]
    values = [value for part in parts for value in msgspec.structs.astuple(part)]
    if not (
        _MEDIA_TYPE.fullmatch(info.media_type)
        and all(0 <= value <= _LARGEST for value in values if isinstance(value, int))
        and all(len(value) <= _DETAIL_MAX for value in values if isinstance(value, str))
    ):
        raise ChildFailed("crashed", "it found what cannot be in any media")
    return info


def checked_outline(told: object) -> Outline:
    """Read how a child would cut a film; `ChildFailed` for what no film can be.

    Its numbers are reckoned with, and every segment of it is a row and a file that is joined.
    """
    try:
        outline = msgspec.convert(told, Outline)
    except msgspec.ValidationError as error:
        raise ChildFailed("crashed", f"it outlined what is no film: {error}") from None
    above, below = outline.rate
    if not (
        all(0 < value <= _LARGEST for value in (above, below, outline.frames))
        and outline.segment_frames > 0
        and -(-outline.frames // outline.segment_frames) == len(outline.segments) <= _SEGMENTS_MAX
        and all(_DIGEST.fullmatch(each) for each in outline.segments)
        and (not outline.sound or _DIGEST.fullmatch(outline.sound))
    ):
        raise ChildFailed("crashed", "it outlined what cannot be a film")
    return outline


def _spoken(kind: type[Failure], complaint: Complaint) -> Failure:
    code = complaint.code if _CODE.fullmatch(complaint.code) else kind.code
    error = kind(_UNSPEAKABLE.sub("?", complaint.message[:_DETAIL_MAX]), code=code)
    error.facts = complaint.facts
    return error


def _without_answer(ended: Exit | None, printed: str) -> Unavailable:
    """Explain the end of a child that gave no last word, by its status and what it printed."""
    if ended is None:
        return ChildFailed("crashed", "the fork server ended, and the child with it")
    last_line = printed[-_DETAIL_MAX:].rpartition("\n")[2]
    if ended.status == UNCONFINED:
        message = f"The child could not be sandboxed, so it decoded nothing: {last_line}"
        return Unavailable(message, code="unconfined")
    kind, why = _TELLING.get(ended.status) or ("crashed", _crash(ended.status, last_line))
    used = f"{ended.peak_bytes >> 20} MiB at most, {ended.cpu_ms} ms of processor time"
    return ChildFailed(kind, f"{why} ({used})")


def _crash(status: int, last_line: str) -> str:
    if status < 0:
        names = {each.value: each.name for each in signal.Signals}
        return names.get(-status, f"signal {-status}")
    return last_line or f"it ended with status {status}"
