"""Facts as a busy node would state them, the same in every run."""

import base64
import hashlib
from collections.abc import Iterator

from l1.content.cid import Cid, ContentHash
from l1.content.media_info import MediaInfo
from l1.events.content import ContentProbed, ContentStored
from l1.events.event import Event, Meta, Sealed
from l1.events.run import PlannedStep, RunCompleted, RunPlanned, RunRequested, StepPlanned
from l1.events.step import StepCompleted

META = Meta(actor="owner", origin="worker", correlation="6f1d2c3b-5a49-4e8b-9c0d-7e6f5a4b3c2d")
STEPS = 18
"""Steps of one run in `history`."""
PER_RUN = STEPS + 6

INFO = MediaInfo(kind="data", media_type="application/octet-stream")


def cid(*name: object) -> Cid:
    """Make the CID that content of this name might have."""
    raw = b"\x01\x55\x12\x20" + hashlib.sha256(repr(name).encode()).digest()
    return Cid("b" + base64.b32encode(raw).decode().lower().rstrip("="))


def key(*name: object) -> str:
    """Make a step's key."""
    return hashlib.sha256(repr(name).encode()).hexdigest()


def stored(*name: object) -> ContentStored:
    """State that content of its own name is stored: one tag, about 400 bytes, no work to start."""
    return ContentStored(
        cid=cid(*name),
        content_hash=ContentHash(key(*name)),
        size=1_048_576,
        source="import",
        owner="owner",
        media_type="video/x-matroska",
        name=Sealed("v1:owner:" + key("name", *name)),
    )


def history(runs: int) -> Iterator[Event]:
    """Tell of so many runs, `PER_RUN` facts each, from upload to provenance."""
    for number in range(runs):
        yield from _run(number)


def _run(number: int) -> Iterator[Event]:
    run_id = key("run", number)[:32]
    source, recipe, plan = cid("in", number), cid("recipe", number % 100), cid("plan", number)
    probe = f"probe:1:{source}"
    yield ContentStored(
        cid=source, content_hash=ContentHash(key("in", number)), size=9_000_000, source="upload",
        owner="owner", media_type="video/mp4", name=Sealed(key("name", number)), probe=probe,
    )  # fmt: skip
    yield ContentProbed(cid=source, key=probe, info=INFO)
    yield RunRequested(
        run_id=run_id, recipe=recipe, recipe_name="dog", inputs={"video": source}, owner="owner",
        waits_for=(probe,),
    )  # fmt: skip
    keys = [key("step", number, step) for step in range(STEPS)]
    yield StepPlanned(
        run_id=run_id,
        steps=tuple(
            PlannedStep(
                id=f"s{step}", key=keys[step], queue="cpu", level=step,
                inputs=(keys[step - 1],) if step else (source,),
                spec={"key_version": 1, "node": "dog", "version": 1, "params": {"step": step},
                      "inputs": [keys[step - 1] if step else source], "profile": "p"},
            )
            for step in range(STEPS)
        ),
    )  # fmt: skip
    yield RunPlanned(
        run_id=run_id, plan=plan, plan_id=key("plan", number), run_key=key("runkey", number),
        output_key=keys[-1], steps=STEPS, cached=0, levels=STEPS,
    )  # fmt: skip
    yield from (_completed(number, step, keys[step]) for step in range(STEPS))
    yield RunCompleted(
        run_id=run_id, output=cid("out", number, STEPS - 1), provenance=cid("prov", number)
    )


def _completed(number: int, step: int, step_key: str) -> StepCompleted:
    return StepCompleted(
        key=step_key, output=cid("out", number, step),
        content_hash=ContentHash(key("out", number, step)), size=1_000_000 + step,
        info=MediaInfo(kind="video", media_type="video/x-matroska"), attempt=1,
        worker="host-1a2b3c4d", task_id=f"{step_key}@882233", started_us=1_700_000_000_000_000,
        elapsed_us=412_345, cpu_us=398_765, engine=key("engine"),
    )  # fmt: skip
