"""Collects what the folders define."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib import import_module
from pathlib import Path

import msgspec

import l1.analyses
import l1.effects
import l1.events
import l1.projections
import l1.storage
from l1 import catalog
from l1.actions.services import Shipped
from l1.analyses.analysis import Analysis
from l1.assets.asset import Asset
from l1.content.unixfs import UnixFs
from l1.dag.node import Node
from l1.dag.recipe_yaml import read_recipe
from l1.effects.effect import Effect
from l1.events.event import Event
from l1.projections.projection import Projection
from l1.recipes import shipped
from l1.storage.provider import Provider
from l1.workers.analysing import effects_of

EFFECTS = ("l1.effects",)
"""The packages whose effects there are."""


def events() -> Mapping[str, type[Event]]:
    """Collect the kinds of facts."""
    return catalog.subclasses(l1.events, Event, named=lambda cls: cls.kind)


def projections() -> Mapping[str, Projection]:
    """Collect the views."""
    return catalog.values(l1.projections, Projection, named=lambda view: view.name)


def effects(packages: Sequence[str] = EFFECTS) -> Mapping[str, Effect]:
    """Collect the effects, and the analyses that can be steps, each with the hash of its code."""
    analyses = catalog.values(l1.analyses, Analysis, named=lambda analysis: analysis.name)
    found = dict(effects_of(analyses.values()))
    files = catalog.files(l1.analyses, Analysis, named=lambda analysis: analysis.name)
    for package in packages:
        module = import_module(package)
        found |= catalog.values(module, Effect, named=lambda effect: effect.node.name)
        files |= catalog.files(module, Effect, named=lambda effect: effect.node.name)
    return {name: _with_code(effect, files[name]) for name, effect in found.items()}


def _with_code(effect: Effect, file: Path) -> Effect:
    code = hashlib.sha3_256(file.read_bytes()).hexdigest()
    return replace(effect, node=msgspec.structs.replace(effect.node, code=code))


def nodes(packages: Sequence[str] = EFFECTS) -> Mapping[str, Node]:
    """Collect the node types."""
    return {name: effect.node for name, effect in effects(packages).items()}


def recipes() -> Mapping[str, Shipped]:
    """Collect the recipes that come with the software."""
    return {name: _shipped(name, text) for name, text in shipped().items()}


def _shipped(name: str, text: bytes) -> Shipped:
    name_of = UnixFs()
    name_of.update(text)
    recipe = read_recipe(text, file=f"{name}.yaml")
    return Shipped(name=name, cid=name_of.cid(), text=text, recipe=recipe)


@cache
def assets() -> Mapping[str, Asset]:
    """Collect the assets."""
    import l1.assets  # noqa: PLC0415 - drawing loads NumPy, which most commands do without

    return catalog.values(l1.assets, Asset, named=lambda asset: asset.name)


def providers() -> Mapping[str, Provider]:
    """Collect the kinds of stores."""
    return catalog.values(l1.storage, Provider, named=lambda provider: provider.name)
