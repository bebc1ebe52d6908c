"""A schedule as an edit list for editing programs: OpenTimelineIO, in its JSON form.

The schemas are those of OpenTimelineIO 0.15 and later (https://opentimelineio.readthedocs.io):
`Timeline.1` with a track of pictures and one of sound. Each run of a schedule is a clip; its
source range begins where the source is entered and lasts as long as it is shown, and a speed
other than the source's own is a `LinearTimeWarp.1`, a picture that is held a `FreezeFrame.1`.
Beats are markers. What these schemas cannot say, a pulse for one, stands in the metadata.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import msgspec

from l1.content.cid import Cid
from l1.content.schedule import Run, Schedule

_BY_NAME, _BY_CID = "DEFAULT_MEDIA", "ipfs"
Part = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Medium:
    """What is shown or heard: what people call it, and its CID where that is known."""

    name: str
    cid: Cid | None = None


def write_otio(schedule: Schedule, *, name: str, video: Medium, music: Medium | None) -> bytes:
    """Write a timeline called `name`.

    Media are referred to twice: by name, as files beside the edit list, and by CID as `ipfs://`.
    """
    tracks = [_pictures(schedule, video)]
    if music is not None:
        tracks.append(_sound(schedule, music))
    timeline = {
        "OTIO_SCHEMA": "Timeline.1",
        "name": name,
        "global_start_time": None,
        "metadata": {"artdag": _told(schedule)},
        "tracks": _item("Stack.1", "tracks", children=tracks),
    }
    return msgspec.json.format(msgspec.json.encode(timeline), indent=2) + b"\n"


def _told(schedule: Schedule) -> Part:
    """Repeat of a schedule what is no clip."""
    told = msgspec.to_builtins(schedule)
    return {key: value for key, value in told.items() if key not in {"runs", "intervals"}}


def _pictures(schedule: Schedule, video: Medium) -> Part:
    whole = _range(
        _time(0, schedule.source_rate), _time(schedule.source_frames, schedule.source_rate)
    )
    clips = [_clip(schedule, run, video, whole) for run in schedule.runs]
    return _item(
        "Track.1", "pictures", children=clips, kind="Video", markers=list(_beats(schedule))
    )


def _clip(schedule: Schedule, run: Run, video: Medium, whole: Part) -> Part:
    rate, source_rate = schedule.rate, schedule.source_rate
    speed = Fraction(run.num, run.den) * rate / source_rate
    return _item(
        "Clip.2",
        video.name,
        source_range=_range(_time(run.source, source_rate), _time(run.frames, rate)),
        effects=[] if speed == 1 else [_warp(speed)],
        **_references(video, whole),
    )


def _warp(speed: Fraction) -> Part:
    return {
        "OTIO_SCHEMA": "LinearTimeWarp.1" if speed else "FreezeFrame.1",
        "name": "",
        "effect_name": "LinearTimeWarp" if speed else "FreezeFrame",
        "enabled": True,
        "metadata": {},
        "time_scalar": float(speed),
    }


def _beats(schedule: Schedule) -> Iterator[Part]:
    for number, interval in enumerate(schedule.intervals, 1):
        yield {
            "OTIO_SCHEMA": "Marker.2",
            "name": f"beat {number}",
            "color": "RED",
            "comment": "",
            "marked_range": _range(_time(interval.frame, schedule.rate), _time(0, schedule.rate)),
            "metadata": {"artdag": {"beat_ms": interval.beat_ms, "source": interval.source}},
        }


def _sound(schedule: Schedule, music: Medium) -> Part:
    """Play the music as long as it lasts or pictures are shown; a gap fills the last frame."""
    thousand = Fraction(1000)
    length = schedule.frames / schedule.rate * thousand
    heard = min(length, Fraction(schedule.end_ms - schedule.start_ms))
    clip = _item(
        "Clip.2",
        music.name,
        source_range=_range(_time(schedule.start_ms, thousand), _time(heard, thousand)),
        **_references(music, None),
    )
    rest = _range(_time(0, thousand), _time(length - heard, thousand))
    gap = [_item("Gap.1", "", source_range=rest)] if length > heard else []
    return _item("Track.1", "music", children=[clip, *gap], kind="Audio")


def _references(medium: Medium, whole: Part | None) -> Part:
    """Refer to a medium by its name, and by its CID where it has one."""
    urls = {_BY_NAME: medium.name}
    if medium.cid is not None:
        urls[_BY_CID] = f"ipfs://{medium.cid}"
    references = {
        key: {
            "OTIO_SCHEMA": "ExternalReference.1",
            "name": medium.name,
            "target_url": url,
            "available_range": whole,
            "available_image_bounds": None,
            "metadata": {"artdag": {"cid": medium.cid}} if medium.cid else {},
        }
        for key, url in urls.items()
    }
    return {"media_references": references, "active_media_reference_key": _BY_NAME}


def _item(schema: str, name: str, **more: Any) -> Part:
    return {
        "OTIO_SCHEMA": schema,
        "name": name,
        "enabled": True,
        "source_range": None,
        "effects": [],
        "markers": [],
        "metadata": {},
    } | more


def _range(start: Part, duration: Part) -> Part:
    return {"OTIO_SCHEMA": "TimeRange.1", "start_time": start, "duration": duration}


def _time(value: int | Fraction, rate: Fraction) -> Part:
    return {"OTIO_SCHEMA": "RationalTime.1", "value": float(value), "rate": float(rate)}
