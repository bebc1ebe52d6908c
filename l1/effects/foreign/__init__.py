"""FOREIGN: runs an effect that somebody sent in: one Python file, its last input.

Off unless the owner of a node turns it on, and only in a child that is confined in full: there it
can read its inputs and write its output, and nothing else. Its file has NumPy and the standard
library. Numbers by chance come from a seed made of the file and its parameters, so that equal work
makes equal bytes; what looks at the clock does not.

`process_frame` is shown each picture of one video or image, as an array of height x width x 3
bytes, and answers with one of the same size, or with that and the state that it is handed with the
next. Sound, rate and transparency stay as they are. `process` is handed files, any number of them,
and writes one.
"""

from typing import get_args

from l1.content.media_info import Kind
from l1.dag.effect_file import read_effect
from l1.dag.effect_params import checked, plain_values
from l1.dag.foreign import FOREIGN as NAME
from l1.dag.foreign import ForeignParams
from l1.dag.node import Node
from l1.effects.effect import Effect, Job
from l1.effects.foreign.files import run_over_files
from l1.effects.foreign.frames import run_over_frames
from l1.effects.foreign.loading import load
from l1.errors import Refused

_ANY: frozenset[Kind] = frozenset(get_args(Kind))


def _render(job: Job) -> None:
    code = job.sources[-1].path.read_bytes()
    said = read_effect(code)
    told = job.params.params
    loaded = load(
        code,
        name=said.name,
        form=said.form,
        params=plain_values(checked(said.name, said.params, told)),
        told=told,
        hide=_words(job),
    )
    if said.form == "process":
        run_over_files(job, loaded)
    else:
        run_over_frames(job, loaded)
    if not job.output.is_file():
        raise Refused(f"the effect '{said.name}' wrote no output", code="effect_failed")


def _words(job: Job) -> dict[str, str]:
    """Say what stands for each path in what is told."""
    inputs = {str(one.path): f"inputs[{place}]" for place, one in enumerate(job.sources[:-1])}
    return {**inputs, str(job.output): "output", str(job.output.parent): "."}


FOREIGN = Effect(
    node=Node(
        name=NAME,
        version=1,
        summary="Runs an effect that somebody sent in, if the owner has turned that on",
        params=ForeignParams,
        accepts=(_ANY,),
        many=True,
        gives=_ANY,
    ),
    render=_render,
    strict=True,
)
