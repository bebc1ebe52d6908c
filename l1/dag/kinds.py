"""Whether a node can take what a step hands it."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from l1.content.cid import Cid
from l1.content.media_info import Kind, MediaInfo
from l1.dag.node import Node
from l1.errors import Refused, Unavailable

_CURVES: frozenset[Kind] = frozenset({"data", "text"})


def kinds_of(info: MediaInfo) -> frozenset[Kind]:
    """Name what content serves as: a video with sound serves as audio too.

    Raises `Refused` when the probe found it unusable.
    """
    if info.problem:
        raise Refused(f"it cannot be used: {info.problem}", code="unusable_input")
    if info.kind == "video" and info.audio is not None:
        return frozenset({"video", "audio"})
    return frozenset({info.kind})


def kinds_of_content(where: str, cid: Cid, infos: Mapping[Cid, MediaInfo]) -> frozenset[Kind]:
    """Look up what content serves as; `where` begins the message of a refusal."""
    if (info := infos.get(cid)) is None:
        raise Unavailable(f"{where}: {cid} has not been probed yet", code="not_probed", cid=cid)
    try:
        return kinds_of(info)
    except Refused as error:
        raise Refused(f"{where}: {cid}: {error.message}", code=error.code, cid=cid) from None


def check_inputs(
    node: Node,
    given: Sequence[tuple[str, frozenset[Kind]]],
    bound: Mapping[str, int] = MappingProxyType({}),
) -> None:
    """Check number and kinds of the inputs, each a name for messages and what it serves as.

    An empty set of kinds is not known yet and passes. Those in `bound` are curves.
    """
    for name, position in bound.items():
        if not 0 <= position < len(given):
            message = f"{node.name}.{name} follows input {position + 1}, and there is none"
            raise Refused(message, code="bad_inputs")
        said, kinds = given[position]
        if kinds and not kinds & _CURVES:
            raise Refused(
                f"{node.name}.{name} follows a curve; {said} is {' and '.join(sorted(kinds))}",
                code="bad_inputs",
            )
    given = [each for index, each in enumerate(given) if index not in bound.values()]
    fewest = len(node.accepts) if node.fewest is None else node.fewest
    if len(given) < fewest or (not node.many and len(given) > len(node.accepts)):
        raise Refused(
            f"{node.name} takes {_count(node, fewest)}, {len(given)} given", code="bad_inputs"
        )
    for position, (name, kinds) in enumerate(given):
        wanted = node.accepts[min(position, len(node.accepts) - 1)]
        if kinds and not kinds & wanted:
            raise Refused(
                f"input {position + 1} of {node.name} takes {' or '.join(sorted(wanted))}; "
                f"{name} is {in_words(kinds, wanted)}",
                code="bad_inputs",
                position=position,
            )


def in_words(kinds: frozenset[Kind], wanted: frozenset[Kind]) -> str:
    """Say what content serves as, to somebody who wanted something else of it."""
    if kinds == {"video"} and "audio" in wanted:
        return "a video without sound"
    return " and ".join(sorted(kinds))


def kind_given(node: Node, given: Sequence[tuple[str, frozenset[Kind]]]) -> frozenset[Kind]:
    """Name what the node's output serves as; empty when that cannot be told."""
    if isinstance(node.gives, frozenset):
        return node.gives
    if node.gives is not None:
        return frozenset({node.gives})
    return given[0][1] if given else frozenset()


def _count(node: Node, fewest: int) -> str:
    most = len(node.accepts)
    if node.many:
        return f"{fewest} input{'s' * (fewest != 1)} or more"
    if not most:
        return "no inputs"
    if fewest == most:
        return "1 input" if most == 1 else f"{most} inputs"
    return f"{fewest} to {most} inputs"
