"""Facts made from what their classes say about themselves: arbitrary ones, and one sample each."""

from collections.abc import Callable
from typing import Any

import msgspec
from hypothesis import strategies as st
from msgspec import inspect

import l1.events
from l1.catalog import subclasses
from l1.content.canonical import LIMIT
from l1.events.event import Event, Meta

KINDS = subclasses(l1.events, Event, lambda cls: cls.kind)

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
PLAIN = st.recursive(
    st.booleans() | st.integers(-LIMIT, LIMIT) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)


def facts_of(cls: type[Event], *, text: st.SearchStrategy[str] = TEXT) -> st.SearchStrategy[Event]:
    """Arbitrary facts of one kind; with a `text` of few words, many facts are about one thing."""
    return _any(inspect.type_info(cls), text)


def metas() -> st.SearchStrategy[Meta]:
    """Arbitrary metadata."""
    return _any(inspect.type_info(Meta), TEXT)


def sample(cls: type[msgspec.Struct]) -> Any:
    """One value with every field set, the same each time."""
    return _sample(inspect.type_info(cls), cls.__name__)


def _any(kind: inspect.Type, text: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    match kind:
        case inspect.StructType(cls=cls, fields=fields):
            required = {f.name: _any(f.type, text) for f in fields if f.required}
            optional = {f.name: _any(f.type, text) for f in fields if not f.required}
            made = st.fixed_dictionaries(required, optional=optional)
            return made.map(lambda values: cls(**values))
        case inspect.UnionType(types=types):
            return st.one_of([_any(each, text) for each in types])
        case inspect.VarTupleType(item_type=item):
            return st.lists(_any(item, text), max_size=3).map(tuple)
        case inspect.DictType(key_type=key, value_type=value):
            return st.dictionaries(_any(key, text), _any(value, text), max_size=3)
        case inspect.LiteralType(values=values):
            return st.sampled_from(values)
    if isinstance(kind, inspect.StrType):
        return text
    return _SCALARS[type(kind)][0]


def _sample(kind: inspect.Type, name: str) -> Any:
    match kind:
        case inspect.StructType(cls=cls, fields=fields):
            return cls(**{f.name: _sample(f.type, f.name) for f in fields})
        case inspect.UnionType(types=types):
            return _sample(next(t for t in types if not isinstance(t, inspect.NoneType)), name)
        case inspect.VarTupleType(item_type=item):
            return tuple(_sample(item, f"{name}.{i}") for i in (1, 2))
        case inspect.DictType(value_type=value):
            return {key: _sample(value, f"{name}.{key}") for key in ("z", "a", "ä")}
        case inspect.LiteralType(values=values):
            return values[0]
    return _SCALARS[type(kind)][1](name)


_SCALARS: dict[type[inspect.Type], tuple[st.SearchStrategy[Any], Callable[[str], Any]]] = {
    inspect.StrType: (TEXT, lambda name: f"{name} ✓"),
    inspect.IntType: (st.integers(-LIMIT, LIMIT), len),
    inspect.BoolType: (st.booleans(), lambda _name: True),
    inspect.NoneType: (st.none(), lambda _name: None),
    inspect.CustomType: (PLAIN, lambda name: {"of": name, "list": [1, "2", True]}),
}
