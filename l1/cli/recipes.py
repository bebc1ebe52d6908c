"""What `artdag recipe` does: checks recipes where they lie, keeps them, lists them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from l1.actions.add_recipe import add_recipe
from l1.actions.find_recipe import Found, find_recipe
from l1.actions.remove_recipe import remove_recipe
from l1.cli.node import Node
from l1.compose import nodes
from l1.dag.recipe import COMPOUND, EFFECT, Recipe
from l1.dag.recipe_yaml import read_recipe
from l1.errors import NotFound, Refused
from l1.projections import recipes

COLUMNS = ("name", "version", "steps", "added", "cid", "description")


def lint(file: Path) -> dict[str, Any]:
    """Check a file without a node; say what it is, or what is wrong with it and where."""
    text = read(file)
    try:
        recipe = read_recipe(text, nodes(), file=str(file))
    except Refused as refused:
        place = {k: v for k, v in refused.facts.items() if k in ("line", "column", "place")}
        return {"file": str(file), "ok": False, "message": refused.message, **place}
    return {"file": str(file), "ok": True, "name": recipe.name, "steps": len(recipe.steps)}


def read(file: Path) -> bytes:
    """Read a file; `NotFound` if there is none."""
    if not file.is_file():
        raise NotFound(f"there is no file {file}", path=str(file))
    return file.read_bytes()


async def find(node: Node, name: str) -> Found:
    """Find a recipe by the file it is in, or by a name that the node knows."""
    if name not in node.services.nodes and Path(name).is_file():
        text = Path(name).read_bytes()
        return Found(recipe=read_recipe(text, node.services.nodes, file=name), text=text)
    return await find_recipe(node.services, name)


def described(found: Found) -> dict[str, Any]:
    """Describe a recipe in full, as data."""
    recipe = found.recipe
    return {
        "name": recipe.name,
        "version": recipe.version,
        "description": recipe.description,
        "cid": found.cid,
        "inputs": {
            name: {
                "kinds": list(each.kinds),
                "description": each.description,
                "optional": each.optional,
                "default": each.default,
            }
            for name, each in recipe.inputs.items()
        },
        "steps": _steps(recipe),
        "output": recipe.output,
    }


def _steps(recipe: Recipe) -> list[Mapping[str, Any]]:
    return [
        {
            "id": step.id,
            "type": step.type,
            "inputs": list(step.inputs),
            "config": dict(step.config),
        }
        for step in recipe.steps
    ]


def in_words(found: Found) -> str:
    """Describe a recipe for people."""
    recipe = found.recipe
    lines = [f"{recipe.name} {recipe.version}".rstrip()]
    if recipe.description:
        lines.append(recipe.description)
    for name, each in recipe.inputs.items():
        kinds = " or ".join(each.kinds) or "anything"
        more = f"; {each.default}" if each.default else "; may be left out" if each.optional else ""
        said = f": {each.description}" if each.description else ""
        lines.append(f"  input {name} ({kinds}{more}){said}")
    for name, compound in recipe.compounds.items():
        of = f" of {', '.join(compound.inputs)}" if compound.inputs else ""
        said = f": {compound.description}" if compound.description else ""
        lines.append(f"  compound {name}{of} ({len(compound.steps)} steps){said}")
    for step in recipe.steps:
        naming = {EFFECT: "effect", COMPOUND: "compound"}.get(step.type.upper(), "")
        what = step.config.get(naming, "")
        takes = f" of {', '.join(step.inputs)}" if step.inputs else ""
        result = "  -> output" if step.id == recipe.output else ""
        lines.append(f"  step {step.id}: {step.type} {what}".rstrip() + takes + result)
    return "\n".join(lines)


async def add(node: Node, file: Path) -> dict[str, Any]:
    """Keep the recipe in a file."""
    found, appended = await add_recipe(node.services, node.caller, read(file), file=str(file))
    await node.services.views.wait_for("recipes", appended.last, seconds=10)
    return {"name": found.recipe.name, "cid": found.cid}


async def remove(node: Node, name: str) -> dict[str, Any]:
    """Remove a recipe by its name or CID."""
    found = await find_recipe(node.services, name)
    if found.cid is None:
        raise Refused(f"'{name}' is an effect; it comes with the software", code="shipped")
    appended = await remove_recipe(node.services, node.caller, found.cid)
    await node.services.views.wait_for("recipes", appended.last, seconds=10)
    return {"removed": found.recipe.name, "cid": found.cid}


async def listed(node: Node, limit: int) -> list[dict[str, Any]]:
    """List recipes, the newest first, then those that come with the software."""
    services = node.services
    kept = [
        {
            "name": each.name,
            "version": each.version,
            "steps": each.steps,
            "added": each.added.isoformat(timespec="seconds"),
            "cid": each.cid,
            "description": await services.keyring.open(each.description) or "",
        }
        for each in await recipes.page(services.views, limit=limit)
    ]
    shipped = [
        {
            "name": each.name,
            "version": each.recipe.version,
            "steps": len(each.recipe.steps),
            "added": "shipped",
            "cid": each.cid,
            "description": each.recipe.description,
        }
        for each in services.recipes.values()
    ]
    return [*kept, *shipped]
