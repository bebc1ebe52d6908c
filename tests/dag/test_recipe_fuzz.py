"""Any bytes are a recipe or a refusal, and equal meaning has equal keys however it is written."""

import random
from decimal import Decimal

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from l1.dag.plan import Plan
from l1.dag.planner import plan
from l1.dag.recipe_yaml import read_recipe
from l1.effects.map import MAP
from l1.effects.segment_at import SEGMENT_AT
from l1.effects.source_list import SOURCE_LIST
from l1.errors import Refused, Unavailable
from l1.recipes import shipped
from tests.dag.formats import KNOWN, MY_EFFECT, PICTURE, PINNED, WITH_DAG, WITH_NODES, WITH_STEPS
from tests.dag.nodes import CAT, CLIP
from tests.dag.test_expand import MANY
from tests.dag.test_lists import SOFT

NODES = {
    **PINNED,
    "collage": MANY,
    **{each.node.name: each.node for each in (MAP, SEGMENT_AT, SOURCE_LIST)},
}
LISTS = f"""\
name: lists
inputs: [v, w]
{SOFT}steps:
  - {{id: l, type: SOURCE_LIST, config: {{items: [v, w, {{cid: {PICTURE}}}]}}}}
  - {{id: m, type: MAP, config: {{operation: BLUR, items: l, config: {{radius: 3}}}}}}
  - {{id: c, type: COMPOUND, inputs: {{clips: l, mark: w}}, config: {{compound: framed, much: 9}}}}
  - {{id: d, type: SEQUENCE, inputs: [c, l]}}
output: d
"""
DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
REAL = [
    *(text.encode() for text in (MY_EFFECT, WITH_DAG, WITH_NODES, WITH_STEPS, LISTS)),
    *shipped().values(),
]
WORDS = sorted(
    {word for text in REAL for word in text.decode().replace(":", " ").split() if word.isalnum()}
)
TOKENS = [
    *(f"{word}: " for word in WORDS), *WORDS, "- ", "\n", "\n  ", "\n    - ", "[", "]", "{", "}",
    ", ", "&a ", "*a", "!!int ", "!x ", "? ", "| ", "> ", '"', "'", "#", "---\n", "...\n", "<<: ",
    "~", "true", "0.5", "1e99", "9007199254740993", "-0", "nan", "\t", "\x00", "\ufeff", "\\ud800",
    "COLLAGE", "TRIM", "copies: 9999", "$much", "$", "MAP", "COMPOUND", "compound: soft", "% ", "@", "`",
]  # fmt: skip
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(WORDS)
)
TREES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=5),
    max_leaves=20,
)  # fmt: skip


@st.composite
def mutated(draw):
    """A real recipe with some stretches cut out, doubled, moved, or replaced by other words."""
    text = draw(st.sampled_from(REAL))
    for _ in range(draw(st.integers(1, 4))):
        at, length = draw(st.integers(0, len(text))), draw(st.integers(0, 40))
        piece = text[at : at + length]
        rest = text[:at] + text[at + length :]
        words = draw(st.lists(st.sampled_from(TOKENS), max_size=3))
        new = draw(st.sampled_from([b"", piece * 2, "".join(words).encode("utf-8", "replace")]))
        to = draw(st.sampled_from([at, draw(st.integers(0, len(rest)))]))
        text = rest[:to] + new + rest[to:]
    return text


@st.composite
def grafted(draw):
    """A real recipe, still YAML, of which one value somewhere is another."""
    document = yaml.load(draw(st.sampled_from(REAL)), Loader=LOADER)
    here, way = document, []
    while isinstance(here, dict | list) and here and (not way or draw(st.integers(0, 3))):
        key = draw(st.sampled_from(sorted(here) if isinstance(here, dict) else range(len(here))))
        way.append((here, key))
        here = here[key]
    parent, key = way[-1]
    parent[key] = draw(TREES)
    return yaml.dump(document, Dumper=DUMPER, allow_unicode=True).encode("utf-8", "replace")


DOCUMENTS = (
    mutated()
    | grafted()
    | TREES.map(lambda tree: yaml.dump(tree, Dumper=DUMPER).encode())
    | st.lists(st.sampled_from(TOKENS), max_size=60).map(lambda t: "".join(t).encode("utf-8", "replace"))
    | st.binary(max_size=200)
)  # fmt: skip


def outcome(data):
    """Also plans what is read: nothing but a refusal comes of that either."""
    try:
        recipe = read_recipe(data, NODES)
        given = dict.fromkeys(recipe.inputs, CLIP)
        return plan(recipe, given, KNOWN, NODES, "deterministic-1")
    except Refused as refused:
        return refused
    except Unavailable as unknown:  # a name of content that nobody has looked into
        return unknown


def check_outcome(data):
    found = outcome(data)
    assert isinstance(found, Plan) or len(found.message) < 1100


@settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
@given(DOCUMENTS)
def test_any_bytes_are_a_recipe_or_a_refusal(data):
    check_outcome(data)


@pytest.mark.storm
@settings(max_examples=10_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(DOCUMENTS)
def test_many_more_bytes_are_a_recipe_or_a_refusal(data):
    check_outcome(data)


# Equal meaning, equal keys

FIXED = "sign"


@st.composite
def recipes(draw):
    """Steps over two inputs and an asset: (type, config, inputs) each, by number or name."""
    steps = []
    for index in range(draw(st.integers(1, 6))):
        names = st.sampled_from(["one", "other", FIXED, *range(index)])
        kind = draw(st.sampled_from(["BLUR", "SEQUENCE", "DOG", "WATERMARK", "COLLAGE"]))
        count = {"SEQUENCE": draw(st.integers(1, 3)), "WATERMARK": 1}.get(kind, 1)
        config = {}
        if kind == "BLUR":
            config = {
                "radius": draw(st.integers(1, 4)),
                "strength": draw(st.sampled_from(["0.5", "0.25", "1"])),
            }
        if kind == "COLLAGE":
            config = {"copies": draw(st.integers(1, 3))}
        steps.append((kind, config, [draw(names) for _ in range(count)]))
    return steps


def in_steps(steps, name):
    return {
        "name": "r",
        "inputs": {"one": None, "other": "video", FIXED: {"default": PICTURE}},
        "steps": [
            {"id": name(i), "type": kind, "config": config, "inputs": [name(n) for n in inputs]}
            for i, (kind, config, inputs) in enumerate(steps)
        ],
        "output": name(len(steps) - 1),
    }


def in_dag(steps, name):
    sources = [
        {"id": name(f"source {given}"), "type": "SOURCE", "config": config}
        for given, config in {
            "one": {"input": True, "name": "one"},
            "other": {"input": "other", "type": "video"},
            FIXED: {"asset": FIXED},
        }.items()
    ]

    def ref(given):
        return name(given if isinstance(given, int) else f"source {given}")

    nodes = [
        {
            "id": name(i),
            "type": "EFFECT",
            "config": {"effect": kind.lower(), "params": config},
            "inputs": {"items": [ref(n) for n in inputs]} if kind == "SEQUENCE" else [ref(n) for n in inputs],
        }
        for i, (kind, config, inputs) in enumerate(steps)
    ]  # fmt: skip
    return {
        "name": "r",
        "registry": {"assets": {FIXED: {"hash": PICTURE, "url": "https://example.org/"}}},
        "dag": {"nodes": sources + nodes, "output": name(len(steps) - 1)},
    }


def in_nodes(steps, name):
    plain = in_steps(steps, name)
    nodes = {step.pop("id"): step for step in plain.pop("steps")}
    return {**plain, "nodes": nodes}


def shuffled(value, chance):
    """The same with the keys of its maps in another order; and lists of named things too."""
    if isinstance(value, dict):
        keys = list(value)
        chance.shuffle(keys)
        return {key: shuffled(value[key], chance) for key in keys}
    if isinstance(value, list):
        items = [shuffled(item, chance) for item in value]
        if all(isinstance(item, dict) and "id" in item for item in items):
            chance.shuffle(items)
        return items
    return value


def written(document, chance):
    """As YAML in some style, with comments between the lines."""
    flow = chance.choice([None, True, False])
    text = yaml.dump(document, Dumper=DUMPER, default_flow_style=flow, sort_keys=False, width=chance.choice([30, 200]))  # fmt: skip
    if flow is not True:
        text = "\n".join(
            f"{line}{chance.choice(['', '  # a comment'])}" if line.endswith(":") else line
            for line in text.splitlines()
        )
    return f"# {chance.random()}\n{text}\n".encode()


def respelt(steps, chance):
    """Kinds in another case or by another name, numbers as text."""

    def kind(name):
        return chance.choice(
            [name, name.lower(), name.title(), "CONCAT" if name == "SEQUENCE" else name]
        )

    return [
        (kind(name), {k: chance.choice([v, str(v), float(v) if k == "strength" else v]) for k, v in config.items()}, inputs)
        for name, config, inputs in steps
    ]  # fmt: skip


def keys(document, chance):
    made = plan(
        read_recipe(written(shuffled(document, chance), chance), NODES),
        {"one": CAT, "other": CLIP},
        KNOWN,
        NODES,
        "deterministic-1",
    )
    return sorted(step.key for step in made.steps), made.plan_id, made.run_key


@settings(deadline=None)
@given(recipes(), st.integers())
def test_equal_meaning_has_equal_keys_in_every_format_and_spelling(steps, seed):
    chance = random.Random(seed)
    names: dict[object, str] = {}

    def fresh(given):
        return names.setdefault(given, f"{chance.choice('abc xyz')}{chance.random()}".strip())

    def plain(given):
        return f"s{given}" if isinstance(given, int) else given

    def renamed(given):
        return fresh(given) if isinstance(given, int) else given

    expected = keys(in_steps(steps, plain), chance)
    assert keys(in_steps(respelt(steps, chance), renamed), chance) == expected
    assert keys(in_nodes(respelt(steps, chance), renamed), chance) == expected
    assert keys(in_dag(steps, fresh), chance) == expected


@settings(deadline=None)
@given(recipes(), st.integers(0, 5), st.integers())
def test_another_parameter_has_another_key(steps, which, seed):
    chance = random.Random(seed)
    blurs = [i for i, (kind, _, _) in enumerate(steps) if kind == "BLUR"]
    if not blurs:
        steps, blurs = [*steps, ("BLUR", {"radius": 1, "strength": "1"}, [0])], [len(steps)]
    at = blurs[which % len(blurs)]
    kind, config, inputs = steps[at]
    changed = {**config, "strength": str(Decimal(config["strength"]) / 2 + Decimal("0.001"))}
    other = [*steps[:at], (kind, changed, inputs), *steps[at + 1 :]]

    def plain(given):
        return f"s{given}" if isinstance(given, int) else given

    assert keys(in_steps(steps, plain), chance)[1] != keys(in_steps(other, plain), chance)[1]
