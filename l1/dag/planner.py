"""From a recipe and its inputs to a plan. Pure: the same question has the same answer anywhere."""

from collections.abc import Mapping

from l1.content.cid import Cid
from l1.content.media_info import MediaInfo
from l1.dag.assemble import assemble
from l1.dag.draft import drafts_of_recipe
from l1.dag.kinds import in_words, kinds_of_content
from l1.dag.node import Node
from l1.dag.plan import Plan, plan_id
from l1.dag.recipe import Recipe
from l1.dag.recipe_check import check
from l1.errors import Refused


def plan(
    recipe: Recipe,
    inputs: Mapping[str, Cid],
    infos: Mapping[Cid, MediaInfo],
    nodes: Mapping[str, Node],
    profile: str,
    cluster_key: str = "",
) -> Plan:
    """Plan a recipe over `inputs`, whose probe results are `infos`.

    Raises `Refused` naming the step and what is wrong with it, `missing_input` for an input that
    is not given, and `Unavailable` while an input is not probed.
    """
    check(recipe)
    bound = recipe.bind(inputs)
    _check_given(recipe, bound, infos)
    drafts = drafts_of_recipe(recipe, bound, nodes)
    steps = assemble(drafts, infos, profile, cluster_key)
    return Plan(
        recipe=recipe.name,
        version=recipe.version,
        inputs=bound,
        steps=steps,
        output=recipe.output,
        profile=profile,
        plan_id=plan_id({step.id: step.key for step in steps}, recipe.output),
    )


def _check_given(recipe: Recipe, bound: Mapping[str, Cid], infos: Mapping[Cid, MediaInfo]) -> None:
    """Compare each input with the kinds that the recipe declares for it."""
    for name, cid in bound.items():
        wanted = frozenset(recipe.inputs[name].kinds)
        kinds = kinds_of_content(f"input '{name}'", cid, infos)
        if wanted and not kinds & wanted:
            raise Refused(
                f"input '{name}' takes {' or '.join(sorted(wanted))}; {cid} is "
                f"{in_words(kinds, wanted)}",
                code="bad_inputs",
                input=name,
            )
