"""When content may be deleted and a run discarded: pure rules over what names the content.

What cannot be known counts against deleting: a publication state that the registry did not
answer is taken as published.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from l1.content.cid import Cid

Role = Literal["input", "intermediate", "output", "record"]
"""What content is to a run. `record` is its recipe, plan, analysis or provenance."""

RunState = Literal["pending", "running", "completed", "failed", "cancelled"]

Publication = Literal["private", "published", "unknown"]

_ACTIVE = frozenset({"pending", "running"})
_WORDS = {
    "input": "an input of",
    "output": "the output of",
    "intermediate": "in use by",
    "record": "part of the record of",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One run that is not discarded names the content, in one role. A run may do so in several."""

    run: str
    state: RunState
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Content with all that is known to hold it.

    `brought` means that somebody uploaded or imported it, so that no run can make it again.
    `recipe` is the name of the recipe whose text it is, if it is one that is kept, and `effect`
    that of the effect whose file it is.
    """

    cid: Cid
    publication: Publication
    uses: tuple[Use, ...] = ()
    brought: bool = False
    recipe: str = ""
    effect: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """What stands in the way: a stable code, a sentence, and the runs or CIDs meant."""

    code: str
    message: str
    refs: tuple[str, ...] = ()


def why_not_delete(item: Item) -> tuple[Reason, ...]:
    """Say what forbids deleting the content; nothing means that it may go.

    Inputs, outputs and records stay while their run is not discarded. Intermediates may go, for
    they can be made again, unless a run still works with them.
    """
    return (*_published([item]), *_kept(item), *_named(item))


def why_not_remove(item: Item) -> tuple[Reason, ...]:
    """Say what forbids removing the recipe or effect whose text is `item` (R014)."""
    return (*_published([item]), *_named(item))


def why_not_discard(run: str, state: RunState, items: Iterable[Item]) -> tuple[Reason, ...]:
    """Say what forbids discarding the run whose contents are `items`; nothing means it may go.

    Failed and cancelled runs always may. A completed one may while nothing of it is published.
    """
    if state in _ACTIVE:
        return (
            Reason(
                code="run_active", message=f"run {run} is {state}: cancel it first", refs=(run,)
            ),
        )
    if state != "completed":
        return ()
    return _published(item for item in items if _roles(item, run) - {"record"})


def freed_by_discard(run: str, items: Iterable[Item]) -> tuple[Cid, ...]:
    """Name the contents to delete with the run: its own intermediates and outputs.

    What is an input, is published or perhaps so, was uploaded, or is named by another run in any
    role, is kept.
    """
    return tuple(item.cid for item in items if _is_freed(item, run))


def _is_freed(item: Item, run: str) -> bool:
    return (
        item.publication == "private"
        and not item.brought
        and all(use.run == run for use in item.uses)
        and bool(roles := _roles(item, run))
        and roles <= {"intermediate", "output"}
    )


def _published(items: Iterable[Item]) -> tuple[Reason, ...]:
    by_state: dict[Publication, list[str]] = {"published": [], "unknown": []}
    for item in items:
        if item.publication != "private":
            by_state[item.publication].append(item.cid)
    reasons = []
    if cids := by_state["published"]:
        message = f"{_list(cids)} {_is_are(cids)} published: withdraw the publication first"
        reasons.append(Reason(code="published", message=message, refs=tuple(cids)))
    if cids := by_state["unknown"]:
        message = (
            f"whether {_list(cids)} {_is_are(cids)} published cannot be found out now: try again"
        )
        reasons.append(Reason(code="publication_unknown", message=message, refs=tuple(cids)))
    return tuple(reasons)


def _kept(item: Item) -> tuple[Reason, ...]:
    kept = []
    if name := item.recipe:
        message = f"{item.cid} is the text of the recipe '{name}': remove the recipe instead"
        kept.append(Reason(code="recipe", message=message, refs=(name,)))
    if name := item.effect:
        message = f"{item.cid} is the file of the effect '{name}': remove the effect instead"
        kept.append(Reason(code="effect", message=message, refs=(name,)))
    return tuple(kept)


def _named(item: Item) -> tuple[Reason, ...]:
    runs: dict[Role, list[str]] = {}
    for use in item.uses:
        if use.role != "intermediate" or use.state in _ACTIVE:
            runs.setdefault(use.role, []).append(use.run)
    return tuple(
        Reason(
            code=f"{role}_of_run",
            message=f"{item.cid} is {_WORDS[role]} {_list(sorted(set(names)), 'run ')}: "
            + ("wait for it or cancel it" if role == "intermediate" else "discard it first"),
            refs=tuple(sorted(set(names))),
        )
        for role, names in sorted(runs.items())
    )


def _roles(item: Item, run: str) -> frozenset[Role]:
    return frozenset(use.role for use in item.uses if use.run == run)


def _list(names: list[str], before: str = "") -> str:
    """Name a few, and count the rest."""
    shown = ", ".join(names[:3])
    plural = before.rstrip() + "s " if before and len(names) > 1 else before
    return f"{plural}{shown}" + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _is_are(names: list[str]) -> str:
    return "is" if len(names) == 1 else "are"
