"""From drafts to steps: in order, checked for what flows between them, each under its key."""

from collections.abc import Iterable, Iterator, Mapping

import networkx as nx
from msgspec.structs import replace

from l1.content.cid import Cid
from l1.content.media_info import Kind, MediaInfo
from l1.dag.draft import Draft
from l1.dag.keys import KEY_VERSION, Preimage, trust_domain
from l1.dag.kinds import check_inputs, kind_given, kinds_of_content
from l1.dag.plan import Ref, Step
from l1.errors import Refused


def assemble(
    drafts: Iterable[Draft],
    infos: Mapping[Cid, MediaInfo],
    profile: str,
    cluster_key: str,
) -> tuple[Step, ...]:
    """Put steps in order, check what flows between them, and give each its level and key."""
    waiting = {draft.id: draft for draft in drafts}
    domain = trust_domain(cluster_key)
    steps: dict[str, Step] = {}
    kinds: dict[str, frozenset[Kind]] = {}
    for level, ids in enumerate(_levels(waiting)):
        for draft in ids:
            given = [(_name(ref), _kinds(draft, ref, kinds, infos)) for ref in draft.refs]
            try:
                check_inputs(draft.node, given, draft.bound)
            except Refused as error:
                raise Refused(f"step '{draft.id}': {error.message}", code=error.code) from None
            kinds[draft.id] = kind_given(draft.node, given)
            step = _step(draft, steps, level, profile, domain)
            steps[draft.id] = replace(step, fused=_is_fused(draft, waiting))
    return tuple(steps.values())


def _levels(drafts: Mapping[str, Draft]) -> Iterator[list[Draft]]:
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(drafts)
    graph.add_edges_from((ref.step, d.id) for d in drafts.values() for ref in d.refs if ref.step)
    place = {id_: index for index, id_ in enumerate(drafts)}
    for ids in nx.topological_generations(graph):
        yield [drafts[id_] for id_ in sorted(ids, key=place.__getitem__)]


def _step(
    draft: Draft,
    steps: Mapping[str, Step],
    level: int,
    profile: str,
    domain: str,
) -> Step:
    preimage = Preimage(
        node=draft.node.name,
        version=draft.node.version,
        params=draft.params,
        inputs=tuple(ref.cid or steps[ref.step].key for ref in draft.refs),
        profile=profile,
        cluster_key=domain,
        key_version=KEY_VERSION,
        bound=draft.bound,
    )
    return Step(
        id=draft.id,
        key=preimage.key(),
        preimage=preimage,
        inputs=draft.refs,
        level=level,
        queue=draft.node.queue,
        timeout_s=draft.node.timeout_s,
    )


def _is_fused(draft: Draft, drafts: Mapping[str, Draft]) -> bool:
    """Tell whether a step is a look upon what another makes picture by picture.

    That depends on the recipe alone, not on what is cached: so its bytes do too.
    """
    before = drafts.get(draft.refs[0].step) if draft.refs else None
    follows = draft.node.fuses in ("look", "playlist")
    return follows and before is not None and before.node.fuses in ("head", "look")


def _kinds(
    draft: Draft,
    ref: Ref,
    known: Mapping[str, frozenset[Kind]],
    infos: Mapping[Cid, MediaInfo],
) -> frozenset[Kind]:
    if ref.step:
        return known[ref.step]
    return kinds_of_content(f"step '{draft.id}'", ref.cid, infos)


def _name(ref: Ref) -> str:
    return f"step '{ref.step}'" if ref.step else ref.cid
