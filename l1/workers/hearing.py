"""Listens to one child: its time limits, and how much of what it says is passed on."""

import asyncio
from collections.abc import Callable

import msgspec

from l1.workers.outcome import ChildFailed, FailureKind
from l1.workers.task import Answer, Limits, Piece

Progress = Callable[[int, int], None]
Note = Callable[[str], None]
TakePiece = Callable[[Piece], None]

_PROGRESS_EVERY_S = 0.2
_NOTES_MAX = 64 * 2**10


class Hearing:
    """Hears one child out, without believing it, since strangers' bytes may speak through it.

    Lines have to fit the protocol, notes are cut off at 64 KiB, and progress is passed on at most
    five times a second, the latest always.
    """

    def __init__(
        self, limits: Limits, *, on_progress: Progress, on_note: Note, on_piece: TakePiece
    ) -> None:
        self._limits = limits
        self._on_piece = on_piece
        self._on_progress = on_progress
        self._on_note = on_note
        self._notes_left = _NOTES_MAX
        self._loop = asyncio.get_running_loop()
        self._end = self._loop.time() + limits.timeout_s
        self._latest: tuple[int, int] | None = None
        self._resting: asyncio.TimerHandle | None = None

    async def listen(self, said: asyncio.StreamReader, clock: asyncio.Timeout) -> Answer | None:
        """Return the child's last word, None if it ended without one; keep the clock wound."""
        clock.reschedule(self._deadline())
        try:
            while line := await said.readline():
                answer = msgspec.json.decode(line, type=Answer)
                if answer.is_last:
                    clock.reschedule(None)
                    return answer
                self._pass_on(answer, clock)
        except ConnectionResetError:
            return None  # It died before it had read its task.
        except (ValueError, msgspec.DecodeError) as error:
            raise ChildFailed("crashed", f"it said what is no answer: {error}") from error
        return None

    def verdict(self) -> tuple[FailureKind, str]:
        """Tell which of the time limits has just run out."""
        if self._loop.time() >= self._end:
            return "timeout", f"not done within {self._limits.timeout_s:g} s"
        return "stalled", f"no progress for {self._limits.no_progress_s:g} s"

    def close(self, printed: str) -> None:
        """Pass on what is left: the latest progress and what the child printed."""
        if self._resting is not None:
            self._resting.cancel()
            self._flush()
        if printed:
            self._on_note(printed)

    def _deadline(self) -> float:
        stall = self._limits.no_progress_s
        return self._end if stall is None else min(self._end, self._loop.time() + stall)

    def _pass_on(self, answer: Answer, clock: asyncio.Timeout) -> None:
        if answer.note is not None and self._notes_left > 0:
            note = answer.note[: self._notes_left]
            self._notes_left -= len(note)
            self._on_note(note if self._notes_left else f"{note} (further notes were dropped)")
        if answer.piece is not None:
            clock.reschedule(self._deadline())
            self._on_piece(answer.piece)
        if answer.progress is not None:
            clock.reschedule(self._deadline())
            self._latest = answer.progress
            if self._resting is None:
                self._flush()
                self._resting = self._loop.call_later(_PROGRESS_EVERY_S, self._wake)

    def _wake(self) -> None:
        self._resting = None
        if self._latest is not None:
            self._flush()
            self._resting = self._loop.call_later(_PROGRESS_EVERY_S, self._wake)

    def _flush(self) -> None:
        if self._latest is not None:
            latest, self._latest = self._latest, None
            self._on_progress(*latest)
