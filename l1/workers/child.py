"""The one place where user bytes are decoded: a disposable process, confined before it starts."""

import errno
import json
import os
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from l1.analyses.analysis import Analysis
from l1.content.media_info import MediaInfo
from l1.effects.effect import Effect
from l1.errors import Failure, Refused, Unavailable
from l1.media.limits import letting_in
from l1.workers import sandbox
from l1.workers.performing import known, parsed, perform
from l1.workers.task import CRASHED, OUT_OF_MEMORY, UNCONFINED, Answer, Complaint, Task

T = TypeVar("T")

_PROGRESS_EVERY_S = 0.05
_UNPROBED = MediaInfo(kind="data", media_type="application/octet-stream")


@dataclass(frozen=True, slots=True, kw_only=True)
class Repertoire:
    """What a child can do, the same for all children of one fork server."""

    effects: Mapping[str, Effect]
    analyses: Mapping[str, Analysis]
    readable: tuple[Path, ...]
    mode: sandbox.Mode


def live(channel: int, repertoire: Repertoire) -> int:
    """Read one task from the channel, do it, answer; return the status to end with."""
    task = msgspec.json.decode(_read_line(channel), type=Task)
    voice = Voice(channel)
    try:
        _confine(task, repertoire)
    except OSError:
        traceback.print_exc()
        return UNCONFINED
    try:
        answer = _outcome(task, repertoire, voice)
        sys.stdout.flush()  # After the last word a child is killed, whatever it still holds.
        voice.say(answer)
    except MemoryError:
        return OUT_OF_MEMORY
    except BaseException:  # noqa: BLE001 - the child's door: whatever it is, the worker is told
        traceback.print_exc()
        return CRASHED
    return 0


class Voice:
    """Speaks to the worker, one JSON line at a time; safe to use from any thread."""

    def __init__(self, channel: int) -> None:
        self._channel = channel
        self._lock = threading.Lock()
        self._next_progress = 0.0

    def say(self, answer: Answer) -> None:
        """Send one answer, whole."""
        line = memoryview(msgspec.json.encode(answer) + b"\n")
        with self._lock:
            while line:
                line = line[os.write(self._channel, line) :]

    def progress(self, done: int, total: int) -> None:
        """Tell how far the work is; more often than the worker can use is left unsaid."""
        now = time.monotonic()
        if now >= self._next_progress or done >= total:
            self._next_progress = now + _PROGRESS_EVERY_S
            self.say(Answer(progress=(done, total)))

    def note(self, text: str) -> None:
        """Send a line for the step's log."""
        self.say(Answer(note=text))


def _confine(task: Task, repertoire: Repertoire) -> None:
    scratch = Path(task.output).parent if task.output else None
    policy = sandbox.Policy(
        readable=(*repertoire.readable, *map(Path, task.readable)),
        scratch=scratch,
        memory_bytes=task.limits.memory_bytes,
        cpu_s=task.limits.cpu_s,
        file_bytes=task.limits.file_bytes,
    )
    os.chdir(scratch or "/")
    tempfile.tempdir = str(scratch) if scratch else None
    sandbox.confine(policy, mode=repertoire.mode)


def _outcome(task: Task, repertoire: Repertoire, voice: Voice) -> Answer:
    try:
        with letting_in(task.limits.media):
            return Answer(done=_done(task, repertoire, voice))
    except Refused as error:
        return Answer(refused=_complaint(error))
    except Unavailable as error:
        return Answer(unavailable=_complaint(error))
    except OSError as error:
        return _of_full_disk(error, task)


def _done(task: Task, repertoire: Repertoire, voice: Voice) -> Any:
    if task.kind == "analyse":
        analysis: Analysis = known(repertoire.analyses, "analyse", task.name)
        params = parsed(analysis.name, analysis.params, task.params)
        return analysis.analyse(
            Path(task.sources[0].path), params, lambda ms: voice.progress(ms, ms + 1)
        )
    return perform(
        task,
        repertoire.effects,
        repertoire.analyses.get("probe"),
        repertoire.mode,
        progress=voice.progress,
        note=voice.note,
        told=lambda piece: voice.say(Answer(piece=piece)),
    )


def _of_full_disk(error: OSError, task: Task) -> Answer:
    """Tell the two ways of running out of room from errors of the code."""
    if error.errno == errno.EFBIG:
        most = task.limits.file_bytes
        message = f"{task.name} would write a file of more than {most} bytes; ask for less."
        return Answer(refused=Complaint(code="output_too_large", message=message))
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        message = f"The disk of the scratch folder is full ({error}); free some space."
        return Answer(unavailable=Complaint(code="disk_full", message=message))
    if error.errno == errno.ENOMEM:
        raise MemoryError from error
    raise error


def _complaint(error: Failure) -> Complaint:
    facts = json.loads(json.dumps(dict(error.facts), default=str))
    return Complaint(code=error.code, message=error.message, facts=facts)


def _read_line(channel: int) -> bytes:
    line = bytearray()
    while not line.endswith(b"\n"):
        part = os.read(channel, 2**16)
        if not part:
            raise EOFError("The worker went away before it had told the task.")
        line += part
    return bytes(line)
