"""Effects by others: what may be run here, and how recipes that name them are planned."""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from l1.actions.contents import resolve, resolve_all
from l1.actions.services import Services
from l1.content.cid import Cid, ContentHash
from l1.content.media_info import MediaInfo
from l1.content.provenance import EffectUsed
from l1.dag.effect_file import BYTES, EffectFile, read_effect
from l1.dag.foreign import FOREIGN, codes_of, contents_by_name, with_effects
from l1.dag.node import Node
from l1.dag.plan import Plan, Step
from l1.dag.planner import plan
from l1.dag.recipe import Recipe
from l1.dag.recipe_yaml import read_recipe
from l1.errors import NotFound, Refused
from l1.projections import content, effects
from l1.projections.effects import KeptEffect

_WHY_NOT = {
    "off": (
        "effects by others are turned off here: whoever owns this node turns them on with "
        "ARTDAG_FOREIGN_EFFECTS=on"
    ),
    "weak": (
        "effects by others run only in a full sandbox, and ARTDAG_SANDBOX is weak here: set it to "
        "strict"
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundEffect:
    """An effect that is kept, its file, and what that says of itself."""

    kept: KeptEffect
    file: EffectFile
    text: bytes


def check_turned_on(services: Services) -> None:
    """Refuse effects by others where the owner has not turned them on."""
    if services.foreign != "on":
        raise Refused(_WHY_NOT[services.foreign], code="foreign_effects_off")


async def find_effect(services: Services, name: str) -> FoundEffect:
    """Find an effect by its name or by any name of its file; `NotFound` if none is kept."""
    if (kept := await effects.named(services.views, name)) is None:
        try:
            cid = (await resolve(services, name)).cid
        except Refused:
            cid = Cid("")
        kept = (await effects.find(services.views, [cid])).get(cid)
    if kept is None:
        shown = name[:80]
        raise NotFound(f"there is no effect by others {shown!r} here", effect=shown)
    return await _read(services, kept)


async def make_plan(
    services: Services,
    recipe: Recipe,
    bound: Mapping[str, Cid],
    infos: Mapping[Cid, MediaInfo],
    *,
    apart: str = "",
) -> Plan:
    """Plan a recipe over content that is here; what is planned `apart` shares no result.

    Raises `Refused` for what the planner refuses, and for code that may not be run here, wherever
    in a plan it hides.
    """
    planned = partial(_planned, services, recipe, bound, infos, apart=apart)
    made = await planned(services.nodes)
    if not (codes := _codes(made)):
        return made
    files = await _files(services, codes)
    # What they are told is checked by the files, which only now are known: a group of steps, or
    # one that stands for several, may have brought them.
    names = contents_by_name(recipe, bound)
    known = {name: files[cid] for name, cid in names.items() if cid in files}
    return await planned(with_effects(services.nodes, known))


async def read_with_effects(services: Services, text: bytes, *, file: str) -> Recipe:
    """Read a recipe and check it in full, what it tells the effects of others too.

    Raises `Refused` with line and column.
    """
    # A recipe of ten thousand steps takes seconds, in which others are to be answered.
    recipe = await asyncio.to_thread(read_recipe, text, services.nodes, file=file)
    if codes := codes_of(recipe):
        files = await _files(services, frozenset(codes.values()))
        nodes = with_effects(services.nodes, {name: files[code] for name, code in codes.items()})
        recipe = await asyncio.to_thread(read_recipe, text, nodes, file=file)
    return recipe


async def _planned(
    services: Services,
    recipe: Recipe,
    bound: Mapping[str, Cid],
    infos: Mapping[Cid, MediaInfo],
    nodes: Mapping[str, Node],
    *,
    apart: str,
) -> Plan:
    domain = f"{services.cluster_key}\0{apart}" if apart else services.cluster_key
    return await asyncio.to_thread(plan, recipe, bound, infos, nodes, services.profile, domain)


def _codes(made: Plan) -> frozenset[Cid]:
    """Name the code that a plan runs. Raises `Refused` if a step makes it."""
    steps = [step for step in made.steps if step.node == FOREIGN]
    for step in steps:
        if not step.inputs[-1].cid:
            message = f"step '{step.id}': the code of an effect is content, not made by a step"
            raise Refused(message, code="unknown_effect")
    return frozenset(step.inputs[-1].cid for step in steps)


async def _files(services: Services, codes: Collection[Cid]) -> Mapping[Cid, EffectFile]:
    """Read the files of effects, by the names asked for, if all of them may be run here."""
    check_turned_on(services)
    here = await resolve_all(services, sorted(codes))
    kept = await effects.find(services.views, [item.cid for item in here.values()])
    for code in sorted(codes):
        if here[code].cid not in kept:
            raise _unknown(code)
    return {code: (await _read(services, kept[here[code].cid])).file for code in sorted(codes)}


async def _read(services: Services, kept: KeptEffect) -> FoundEffect:
    text = await services.store.read(kept.cid, limit=BYTES)
    return FoundEffect(kept=kept, file=read_effect(text, file=f"{kept.name}.py"), text=text)


def _unknown(code: Cid) -> Refused:
    return Refused(
        f"{code} is no effect that may be run here: add it first, with `artdag effect add FILE` or "
        "POST /effects",
        code="unknown_effect",
        effect=code,
    )


async def effects_used(services: Services, steps: Iterable[Step]) -> tuple[EffectUsed, ...]:
    """Name the files of others that steps ran, whether they may still be run or not."""
    codes = sorted({step.inputs[-1].cid for step in steps if step.node == FOREIGN})
    here = await content.find(services.views, [*codes])
    used = []
    for code in codes:
        file = read_effect(await services.store.read(code, limit=BYTES))
        sha3 = ContentHash(here[code].content_hash)
        used.append(EffectUsed(name=file.name, version=file.version, content_hash=sha3, cid=code))
    return tuple(used)
