"""Playlists of HTTP Live Streaming (RFC 8216): what a player opens to watch pieces in order.

Pieces are named by their CIDs, so a playlist proves what it plays.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from l1.content.cid import Cid

MEDIA_TYPE = "application/vnd.apple.mpegurl"
END = "#EXT-X-ENDLIST\n"
"""The last line of a playlist to which nothing is added any more."""

_MICRO = 1_000_000
_GROUP = "sound"


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """One piece: its content, and how long it plays, in seconds."""

    cid: Cid
    seconds: Fraction


def of_track(header: Cid, pieces: Sequence[Played], *, longest: Fraction, complete: bool) -> str:
    """List the pieces of a track from its beginning on.

    `longest` is the most that any piece of it will play. While not `complete` more are to come,
    and players ask again.
    """
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        f"#EXT-X-TARGETDURATION:{ceil(longest)}",
        "#EXT-X-PLAYLIST-TYPE:EVENT",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        f'#EXT-X-MAP:URI="{place_of(header, "mp4")}"',
    ]
    for piece in pieces:
        lines += [f"#EXTINF:{_decimal(piece.seconds)},", place_of(piece.cid, "m4s")]
    return "\n".join(lines) + "\n" + (END if complete else "")


def of_tracks(pictures: str, sound: str, *, bits_per_second: int) -> str:
    """List the playlist of the pictures and that of the sound, which are played together."""
    return "\n".join(
        (
            "#EXTM3U",
            "#EXT-X-VERSION:7",
            "#EXT-X-INDEPENDENT-SEGMENTS",
            (
                f'#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="{_GROUP}",NAME="Sound",DEFAULT=YES,'
                f'AUTOSELECT=YES,URI="{sound}"'
            ),
            f'#EXT-X-STREAM-INF:BANDWIDTH={bits_per_second},AUDIO="{_GROUP}"',
            pictures,
            "",
        )
    )


def place_of(cid: Cid, suffix: str) -> str:
    """Answer where content is found on the server that the playlist comes from.

    Some players look at the end of an address before they play it.
    """
    return f"/cache/{cid}/raw.{suffix}"


def named_in(playlist: str) -> tuple[Cid, ...]:
    """Name what a playlist names."""
    return tuple(Cid(cid) for cid in re.findall(r"/cache/([^/\s]+)/raw", playlist))


def _decimal(seconds: Fraction) -> str:
    """Write seconds in full where six digits can, else rounded to the nearest."""
    micro = round(seconds * _MICRO)
    return f"{micro // _MICRO}.{micro % _MICRO:06d}"
