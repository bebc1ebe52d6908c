"""Writes out what parameters follow: a curve, the analysis it is made of, and who is handed it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, get_args

from msgspec import structs

from l1.content.curve import ONE
from l1.content.features import SoundFeature
from l1.content.media_info import Kind
from l1.dag.bad_recipe import BadRecipe, Place
from l1.dag.bind_params import BindParams
from l1.dag.bound_words import WHAT, Words
from l1.dag.following import check_curve
from l1.dag.node import Node
from l1.dag.params import parse_params
from l1.dag.recipe import SOURCE, Recipe, RecipeStep
from l1.dag.resolve import source_of
from l1.dag.settle import Settled, fault_in_config, settle
from l1.dag.signals import ANALYSES
from l1.dag.suggest import did_you_mean
from l1.errors import Refused

BIND = "bind"
"""The node that makes curves."""

_JOINED = "analyze"
_ANALYSES = frozenset({_JOINED, *get_args(SoundFeature)})
_FINE = {"hop_ms": 20}
_CONFIGS: Mapping[str, Mapping[str, Any]] = {"bands": _FINE, "energy": _FINE}
"""How finely is listened where nobody says: finely enough for sixty pictures a second."""

_DOCUMENTS: frozenset[Kind] = frozenset({"data", "text"})


def with_curves(
    made: Iterable[Settled],
    recipe: Recipe,
    nodes: Mapping[str, Node],
    absent: frozenset[str] = frozenset(),
) -> tuple[Settled, ...]:
    """Add the steps that make curves, and hand each to the step whose parameter follows it.

    Equal analyses and curves of one sound are one step. A parameter that follows an input in
    `absent` keeps its default. Raises `BadRecipe` naming the place.
    """
    steps = tuple(made)
    if recipe.expanded or not any(one.words or one.node.name == BIND for one in steps):
        return steps
    binder = _Binder(
        recipe=recipe, nodes=nodes, absent=absent, steps={one.step.id: one for one in steps}
    )
    found = []
    for one in steps:
        bound = binder.listening(one) if one.node.name == BIND else binder.following(one)
        found += [*binder.take_new(), bound]
    return tuple(found)


@dataclass(slots=True, kw_only=True)
class _Binder:
    recipe: Recipe
    nodes: Mapping[str, Node]
    absent: frozenset[str]
    steps: dict[str, Settled]
    new: list[Settled] = field(default_factory=list)

    def take_new(self) -> list[Settled]:
        """Answer the steps that were made since the last time."""
        new, self.new = self.new, []
        return new

    def listening(self, one: Settled) -> Settled:
        """Give a BIND step, which may name a sound, the analysis that it needs."""
        assert isinstance(one.params, BindParams)
        if one.params.listens == bool(one.step.inputs):
            place = ("steps", one.origin, "config", "feature")
            inputs = tuple(self._heard(place, name, one.params) for name in one.step.inputs)
            return replace(one, step=structs.replace(one.step, inputs=inputs))
        if one.step.inputs:
            return replace(one, step=structs.replace(one.step, inputs=()))
        message = f"'{one.step.id}' has nothing to follow; name a sound, an analysis or a BIND"
        raise BadRecipe(("steps", one.origin, "inputs"), message, code="bad_inputs")

    def following(self, one: Settled) -> Settled:
        """Hand a step the curves that its parameters follow."""
        if not one.words:
            return one
        inputs, bound = list(one.step.inputs), {}
        for name, words in sorted(one.words.items()):
            head, *rest = name.split(".")
            written = self.recipe.steps[one.origin]
            place = fault_in_config(one.origin, written, Refused("", field=head)).place
            place = (*place, *(int(part) if part.isdigit() else part for part in rest))
            if curve := self._curve(one, name, words, place):
                bound[name] = len(inputs)
                inputs.append(curve)
        return replace(one, step=structs.replace(one.step, inputs=tuple(inputs), bound=bound))

    def _curve(self, one: Settled, name: str, words: Words, place: Place) -> str:
        """Make the step of a curve and answer its id; nothing where its sound is left out."""
        what, shaped = words.get(WHAT, ""), {key: words[key] for key in words if key != WHAT}
        params = self._parsed(shaped, place)
        if params.listens or what:
            self._check_name(what, (*place, WHAT) if what else place)
        if params.listens and what in self.absent:
            return ""
        leader = self.steps.get(what)
        whole = leader is not None and leader.node.name == BIND and not shaped
        if whole and leader:
            assert isinstance(leader.params, BindParams)
            params = leader.params
        elif "range" not in shaped:
            message = f"{name} needs a `range: [lowest, highest]` to move in"
            raise BadRecipe(place, message, code="bad_parameter")
        try:
            check_curve(one.node, one.step.config, name, _ends(params))
        except Refused as error:
            raise BadRecipe(
                (*place, WHAT if whole else "range"), error.message, code=error.code
            ) from None
        if whole:
            return str(what)
        inputs = (self._heard((*place, "feature"), what, params),) if params.listens else ()
        step = RecipeStep(
            id=f"{one.step.id}.{name}", type=BIND.upper(), config=shaped, inputs=inputs
        )
        return self._added(one.origin, step)

    def _parsed(self, shaped: Words, place: Place) -> BindParams:
        if (node := self.nodes.get(BIND)) is None:
            raise BadRecipe(place, "there is no node BIND here", code="unknown_type")
        try:
            params = parse_params(node, shaped)
        except Refused as error:
            word = str(error.facts.get("field", ""))
            at = (*place, word) if word else place
            raise BadRecipe(at, error.message, code=error.code) from None
        assert isinstance(params, BindParams)
        return params

    def _check_name(self, what: object, place: Place) -> None:
        known = {*self.recipe.inputs, *(step.id for step in self.recipe.steps), *self.steps}
        if not isinstance(what, str) or not what:
            message = "say what it follows: `bind: <a sound, an analysis or a BIND step>`"
            raise BadRecipe(place, message)
        if what not in known:
            raise BadRecipe(place, f"there is no '{what}'{did_you_mean(what, known)}")

    def _heard(self, place: Place, what: str, params: BindParams) -> str:
        """Answer the step that found what a feature needs of `what`, making it if there is none.

        `place` is where the feature is named.
        """
        wanted = ANALYSES[params.feature]
        config = _CONFIGS.get(wanted, {})
        while (leader := self.steps.get(what)) is not None:
            given = [self.steps[name] for name in leader.step.inputs if name in self.steps]
            fitting = [each.step.id for each in given if each.node.name == wanted]
            if leader.node.name == _JOINED and fitting:
                return fitting[0]
            if leader.node.name not in _ANALYSES or not leader.step.inputs:
                break
            if leader.node.name == wanted:
                return what
            what = leader.step.inputs[0]
        if leader and leader.node.name == BIND and params.feature != "energy":
            message = f"'{what}' is a curve, which has no {params.feature}; leave `feature` out"
            raise BadRecipe(place, message, code="bad_parameter")
        if leader.node.gives == "data" if leader else self._is_document(what):
            return what
        step = RecipeStep(id=f"{what}.{wanted}", type=wanted.upper(), config=config, inputs=(what,))
        return self._added(int(place[1]), step)

    def _is_document(self, name: str) -> bool:
        """Tell an input that is to be an analysis or a curve from a sound."""
        for step in self.recipe.steps:
            if step.id == name and step.type.upper() == SOURCE:
                name = source_of(step, self.recipe)[0]
        given = self.recipe.inputs.get(name)
        return bool(given and given.kinds and set(given.kinds) <= _DOCUMENTS)

    def _added(self, origin: int, step: RecipeStep) -> str:
        """Keep a new step, unless it is there; another of its name is refused later."""
        made = settle(origin, step, self.nodes)
        known = self.steps.get(step.id)
        if known is None or known.step != made.step:
            self.new.append(made)
            self.steps[step.id] = made
        return step.id


def _ends(params: BindParams) -> tuple[int, int]:
    low, high = params.range
    return int(low * ONE), int(high * ONE)
