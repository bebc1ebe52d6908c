"""How far children are confined: the limits that the settings name, and what stays open here."""

import structlog

from l1.media.limits import MediaLimits
from l1.settings import Settings
from l1.workers import sandbox
from l1.workers.children import Limits

_log = structlog.get_logger("l1.workers")


def step_limits(settings: Settings) -> Limits:
    """Give what one step may use up, and the largest media that it opens."""
    return Limits(
        memory_bytes=settings.child_memory,
        cpu_s=settings.child_cpu_seconds,
        file_bytes=settings.child_file,
        scratch_bytes=settings.child_scratch,
        timeout_s=settings.child_seconds,
        no_progress_s=settings.stall_seconds,
        media=_media_limits(settings),
    )


def probe_limits(settings: Settings) -> Limits:
    """Give what a first look at content may use up; it writes nothing and tells no progress."""
    return Limits(
        memory_bytes=settings.probe_memory,
        cpu_s=settings.probe_cpu_seconds,
        file_bytes=0,
        timeout_s=settings.probe_seconds,
        media=_media_limits(settings),
    )


def say_what_is_open() -> None:
    """Log, in plain words, what this platform cannot keep a child from; nothing if it keeps all."""
    enforced, missing = sandbox.enforced()
    _log.info("sandbox", enforced=enforced)
    if missing:
        _log.warning(
            "sandbox_incomplete",
            open=missing,
            advice="render only media that you trust here, or use a newer Linux kernel",
        )


def _media_limits(settings: Settings) -> MediaLimits:
    return MediaLimits(
        seconds=settings.media_seconds,
        pixels=settings.media_pixels,
        rate=settings.media_rate,
        channels=settings.media_channels,
        streams=settings.media_streams,
    )
