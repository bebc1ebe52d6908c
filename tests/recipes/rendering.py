"""Renders a plan in this process, step by step, each as a child would."""

from l1 import compose
from l1.dag.planner import plan
from l1.dag.recipe_yaml import read_recipe
from l1.effects.effect import Source
from l1.media.probing import probe
from l1.workers.followed import divided
from tests.effects.rendering import render

EFFECTS = compose.effects()
NODES = compose.nodes()


def render_recipe(text, folder, **files):
    """Plan a recipe over files, by the names of its inputs, and answer the file of each step."""
    recipe = read_recipe(text, NODES)
    cids = {name: f"bafkrei{name}" for name in files}
    infos = {cids[name]: probe(path) for name, path in files.items()}
    todo = plan(recipe, cids, infos, NODES, compose.PROFILE)
    made = {cids[name]: path for name, path in files.items()}
    for step in todo.steps:
        effect = EFFECTS[step.node]
        given = [made[ref.cid or ref.step] for ref in step.inputs]
        sources = [Source(path=path, info=probe(path)) for path in given]
        own, curves = divided(effect.node, step.params, sources, step.preimage.bound)
        made[step.id] = folder / step.id
        paths = [source.path for source in own]
        render(effect, paths, made[step.id], effect.parse(dict(step.params)), curves)
    return made
