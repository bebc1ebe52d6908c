"""An example of a node type: a recipe of `docs/nodes/examples`, planned and rendered.

Its inputs are named after what they are given: see `docs/nodes/media.py`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from l1 import compose
from l1.content.cid import Cid
from l1.content.media_info import MediaInfo
from l1.dag.planner import plan
from l1.dag.recipe_yaml import read_recipe
from l1.effects.effect import Effect, Job, Source
from l1.media.probing import probe
from l1.workers.followed import divided

FOLDER = Path(__file__).parent / "examples"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """What went in, by the name of the input, and what came out, with what the probe says."""

    sources: Mapping[str, Path]
    output: Path
    infos: Mapping[Path, MediaInfo]

    @property
    def info(self) -> MediaInfo:
        """Answer the facts about the output."""
        return self.infos[self.output]


def text_of(node: str) -> str:
    """Read a node's example; it is empty when there is none."""
    path = FOLDER / f"{node}.yaml"
    return path.read_text() if path.exists() else ""


def render(node: str, folder: Path, media: Callable[[str], Path]) -> Rendered:
    """Plan and render a node's example into `folder`, with what `media` has for each name."""
    return render_recipe(text_of(node).encode(), folder, media)


def render_recipe(text: bytes, folder: Path, media: Callable[[str], Path | None]) -> Rendered:
    """Plan and render a recipe into `folder`; inputs that `media` does not have are left out.

    Steps are rendered one after the other in this process, each by the effect that a child would
    use. What is left in `folder` from an example that shares steps is not used.
    """
    effects = _effects()
    nodes = {name: effect.node for name, effect in effects.items()}
    recipe = read_recipe(text, nodes)
    sources = {name: path for name in recipe.inputs if (path := media(name))}
    given = {name: Cid(f"bafkrei{name}") for name in sources}
    infos = {given[name]: probe(path) for name, path in sources.items()}
    todo = plan(recipe, given, infos, nodes, compose.PROFILE)
    made: dict[str, Path] = {cid: sources[name] for name, cid in given.items()}
    for step in todo.steps:
        effect = effects[step.node]
        made[step.id] = folder / step.id
        given = [made[ref.cid or ref.step] for ref in step.inputs]
        found = [Source(path=path, info=probe(path)) for path in given]
        sources_of, curves = divided(effect.node, step.params, found, step.preimage.bound)
        effect.render(
            Job(
                sources=sources_of,
                curves=curves,
                params=effect.parse(dict(step.params)),
                output=made[step.id],
                progress=lambda _done, _total: None,
                note=lambda _text: None,
            )
        )
    output = made[todo.output]
    found = {path: probe(path) for path in (*sources.values(), output)}
    return Rendered(sources=sources, output=output, infos=found)


@cache
def _effects() -> Mapping[str, Effect]:
    return compose.effects()
