"""Finds out what a file truly is: recognises it, measures it, and decodes its beginning."""

from fractions import Fraction
from pathlib import Path

import av
import msgspec
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from l1.content.media_info import AudioInfo, Kind, MediaInfo, VideoInfo
from l1.errors import Refused
from l1.media.limits import VIDEO_CODECS, let_in
from l1.media.measuring import Track, measure
from l1.media.opening import codec_of, main_audio, main_video, opened, too_large
from l1.media.rates import steady_rate
from l1.media.sniffing import (
    ANIMATED_WEBP,
    Look,
    is_text,
    look_at,
    playlist_name,
    png_size,
    read_head,
)
from l1.media.webp import describe_webp
from l1.media.wholeness import is_cut_short


def probe(path: Path) -> MediaInfo:
    """Describe a file. What claims to be media but cannot be used is `data` with a `problem`."""
    if path.stat().st_size == 0:
        return _data("application/octet-stream", "The file is empty (0 bytes); upload it again")
    look = look_at(path)
    if look is None:
        return _not_media(read_head(path))
    try:
        return describe_webp(path) if look is ANIMATED_WEBP else _probe_media(path, look)
    except Refused as refused:
        return _data(look.media_type, refused.message)


def _data(media_type: str, problem: str = "") -> MediaInfo:
    return MediaInfo(kind="data", media_type=media_type, problem=problem)


def _not_media(head: bytes) -> MediaInfo:
    playlist = playlist_name(head)
    if playlist:
        return _data(
            "text/plain",
            f"This is an {playlist}: it only points at other files, which are not opened; upload "
            "the media itself",
        )
    if is_text(head):
        return MediaInfo(kind="text", media_type="text/plain")
    kind = "application/pdf" if head.startswith(b"%PDF-") else "application/octet-stream"
    return _data(kind)


def _probe_media(path: Path, look: Look) -> MediaInfo:
    if look.media_type == "image/png":
        width, height = png_size(read_head(path))
        if width * height > let_in().pixels:
            raise too_large(width, height)
    with opened(path, look) as container:
        _check_length(Fraction(container.duration or 0, av.time_base))
        video, audio = main_video(container), main_audio(container)
        if video is None and audio is None:
            raise _unusable("The file holds neither picture nor sound; upload the media itself")
        if look.still and len(container.streams.video) > 1:
            raise _unusable("Pictures in several layers or tiles are not supported; save it as PNG")
        tracks = measure(container, video, audio)
        for track in tracks:
            if not track.decoded:
                raise _unusable(
                    f"The {track.stream.type} cannot be decoded; the file is damaged or cut short. "
                    "Check that it plays on your machine and upload it again"
                )
        _check_length(max(track.seconds for track in tracks))
        info = _describe(container, look, tracks)
        if is_cut_short(path, look.media_type) or _has_lost_its_end(container, tracks):
            return msgspec.structs.replace(info, kind="data", problem=_CUT)
    return info


_CUT = (
    "The file ends too early: it announces more than it holds. The upload was cut short; upload "
    "it again"
)
_LENGTH_IS_DECLARED = frozenset({"mov", "matroska", "avi", "wav", "flac"})
_FRAMED_SOUND = frozenset({"aac", "ac3", "alac", "mp3", "opus"})


def _unusable(message: str) -> Refused:
    return Refused(message, code="media_unusable")


def _check_length(seconds: Fraction) -> None:
    most = let_in().seconds
    if seconds > most:
        raise _unusable(
            f"The media is {int(seconds)} s long, more than the {most} s allowed; cut it"
        )


def _has_lost_its_end(container: InputContainer, tracks: list[Track]) -> bool:
    """Compare what was read with what the container declares."""
    names = container.format.name.split(",")
    for track in tracks:
        # Elsewhere the number may be an estimate, and for other sound it counts samples.
        counted = "mov" in names and codec_of(track.stream) in VIDEO_CODECS | _FRAMED_SOUND
        if track.corrupt or (counted and track.packets < track.stream.frames):
            return True
    if not _LENGTH_IS_DECLARED.intersection(names) or not container.duration:
        return False
    declared = Fraction(container.duration, av.time_base)
    # Cover art, subtitles and edit lists stretch a file a little; a lost tail is longer.
    return declared - max(track.seconds for track in tracks) > max(Fraction(2), declared / 20)


def _describe(container: InputContainer, look: Look, tracks: list[Track]) -> MediaInfo:
    by_type = {track.stream.type: track for track in tracks}
    video, audio = by_type.get("video"), by_type.get("audio")
    moving = not look.still or (video is not None and video.frames > 1)
    kind: Kind = "image" if look.still else "video" if video else "audio"
    longest = video or audio
    seconds = longest.seconds if longest and moving else Fraction(0)
    return MediaInfo(
        kind=kind,
        media_type=look.audio_type if kind == "audio" else look.media_type,
        container=container.format.name.split(",")[0].removesuffix("_pipe"),
        duration_us=round(seconds * 1_000_000),
        video=_video(video, moving=moving) if video else None,
        audio=_audio(audio) if audio else None,
    )


def _video(track: Track, *, moving: bool) -> VideoInfo:
    stream, frame = track.stream, track.decoded
    assert isinstance(stream, VideoStream)
    assert isinstance(frame, VideoFrame)
    if stream.average_rate and stream.average_rate > let_in().rate and track.frames > 1:
        raise _unusable(
            f"The video runs at {int(stream.average_rate)} frames a second, more than the "
            f"{let_in().rate} allowed; convert it to a lower rate"
        )
    rate = steady_rate(stream) if moving else Fraction(0)
    return VideoInfo(
        codec=codec_of(stream),
        width=frame.width,
        height=frame.height,
        pixel_format=frame.format.name,
        frames=track.frames,
        rate_num=rate.numerator,
        rate_den=rate.denominator,
        rotation=-frame.rotation % 360,
    )


def _audio(track: Track) -> AudioInfo:
    stream = track.stream
    assert isinstance(stream, AudioStream)
    return AudioInfo(
        codec=codec_of(stream),
        sample_rate=stream.codec_context.sample_rate,
        channels=stream.codec_context.channels,
    )
