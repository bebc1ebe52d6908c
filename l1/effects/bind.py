"""BIND: makes the curve that parameters of other steps follow.

It takes a sound, the analysis of one, or another curve, and makes of one feature a curve over a
range; of a curve, only the range and the shape change. A sound is written out as the analysis that
is needed, so that whoever asks for it shares it. An lfo with a `period` follows nothing.

Where a recipe writes what a parameter follows beside the parameter itself, `radius: {bind: music,
feature: bass, range: [0, 12]}`, it stands for this step with the same words; analyses and curves
that are equal are made once.

A sound of no length makes one point, that of nothing; before the sound begins and after it ends,
the curve stays as it was there.
"""

from pathlib import Path

from l1.content.curve import BYTES, Curve, is_curve
from l1.content.features import Features
from l1.dag.bind_params import BindParams
from l1.dag.curving import curve_of
from l1.dag.node import Node
from l1.effects.effect import Effect, Job
from l1.errors import Refused


def _render(job: Job) -> None:
    heard = _read(job.sources[0].path) if job.sources else None
    job.output.write_bytes(curve_of(heard, job.params).to_json())
    job.progress(1, 1)


def _read(path: Path) -> Features | Curve:
    if path.stat().st_size > BYTES:
        raise Refused(f"an analysis or a curve has at most {BYTES} bytes", code="bad_inputs")
    data = path.read_bytes()
    return Curve.read(data) if is_curve(data) else Features.read(data)


BIND = Effect(
    node=Node(
        name="bind",
        version=1,
        summary="Makes of a sound's feature the curve that parameters of other steps follow",
        params=BindParams,
        accepts=(frozenset({"audio", "video", "data", "text"}),),
        slots=("followed",),
        fewest=0,
        gives="data",
    ),
    render=_render,
)
