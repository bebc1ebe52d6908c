"""What an effect says of itself in `META = EffectMeta(...)`, read without running it."""

import ast
from typing import Any

from l1.dag.effect_params import BadEffect
from l1.dag.effect_tags import TYPES, Said

_META = ("name", "version", "temporal", "params", "author", "description")
_PARAM = ("name", "type", "default", "range", "description", "choices")


def read_meta(tree: ast.Module) -> Said | None:
    """Read `META`, or answer None if there is none. Raises `BadEffect`."""
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id="META")], value=value):
                return _said(value)
            case ast.AnnAssign(target=ast.Name(id="META"), value=ast.expr() as value):
                return _said(value)
    return None


def _said(node: ast.expr) -> Said:
    parts = _arguments(node, "EffectMeta", _META)
    params = parts.pop("params", None)
    if params is not None and not isinstance(params, ast.List | ast.Tuple):
        raise BadEffect("`params` is a list of ParamSpec(...)", params.lineno)
    written = params.elts if params is not None else []
    texts = {key: _text(_literal(value), value) for key, value in parts.items()}
    if "name" in texts:
        texts["effect"] = texts.pop("name")
    return Said(texts=texts, params=[_param(each) for each in written])


def _param(node: ast.expr) -> dict[str, Any]:
    values = {k: _literal(v) for k, v in _arguments(node, "ParamSpec", _PARAM).items()}
    made: dict[str, Any] = {"line": node.lineno}
    for key, value in values.items():
        match key, value:
            case _, None:
                continue
            case "type", _:
                if (kind := TYPES.get(str(value))) is None:
                    raise BadEffect(f"a type is one of {', '.join(TYPES)}", node.lineno)
                made["type"] = kind
            case "range", [low, high]:
                made["low"], made["high"] = _text(low, node), _text(high, node)
            case "range", _:
                raise BadEffect("a range is the least and the most, as (0, 1)", node.lineno)
            case "choices", list() | tuple():
                made["choices"] = tuple(_text(each, node) for each in value)
            case "description", _:
                made[key] = " ".join(_text(value, node).split())
            case _:
                made[key] = _text(value, node)
    if missing := {"name", "type"} - made.keys():
        raise BadEffect(f"a ParamSpec says its {' and '.join(sorted(missing))}", node.lineno)
    return made


def _arguments(node: ast.expr, called: str, names: tuple[str, ...]) -> dict[str, ast.expr]:
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name == called:
            pass
        case _:
            raise BadEffect(f"{called}(...) is wanted here", node.lineno)
    if len(node.args) > len(names):
        raise BadEffect(f"{called} has {len(names)} parts", node.lineno)
    found = dict(zip(names, node.args, strict=False))
    for argument in node.keywords:
        if argument.arg not in names or argument.arg in found:
            raise BadEffect(f"{called} has no part '{argument.arg}', or it has it", node.lineno)
        found[argument.arg] = argument.value
    return found


def _literal(node: ast.expr) -> Any:
    """Read a value that is written out; names and calls are not looked into."""
    if isinstance(node, ast.Name):  # a type by its own name
        return node.id
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        raise BadEffect("only values that are written out can be read here", node.lineno) from None


def _text(value: Any, node: ast.expr) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case int() | float():
            return repr(value)
    raise BadEffect("a text, a number, True or False is wanted here", node.lineno)
