"""Rows of views as what goes out."""

from collections.abc import Sequence

import msgspec

from l1.actions.services import Services
from l1.actions.titles import titles
from l1.projections import content, segments, steps
from l1.projections.content import Content
from l1.projections.runs import Run
from l1.projections.steps import RunStep
from l1.web.live import Live
from l1.web.schemas import ContentOut, ErrorOut, OutputOut, RunOut, StepOut


async def content_out(services: Services, item: Content) -> ContentOut:
    """Show content."""
    (out,) = await contents_out(services, [item])
    return out


async def contents_out(services: Services, items: Sequence[Content]) -> list[ContentOut]:
    """Show a page of content, with few questions to the database."""
    called = await titles(services, items)
    return [
        await _content_out(services, item, title) for item, title in zip(items, called, strict=True)
    ]


async def _content_out(services: Services, item: Content, title: str) -> ContentOut:
    return ContentOut(
        cid=item.cid,
        content_hash=item.content_hash,
        size=item.size,
        name=await services.keyring.open(item.name) or "",
        title=title,
        kind=item.kind,
        media_type=item.media_type,
        info=msgspec.to_builtins(item.info) if item.info else None,
        problem=item.problem or "",
        source=item.source,
        stored_at=item.stored,
        position=item.stored_at,
        url=f"/cache/{item.cid}",
    )


async def run_out(services: Services, run: Run) -> RunOut:
    """Show a run."""
    (out,) = await runs_out(services, [run])
    return out


async def runs_out(services: Services, page: Sequence[Run]) -> list[RunOut]:
    """Show a page of runs, with few questions to the database."""
    done = await steps.counts(services.views, [run.run_id for run in page])
    outputs = await content.find(services.views, [run.output for run in page if run.output])
    streamed = await segments.streamed(
        services.views, [run.output_key for run in page if run.output_key]
    )
    return [
        await _run_out(
            services,
            run,
            done.get(run.run_id, 0),
            outputs.get(run.output or ""),
            is_streamed=run.output_key in streamed,
        )
        for run in page
    ]


async def _run_out(
    services: Services, run: Run, done: int, output: Content | None, *, is_streamed: bool
) -> RunOut:
    name = await services.keyring.open(run.output_name) or ""
    return RunOut(
        run_id=run.run_id,
        status=run.state,
        recipe=run.recipe_name,
        recipe_cid=run.recipe,
        recipe_text=run.recipe_text or None,
        inputs=run.inputs,
        output_name=name,
        retry_of=run.retry_of or None,
        requested_at=run.requested,
        planned_at=run.planned,
        ended_at=run.ended,
        steps=run.steps,
        steps_done=done,
        steps_cached=run.cached,
        levels=run.levels,
        run_key=run.run_key,
        plan_id=run.plan_id,
        plan_cid=run.plan,
        stream=f"/runs/{run.run_id}/hls/index.m3u8" if is_streamed else None,
        output=_output_out(output, name) if output else None,
        output_cid=run.output,
        content_hash=output.content_hash if output else None,
        provenance_cid=run.provenance,
        error=ErrorOut(code=run.code or "", message=run.message or "") if run.code else None,
        position=run.ended_at or run.requested_at,
        url=f"/runs/{run.run_id}",
    )


def _output_out(item: Content, name: str) -> OutputOut:
    return OutputOut(
        name=name,
        cid=item.cid,
        content_hash=item.content_hash,
        media_type=item.media_type,
        url=f"/cache/{item.cid}",
    )


async def steps_out(services: Services, live: Live, run: Run) -> list[StepOut]:
    """Show a run's steps, with the progress of those that are under way."""
    listed = await steps.of_run(services.views, run.run_id, run.state)
    names = {step.key: step.step_id for step in listed}
    return [
        _step_out(
            step,
            live.newest(step.key) if step.state == "running" else None,
            within=names.get(step.within or ""),
        )
        for step in listed
    ]


def _step_out(step: RunStep, progress: tuple[int, int] | None, *, within: str | None) -> StepOut:
    failed = step.state == "failed" or (step.code and step.state in ("pending", "running"))
    return StepOut(
        step_id=step.step_id,
        key=step.key,
        node=step.node,
        level=step.level,
        status=step.state,
        within=within,
        segments=step.segments,
        rendered=step.rendered,
        done=progress[0] if progress else None,
        total=progress[1] if progress else None,
        output_cid=step.output,
        attempt=step.attempt,
        worker=step.worker,
        elapsed_us=step.elapsed_us if step.state in ("completed", "cached") else None,
        error=ErrorOut(code=step.code or "", message=step.message or "") if failed else None,
    )
