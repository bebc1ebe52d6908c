"""Render a step in parts: say which there are, and record the pieces as they come."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import ceil

import msgspec

from l1.actions.contents import not_deleted, stored
from l1.actions.finish_step import Attempt
from l1.actions.open_content import lose_content, missing
from l1.actions.services import Caller, Services
from l1.content.canonical import digest
from l1.content.cid import Cid
from l1.content.identity import Identity
from l1.content.pieces import Pieces
from l1.dag.keys import KEY_VERSION, Preimage
from l1.events.event import Event
from l1.events.step import Segment, SegmentsRendered, SplitPart, StepSplit, part_key
from l1.log.command import Command, Guard

_PARTS = 8
"""A film is cut into so many parts at least, so that several workers have something to do."""
_SHORTEST, _LONGEST = 2, 15
"""Segments in one part: to go to its beginning costs as much as some seconds of film."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """How a step is cut into pieces: the keys of its segments and of its sound, and what is there.

    `have` maps keys of pieces that are there to their content. `chosen` are the numbers of those
    segments that are wanted.
    """

    segments: tuple[str, ...]
    sound: str
    have: Mapping[str, Cid]
    chosen: Sequence[int]

    @property
    def parts(self) -> list[tuple[int, int]]:
        """Put what is not there together in parts: from one segment to before another."""
        open_ = [number for number in self.chosen if self.segments[number] not in self.have]
        length = min(max(ceil(len(open_) / _PARTS), _SHORTEST), _LONGEST)
        parts = []
        for _, run in groupby(enumerate(open_), lambda item: item[1] - item[0]):
            numbers = [number for _, number in run]
            for first in range(0, len(numbers), length):
                held = numbers[first : first + length]
                parts.append((held[0], held[-1] + 1))
        return parts

    @property
    def is_whole(self) -> bool:
        """Tell whether every piece is there."""
        wanted = (*(self.segments[number] for number in self.chosen), self.sound)
        return all(key in self.have for key in wanted if key)


def piece_key(step: Preimage, needs: str) -> str:
    """Name a piece by what it is made from, so that equal pieces of different steps are one."""
    return digest(
        {
            "key_version": KEY_VERSION,
            "needs": needs,
            "profile": step.profile,
            "cluster_key": step.cluster_key,
        }
    )


async def find_pieces(
    services: Services,
    caller: Caller,
    segments: Sequence[str],
    sound: str,
    *,
    sample: int = 0,
) -> Cut:
    """Look which of a step's pieces are there; those whose bytes are gone are said to be lost.

    With a `sample`, so many segments are wanted; which, their keys decide.
    """
    since = await services.reader.head()
    keys = [key for key in (*segments, sound) if key]
    known = await services.work.pieces(keys)
    named = {key: _named(piece) for key, piece in known.items()}
    if sound in named:
        named[sound] |= await _heard(services, Cid(str(known[sound]["output"])))
    lost = set(await missing(services, set().union(*named.values())))
    for cid in sorted(lost):
        await lose_content(services, caller, cid, found="missing", since=since)
    whole = {
        key: Cid(str(piece["output"])) for key, piece in known.items() if not named[key] & lost
    }
    return Cut(segments=tuple(segments), sound=sound, have=whole, chosen=_chosen(segments, sample))


def _chosen(segments: Sequence[str], sample: int) -> list[int]:
    """Choose by the keys, which nobody knows before the run has begun."""
    numbers = range(len(segments))
    if not sample or sample >= len(numbers):
        return list(numbers)
    return sorted(sorted(numbers, key=lambda number: digest([segments[number]]))[:sample])


def _named(piece: Mapping[str, object]) -> set[Cid]:
    """Name what a piece consists of: itself, and the header that it goes with."""
    return {Cid(str(cid)) for cid in (piece["output"], piece.get("header")) if cid}


async def _heard(services: Services, listing: Cid) -> set[Cid]:
    """Name the pieces that a listing names; none of one whose bytes are gone."""
    if await missing(services, [listing]):
        return set()
    pieces = Pieces.from_json(await services.store.read(listing))
    return {each.cid for each in pieces.pieces} | ({pieces.header} if pieces.header else set())


async def split_step(
    services: Services,
    caller: Caller,
    attempt: Attempt,
    cut: Cut,
    split: StepSplit,
    *,
    head: int,
) -> None:
    """Say that a step is rendered in parts: those of `cut` that are not there.

    Where all are there, none are named and the lease is kept: who holds it joins them. `head` was
    the log's head when the step was claimed. Raises `Barred` when the lease, or a piece that was
    there, has been lost.
    """
    sound = bool(cut.sound) and cut.sound not in cut.have
    wanted = [(0, 0)] * sound + cut.parts
    parts = tuple(
        SplitPart(
            key=part_key(attempt.key, head, number),
            first=first,
            stop=stop,
            sound=sound and not number,
        )
        for number, (first, stop) in enumerate(wanted)
    )
    hits = [{"key": key, "output": cid} for key, cid in cut.have.items()]
    args = {"key": attempt.key, "token": str(attempt.token), "hits": hits}
    guard = Guard(name="plan" if parts else "join", args=args)
    fact = msgspec.structs.replace(split, parts=parts)
    await services.log.append(Command(facts=(fact,), meta=caller.meta(attempt.key), guard=guard))


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A piece that is stored, with the header of its track."""

    key: str
    content: Identity
    header: Identity | None
    length_us: int


async def record_pieces(
    services: Services,
    caller: Caller,
    attempt: Attempt,
    step: str,
    made: Sequence[Made],
    *,
    since: int,
    engine: str,
    done: bool = False,
    cpu_us: int = 0,
) -> None:
    """Record pieces of a part; with `done`, that these were the last.

    Raises `Barred` when the lease was lost, `Stale` when equal content was being deleted.
    """
    fact = SegmentsRendered(
        step=step,
        part=attempt.key,
        segments=tuple(
            Segment(
                key=each.key,
                output=each.content.cid,
                size=each.content.size,
                header=each.header.cid if each.header else Cid(""),
                length_us=each.length_us,
            )
            for each in made
        ),
        attempt=attempt.number,
        worker=attempt.worker,
        done=done,
        cpu_us=cpu_us,
        engine=engine,
    )
    facts = (*_stored(made, caller), fact)
    cids = [f.cid for f in facts[:-1]]  # type: ignore[attr-defined]
    guard = attempt.guard() if done else _holding(attempt)
    await services.log.append(
        Command(
            facts=facts,
            meta=caller.meta(step),
            conditions=(not_deleted(cids, since=since),) if cids else (),
            guard=guard,
        )
    )


def _stored(made: Sequence[Made], caller: Caller) -> Iterator[Event]:
    named: set[Cid] = set()
    for each in made:
        media_type = "video/iso.segment" if each.header else "application/json"
        for identity, kind in ((each.header, "video/mp4"), (each.content, media_type)):
            if identity is not None and identity.cid not in named:
                named.add(identity.cid)
                yield stored(identity, source="segment", caller=caller, media_type=kind)


def _holding(attempt: Attempt) -> Guard:
    return Guard(name="holding", args={"key": attempt.key, "token": str(attempt.token)})
