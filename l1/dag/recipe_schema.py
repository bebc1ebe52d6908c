"""JSON Schema of recipe files, for editors: every format, node type and parameter.

It says what can be said of each value by itself; references, cycles and what flows where are for
`read_recipe`.
"""

from collections.abc import Iterable, Mapping

from l1.dag.binding import BIND
from l1.dag.bound_words import WHAT
from l1.dag.following import bindable
from l1.dag.node import Node
from l1.dag.params_schema import params_schemas
from l1.dag.recipe import COMPOUND, EFFECT, SOURCE
from l1.dag.resolve import ALIASES
from l1.dag.schema_pieces import (
    CONTENT,
    HASH,
    NAME,
    NAMES,
    TEXT,
    Schema,
    any_case,
    either,
    kinds,
    named,
    table,
)
from l1.dag.taken import NAMING

_NOTHING: Schema = {"type": "null"}
_FORMATS = ("recipe_of_steps", "recipe_of_dag", "recipe_of_nodes")


def recipe_schema(nodes: Mapping[str, Node]) -> Schema:
    """Write the schema (JSON Schema, draft 2020-12) of recipes over these node types."""
    of, params = params_schemas(nodes)
    works = [
        {"description": node.summary, **_work(name, {"$ref": f"#/$defs/{of[name]}"})}
        for name, node in nodes.items()
    ]
    for type_, keys in NAMING.items():
        if type_.lower() in of:
            said = params[of[type_.lower()]]["properties"]
            said |= {key: either(NAME, NAMES) for key in keys if key not in said}
    follows = _let_follow(nodes, of, params)
    works.append(_effect({name: params[of[name]]["properties"] for name in nodes}, of))
    works.append(_step([COMPOUND], _use()))
    fixed = table(cid=CONTENT, input={"type": ["boolean", "string"]}, name=NAME)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Recipe",
        "anyOf": [{"$ref": f"#/$defs/{form}"} for form in _FORMATS],
        "$defs": {
            **params,
            **follows,
            "recipe_of_steps": _recipe(inputs=_inputs(), steps=_list("step"), output=NAME),
            "recipe_of_dag": _recipe(owner=TEXT, registry=_registry(), dag=_dag()),
            "recipe_of_nodes": _recipe(
                owner=TEXT, registry=_registry(), inputs=_inputs(), nodes=_nodes(), output=NAME
            ),
            "compound": _compound(nodes),
            "step": either(*works, _step([SOURCE], fixed)),
            "node": either(*works, _step([SOURCE], _source())),
        },
    }


def _let_follow(
    nodes: Mapping[str, Node], of: Mapping[str, str], params: Mapping[str, Schema]
) -> dict[str, Schema]:
    """Let parameters that can follow something say what; answer how that is written."""
    if BIND not in nodes:
        return {}
    for name, node in nodes.items():
        for parameter in bindable(node):
            here, key = params[of[name]]["properties"], parameter
            while "[]." in key:
                head, _, key = key.partition("[].")
                here = params[here[head]["items"]["$ref"].rpartition("/")[2]]["properties"]
            if key.endswith("[]"):
                one = here[key[:-2]]
                one["prefixItems"] = [_following(item) for item in one["prefixItems"]]
            else:
                here[key] = _following(here[key])
    return {"follows": table(**{WHAT: NAME, **params[of[BIND]]["properties"]})}


def _following(plain: Schema) -> Schema:
    about: Schema = {key: plain[key] for key in ("description", "default") if key in plain}
    return {**about, **either(plain, {"$ref": "#/$defs/follows"})}


def _recipe(**parts: Schema) -> Schema:
    required = ["name", *(key for key in ("steps", "dag", "nodes", "output") if key in parts)]
    compounds = either(named({"$ref": "#/$defs/compound"}), _NOTHING)
    about = {"name": NAME, "version": TEXT, "description": TEXT, "compounds": compounds}
    return table(required, **about, **parts)


def _compound(nodes: Mapping[str, Node]) -> Schema:
    """Describe a group of steps, whose parameters may stand where other values do."""
    types = [EFFECT, COMPOUND, *(name.upper() for name in nodes), *ALIASES]
    return table(
        ["steps"],
        description=TEXT,
        inputs=either(NAMES, _NOTHING),
        params=either(named(True), _NOTHING),
        steps={"type": "array", "items": _step(types, either(named(True), _NOTHING))},
        output=NAME,
        outputs=named(NAME),
    )


def _use() -> Schema:
    """Describe what the use of a compound says: which, and values for its parameters."""
    said = {"compound": NAME, "output": NAME, "params": either(named(True), _NOTHING)}
    return {"type": "object", "properties": said, "required": ["compound"]}


def _dag() -> Schema:
    return table(["nodes", "output"], nodes=_nodes(), output=NAME)


def _nodes() -> Schema:
    return either(_list("node"), named({"$ref": "#/$defs/node"}))


def _list(name: str) -> Schema:
    return {"type": "array", "items": {"$ref": f"#/$defs/{name}"}}


def _work(name: str, params: Schema) -> Schema:
    """Describe a step of a node type; its config has the node's parameters."""
    names = [name.upper(), *(alias for alias, meant in ALIASES.items() if meant == name.upper())]
    return _step(names, either(params, _NOTHING))


def _effect(beside: Mapping[str, Schema], of: Mapping[str, str]) -> Schema:
    """Describe a step that names its effect, whose parameters stand in `params` or beside it."""
    ways = [
        table(
            ["effect"],
            **{
                **params,
                "effect": {"const": name},
                "params": either({"$ref": f"#/$defs/{of[name]}"}, _NOTHING),
            },
        )
        for name, params in beside.items()
    ]
    # One by somebody else declares its parameters itself.
    properties = {"cid": CONTENT, "hash": CONTENT, "effect": NAME}
    ways += [
        {"type": "object", "properties": properties, "required": [key]} for key in ("cid", "hash")
    ]
    return _step([EFFECT], either(*ways), required=["type", "config"])


def _source() -> Schema:
    return table(
        input={"type": ["boolean", "string"]},
        name=NAME,
        asset=NAME,
        cid=CONTENT,
        hash=CONTENT,
        type=kinds(),
        description=TEXT,
        optional={"type": "boolean"},
        default=CONTENT,
    )


def _step(types: Iterable[str], config: Schema, required: Iterable[str] = ("type",)) -> Schema:
    inputs = either(NAME, NAMES, named(either(NAME, NAMES)), _NOTHING)
    about = {"id": NAME, "type": any_case(types), "description": TEXT}
    return table(required, **about, config=config, inputs=inputs)


def _registry() -> Schema:
    asset = table(hash=CONTENT, cid=CONTENT, url=TEXT, description=TEXT)
    effect = table(hash=HASH, cid=CONTENT, url=TEXT, description=TEXT)
    return table(
        assets=named(either(CONTENT, asset)), effects=named(either(HASH, effect, _NOTHING))
    )


def _inputs() -> Schema:
    flag = {"type": "boolean"}
    one = table(type=kinds(), description=TEXT, default=CONTENT, optional=flag)
    return either(named(either(one, kinds(), _NOTHING)), NAMES, _NOTHING)
