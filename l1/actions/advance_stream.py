"""Let what is rendered be watched while it is: playlists of what is there from the beginning on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import takewhile

from l1.actions.contents import not_deleted, put_documents, stored
from l1.actions.open_content import missing
from l1.actions.services import Caller, Services
from l1.content.cid import Cid
from l1.content.identity import Identity
from l1.content.pieces import Pieces
from l1.content.playlist import MEDIA_TYPE, Played, of_track, of_tracks, place_of
from l1.errors import Unavailable
from l1.events.event import Recorded
from l1.events.step import StepSplit, StreamAdvanced
from l1.log.command import Command, Stale, StreamAt

_ATTEMPTS = 3
_MICRO = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tracks:
    """What is there: the pieces in order, each as it was recorded."""

    pictures: Sequence[Mapping[str, object]]
    sound: Sequence[Mapping[str, object]]
    has_sound: bool
    is_complete: bool


async def advance_stream(services: Services, caller: Caller, split: StepSplit) -> None:
    """Publish new playlists of a step, if more of it is there than the last ones say."""
    for _ in range(_ATTEMPTS):
        before = await services.reader.stream(f"stream-{split.key}")
        last = await _last(services, before)
        since = await services.reader.head()
        tracks = await _tracks(services, split)
        if not tracks.pictures or (tracks.has_sound and not tracks.sound):
            return
        if last and _is_hardly_more(split, tracks, last):
            return
        fact, documents = await _publish(services, split, tracks)
        if last and _is_no_more(fact, last):
            return
        kept = tuple(
            stored(each, source="playlist", caller=caller, media_type=MEDIA_TYPE)
            for each in documents
        )
        try:
            await services.log.append(
                Command(
                    facts=(*kept, fact),
                    meta=caller.meta(split.key),
                    conditions=(
                        StreamAt(stream=f"stream-{split.key}", version=len(before)),
                        not_deleted([each.cid for each in documents], since=since),
                    ),
                )
            )
        except Stale:
            continue  # another worker has said something newer
        return


async def complete_playlist(services: Services, step_key: str) -> bytes:
    """Read what there is to open of a step whose every piece is there and published."""
    last = await _last(services, await services.reader.stream(f"stream-{step_key}"))
    if last is None or not last.complete:
        raise Unavailable(f"the playlist of {step_key} is not complete", code="not_yet")
    return await services.store.read(last.playlist)


async def _last(services: Services, before: Sequence[Recorded]) -> StreamAdvanced | None:
    """Answer what was published last, None when it has been deleted: it begins anew then."""
    last = before[-1].event if before else None
    if not isinstance(last, StreamAdvanced):
        return None
    lists = {cid for cid in (last.playlist, last.pictures, last.sound) if cid}
    return None if await missing(services, lists) else last


def _is_hardly_more(split: StepSplit, tracks: _Tracks, last: StreamAdvanced) -> bool:
    """Tell whether a long list would be written again for a hundredth more, or less.

    All lists of a film of hours would else be larger than the film.
    """
    count = len(tracks.pictures)
    return last.segments <= count < min(len(split.segments), last.segments + last.segments // 100)


def _is_no_more(fact: StreamAdvanced, last: StreamAdvanced) -> bool:
    """Tell whether there is nothing new; a look from before another's may even see less."""
    same = (fact.pictures, fact.sound) == (last.pictures, last.sound)
    if fact.complete or last.complete:
        return same or not fact.complete
    return same or fact.segments < last.segments


async def _tracks(services: Services, split: StepSplit) -> _Tracks:
    there = await services.work.pieces(split.segments)
    pictures = [there[key] for key in takewhile(there.__contains__, split.segments)]
    sound = _gapless(await services.work.pieces_of(split.sound)) if split.sound else []
    ended = not split.sound or len(sound) == await _listed(services, split.sound)
    return _Tracks(
        pictures=pictures,
        sound=sound,
        has_sound=bool(split.sound) and not (ended and not sound),
        is_complete=ended and len(pictures) == len(split.segments),
    )


def _gapless(sound: Sequence[Mapping[str, object]]) -> Sequence[Mapping[str, object]]:
    """Take the pieces of a sound up to the first that is not there: one may be made anew."""
    numbers = [int(str(piece["key"]).rpartition(":")[2]) for piece in sound]
    return [piece for n, piece in enumerate(sound) if numbers[n] == n]


async def _listed(services: Services, sound: str) -> int:
    """Count the pieces that a sound consists of; -1 while that is not known."""
    outputs = await services.work.outputs([sound])
    if sound not in outputs or await missing(services, [listing := Cid(outputs[sound])]):
        return -1
    return len(Pieces.from_json(await services.store.read(listing)).pieces)


async def _publish(
    services: Services, split: StepSplit, tracks: _Tracks
) -> tuple[StreamAdvanced, list[Identity]]:
    rate = Fraction(split.rate_num, split.rate_den)
    whole, over = split.segment_frames, split.frames % split.segment_frames
    lengths = [whole / rate for _ in split.segments]
    if over:
        lengths[-1] = over / rate
    shown = [
        Played(cid=_cid(each, "output"), seconds=seconds)
        for each, seconds in zip(tracks.pictures, lengths, strict=False)
    ]
    seen = of_track(
        _cid(tracks.pictures[0], "header"),
        shown,
        longest=max(lengths),
        complete=tracks.is_complete,
    )
    (pictures,) = await put_documents(services, seen.encode())
    if not tracks.has_sound:
        fact = StreamAdvanced(
            step=split.key,
            playlist=pictures.cid,
            pictures=pictures.cid,
            segments=len(shown),
            complete=tracks.is_complete,
        )
        return fact, [pictures]
    heard = of_track(
        _cid(tracks.sound[0], "header"),
        [
            Played(cid=_cid(each, "output"), seconds=Fraction(_number(each, "length_us"), _MICRO))
            for each in tracks.sound
        ],
        # A piece of sound ends with a packet, which may go on a little after the pictures'.
        longest=max(lengths) + 1,
        complete=tracks.is_complete,
    )
    (sound,) = await put_documents(services, heard.encode())
    both = of_tracks(
        place_of(pictures.cid, "m3u8"),
        place_of(sound.cid, "m3u8"),
        bits_per_second=peak_bits(tracks.pictures),
    )
    (playlist,) = await put_documents(services, both.encode())
    fact = StreamAdvanced(
        step=split.key,
        playlist=playlist.cid,
        pictures=pictures.cid,
        sound=sound.cid,
        segments=len(shown),
        complete=tracks.is_complete,
    )
    return fact, [pictures, sound, playlist]


def peak_bits(pictures: Sequence[Mapping[str, object]]) -> int:
    """Tell how many bits a second the densest piece has, with some for sound."""
    most = max(
        _number(each, "size") * 8 * _MICRO // max(1, _number(each, "length_us"))
        for each in pictures
    )
    return most + 256_000


def _cid(piece: Mapping[str, object], name: str) -> Cid:
    return Cid(str(piece.get(name, "")))


def _number(piece: Mapping[str, object], name: str) -> int:
    return int(str(piece.get(name, 0)))
