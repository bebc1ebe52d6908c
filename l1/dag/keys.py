"""Cache keys: equal work has an equal name, and different work never has.

A key is the SHA-256 of the canonical JSON of its `Preimage`. What a step is called, comments and
the spelling of YAML are not in it; the order of the inputs is.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NewType

import msgspec

from l1.content.canonical import canonical, digest

KEY_VERSION = 1
"""Rises when the making of keys itself changes, so that old results are not taken for new."""

StepKey = NewType("StepKey", str)
"""64 lower-case hex digits."""


class Preimage(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """Everything that decides the bytes of a step's output.

    `version` is the node's version, or the hash of its code when the node is itself content.
    `params` are normalised. An input is the CID of content or the key of another step. `bound`
    says of parameters which input each follows, by its index; what `params` say of them is not
    used.
    `cluster_key` is `trust_domain()` of the configured key.
    """

    key_version: int
    node: str
    version: int | str
    params: Mapping[str, Any]
    inputs: tuple[str, ...]
    profile: str
    cluster_key: str = ""
    bound: Mapping[str, int] = msgspec.field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """Answer the object that is hashed. An empty cluster key or `bound` is left out."""
        fields: dict[str, Any] = {
            "key_version": self.key_version,
            "node": self.node,
            "version": self.version,
            "params": self.params,
            "inputs": self.inputs,
            "profile": self.profile,
        }
        if self.cluster_key:
            fields["cluster_key"] = self.cluster_key
        if self.bound:
            fields["bound"] = self.bound
        return fields

    def key(self) -> StepKey:
        """Hash it."""
        return StepKey(digest(self.plain()))


def trust_domain(cluster_key: str) -> str:
    """Turn a configured cluster key into what stands in preimages, so that it stays unwritten."""
    if not cluster_key:
        return ""
    return hashlib.sha256(b"artdag cluster key\0" + cluster_key.encode()).hexdigest()


def why(a: Preimage, b: Preimage) -> tuple[str, ...]:
    """Name the fields in which two preimages differ, as `params.radius`, `bound.x` or `inputs.1`.

    Of different nodes nothing else is compared: their parameters mean different things.
    """
    if a.node != b.node:
        return ("node",)
    return tuple(_differences(a.plain(), b.plain()))


def _differences(a: Mapping[str, Any], b: Mapping[str, Any]) -> Iterator[str]:
    for name in sorted(a.keys() | b.keys()):
        one, other = a.get(name), b.get(name)
        match name:
            case "params" | "bound":
                yield from (f"{name}.{key}" for key in _changed(one or {}, other or {}))
            case "inputs":
                yield from (f"inputs.{index}" for index in _moved(one or (), other or ()))
            case _ if one != other:
                yield name


def _changed(a: Mapping[str, Any], b: Mapping[str, Any]) -> list[str]:
    return [key for key in sorted(a.keys() | b.keys()) if _text(a.get(key)) != _text(b.get(key))]


def _moved(a: Sequence[str], b: Sequence[str]) -> list[int]:
    longest = range(max(len(a), len(b)))
    return [i for i in longest if a[i : i + 1] != b[i : i + 1]]


def _text(value: Any) -> bytes:
    """Compare as hashed: True is not 1, and a missing value is neither."""
    return b"" if value is None else canonical(value)
