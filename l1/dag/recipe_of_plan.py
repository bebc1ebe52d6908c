"""From a plan that somebody hands in back to a recipe, so that its keys are made anew."""

from collections.abc import Mapping

from l1.content.cid import Cid
from l1.dag.node import Node
from l1.dag.plan import Plan, Ref, Step
from l1.dag.recipe import SOURCE, Recipe, RecipeInput, RecipeStep
from l1.dag.suggest import did_you_mean
from l1.errors import Refused


def recipe_of_plan(given: Plan, nodes: Mapping[str, Node]) -> Recipe:
    """Make the recipe that plans to the same steps; the keys that `given` claims are not looked at.

    Its inputs are fixed to the content that was planned for. Raises `Refused`, `unknown_type` for
    a node that is not installed and `stale_plan` for another version of one.
    """
    for step in given.steps:
        _check_node(step, nodes)
    names = {cid: name for name, cid in given.inputs.items()}
    refs = (ref for step in given.steps for ref in step.inputs)
    fixed = dict.fromkeys(ref.cid for ref in refs if ref.cid and ref.cid not in names)
    sources = [RecipeStep(id=str(cid), type=SOURCE, config={"cid": cid}) for cid in fixed]
    steps = [
        RecipeStep(
            id=step.id,
            type=step.node.upper(),
            config=step.params,
            inputs=tuple(_name(ref, names) for ref in step.inputs),
            bound=step.preimage.bound,
        )
        for step in given.steps
    ]
    return Recipe(
        name=given.recipe,
        version=given.version,
        inputs={name: RecipeInput(default=cid) for name, cid in given.inputs.items()},
        steps=(*sources, *steps),
        output=given.output,
        expanded=True,
    )


def _name(ref: Ref, names: Mapping[Cid, str]) -> str:
    return ref.step or names.get(ref.cid, ref.cid)


def _check_node(step: Step, nodes: Mapping[str, Node]) -> None:
    if (node := nodes.get(step.node)) is None:
        hint = did_you_mean(step.node, nodes)
        raise Refused(f"{step.id}: there is no node '{step.node}'{hint}", code="unknown_type")
    if step.version != node.version:
        raise Refused(
            f"{step.id}: planned for version {step.version} of {node.name}; version "
            f"{node.version} is installed: plan again",
            code="stale_plan",
        )
