"""A plan or a recipe as a picture: boxes in layers, lines between them; a large plan in groups.

Everything is computed here, so that the picture needs no script; the page's stylesheet colours it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from l1.dag.bound_words import followed_by
from l1.dag.plan import Plan
from l1.dag.recipe import COMPOUND, EFFECT, SOURCE, Recipe, RecipeInput, RecipeStep

WIDTH, HEIGHT, GAP_X, GAP_Y, MARGIN = 168, 46, 36, 18, 16
ALONE = 150
"""With more steps than this, the steps of one node on one level are one box."""
_SWEEPS = 6
_DONE = ("completed", "cached")


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A step, an input or a group of steps, with its place in pixels."""

    id: str
    title: str
    about: str
    state: str
    x: int
    y: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A connection, as an SVG path."""

    path: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """What stands where."""

    width: int
    height: int
    boxes: Sequence[Box]
    lines: Sequence[Line]


@dataclass(slots=True)
class _Node:
    id: str
    title: str
    level: int
    about: str = ""
    states: list[str] = field(default_factory=list)
    before: dict[str, None] = field(default_factory=dict)
    after: dict[str, None] = field(default_factory=dict)
    between: bool = False


def draw(plan: Plan, states: Mapping[str, str]) -> Drawing:
    """Lay out a plan; `states` are those of the steps that a run needs, the others are elided."""
    return _laid_out(_nodes(plan, states, grouped=len(plan.steps) > ALONE))


def draw_recipe(recipe: Recipe) -> Drawing:
    """Lay out a recipe as it is written."""
    nodes = {
        name: _Node(id=name, title=name, level=0, about=_kinds(each), states=["input"])
        for name, each in recipe.inputs.items()
    }
    for step in recipe.steps:
        nodes[step.id] = _Node(id=step.id, title=step.id, level=0, about=_type(step))
        nodes[step.id].states.append("input" if step.type.upper() == SOURCE else "step")
    for step in recipe.steps:
        for name in (*step.inputs, *(name for name in followed_by(step) if name in nodes)):
            nodes[step.id].before[name] = None
            nodes[name].after[step.id] = None
    ahead = [node for node in nodes.values() if not node.before]
    while ahead:
        node = ahead.pop()
        for name in node.after:
            if nodes[name].level <= node.level:
                nodes[name].level = node.level + 1
                ahead.append(nodes[name])
    return _laid_out(nodes)


def _kinds(given: RecipeInput) -> str:
    return " or ".join(given.kinds) or "anything"


def _type(step: RecipeStep) -> str:
    naming = {EFFECT: "effect", COMPOUND: "compound"}.get(step.type.upper(), "")
    named = step.config.get(naming)
    return named if isinstance(named, str) else step.type


def _laid_out(nodes: dict[str, _Node]) -> Drawing:
    for node in nodes.values():
        if not node.before and node.after:
            node.level = min(nodes[name].level for name in node.after) - 1
    ways = _ways(nodes)
    layers: dict[int, list[str]] = {}
    for node in nodes.values():
        layers.setdefault(node.level, []).append(node.id)
    ordered = _untangled([layers[level] for level in sorted(layers)], nodes)
    tallest = max(len(layer) for layer in ordered)
    places: dict[str, tuple[int, int]] = {}
    for column, layer in enumerate(ordered):
        x = MARGIN + column * (WIDTH + GAP_X)
        top = MARGIN + (tallest - len(layer)) * (HEIGHT + GAP_Y) // 2
        for row, name in enumerate(layer):
            places[name] = (x, top + row * (HEIGHT + GAP_Y))
    return Drawing(
        width=2 * MARGIN + len(ordered) * (WIDTH + GAP_X) - GAP_X,
        height=2 * MARGIN + tallest * (HEIGHT + GAP_Y) - GAP_Y,
        boxes=[_box(nodes[n], *place) for n, place in places.items() if not nodes[n].between],
        lines=[
            Line(path=_through([places[name] for name in way]), state=_state(nodes[way[0]].states))
            for way in ways
        ],
    )


def _ways(nodes: dict[str, _Node]) -> list[list[str]]:
    """Trace every connection; those from one box share a place in each layer that they cross."""
    ways: list[list[str]] = []
    for node in list(nodes.values()):
        for before in list(node.before):
            way = [before]
            for level in range(nodes[before].level + 1, node.level):
                name = f"{before}@{level}"
                nodes.setdefault(name, _Node(id=name, title="", level=level, between=True))
                way.append(name)
            way.append(node.id)
            if len(way) > 2:
                del node.before[before], nodes[before].after[node.id]
                for one, other in pairwise(way):
                    nodes[one].after[other] = None
                    nodes[other].before[one] = None
            ways.append(way)
    return ways


def _nodes(plan: Plan, states: Mapping[str, str], *, grouped: bool) -> dict[str, _Node]:
    """Make a node for each input and each step, or each group of steps."""
    names = {cid: f"input:{name}" for name, cid in plan.inputs.items()}
    nodes = {
        f"input:{name}": _Node(
            id=f"input:{name}", title=name, level=-1, states=["input"], about="given"
        )
        for name in plan.inputs
    }
    where: dict[str, str] = {}
    for step in plan.steps:
        title = step.node if grouped else step.id
        name = f"{step.level}:{title}" if grouped else f"step:{step.id}"
        node = nodes.setdefault(name, _Node(id=name, title=title, level=step.level))
        node.states.append(states.get(step.id, "elided"))
        where[step.id] = name
        for ref in step.inputs:
            before = where[ref.step] if ref.step else names.get(ref.cid)
            if before:
                node.before[before] = None
                nodes[before].after[name] = None
    return nodes


def _untangled(layers: list[list[str]], nodes: Mapping[str, _Node]) -> list[list[str]]:
    """Order each layer by where its neighbours stand, to and fro: few lines cross then."""
    for sweep in range(_SWEEPS):
        forward = sweep % 2 == 0
        place = {n: i / len(layer) for layer in layers for i, n in enumerate(layer)}
        for layer in layers if forward else reversed(layers):
            where = {
                name: _mean(
                    [place[o] for o in (nodes[name].before if forward else nodes[name].after)],
                    place[name],
                )
                for name in layer
            }
            layer.sort(key=where.__getitem__)
            place |= {name: i / len(layer) for i, name in enumerate(layer)}
    return layers


def _mean(values: list[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _box(node: _Node, x: int, y: int) -> Box:
    state, count = _state(node.states), len(node.states)
    done = sum(state in _DONE for state in node.states)
    about = node.about or (state if count == 1 else f"{done} of {count} done")
    title = node.title if len(node.title) <= 20 else node.title[:19] + "…"
    return Box(id=node.id, title=title, about=about, state=state, x=x, y=y)


def _state(states: Sequence[str]) -> str:
    """Give one state for many: what is worst, then what is most alive."""
    for state in ("failed", "running", "blocked", "pending", "cancelled", "completed", "cached"):
        if state in states:
            return state
    return states[0]


def _through(places: Sequence[tuple[int, int]]) -> str:
    """Draw from one box to another: straight where it crosses a layer, in curves between them."""
    path = f"M{places[0][0] + WIDTH},{places[0][1] + HEIGHT // 2}"
    for (x1, y1), (x2, y2) in pairwise(places):
        left, right, top, end = x1 + WIDTH, x2, y1 + HEIGHT // 2, y2 + HEIGHT // 2
        bend = max(18, (right - left) // 2)
        path += f" C{left + bend},{top} {right - bend},{end} {right},{end}"
        if (x2, y2) != places[-1]:
            path += f" H{x2 + WIDTH}"
    return path
