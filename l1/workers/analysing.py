"""Analyses as steps: what is found in a file, written as a file."""

from collections.abc import Iterable, Mapping

import msgspec

from l1.analyses.analysis import Analysis
from l1.content.canonical import canonical
from l1.dag.node import Node
from l1.effects.effect import Effect, Job


def effect_of(analysis: Analysis) -> Effect:
    """Make an effect of an analysis: its output is canonical JSON, what was found under its name.

    So an analysis is cached like any step, under its input, version and parameters, and one that
    fails leaves nothing behind.
    """
    return Effect(
        node=Node(
            name=analysis.name,
            version=analysis.version,
            summary=analysis.summary,
            params=analysis.params,
            accepts=(analysis.accepts,),
            gives="data",
        ),
        render=lambda job: _render(analysis, job),
    )


def effects_of(analyses: Iterable[Analysis]) -> Mapping[str, Effect]:
    """Make effects of all analyses that can be steps, by name."""
    return {each.name: effect_of(each) for each in analyses if each.accepts}


def _render(analysis: Analysis, job: Job) -> None:
    source = job.sources[0]
    length_ms = source.info.duration_us // 1000

    def heard(ms: int) -> None:
        job.progress(ms, max(ms, length_ms))

    found = analysis.analyse(source.path, job.params, heard)
    job.output.write_bytes(canonical({analysis.name: msgspec.to_builtins(found)}))
    job.progress(1, 1)
