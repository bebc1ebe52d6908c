"""What `artdag effect` does: lets effects by others be run, lists and shows them."""

from pathlib import Path
from typing import Any

from l1.actions.add_effect import add_effect
from l1.actions.find_effect import FoundEffect, find_effect
from l1.actions.remove_effect import remove_effect
from l1.cli.node import Node
from l1.cli.recipes import read
from l1.dag.effect_params import params_type
from l1.dag.param_words import describe
from l1.projections import effects

COLUMNS = ("name", "version", "author", "added", "cid", "description")


async def add(node: Node, file: Path) -> dict[str, Any]:
    """Let the effect in a file be run."""
    added = await add_effect(node.services, node.caller, read(file), file=str(file))
    await node.services.views.wait_for("effects", added.appended.last, seconds=10)
    return {"name": added.file.name, "cid": added.cid}


async def listed(node: Node, limit: int) -> list[dict[str, Any]]:
    """List effects by others, the newest first."""
    keyring = node.services.keyring
    return [
        {
            "name": each.name,
            "version": each.version,
            "author": await keyring.open(each.author) or "",
            "added": each.added.isoformat(timespec="seconds"),
            "cid": each.cid,
            "description": await keyring.open(each.description) or "",
        }
        for each in await effects.page(node.services.views, limit=limit)
    ]


async def shown(node: Node, name: str) -> FoundEffect:
    """Find an effect by its name or a name of its file."""
    return await find_effect(node.services, name)


def in_words(found: FoundEffect) -> str:
    """Describe an effect for people."""
    file = found.file
    lines = [f"{file.name} {file.version}", f"  cid {found.kept.cid}", f"  form {file.form}"]
    lines += [f"  by {file.author}"] if file.author else []
    lines += [f"  {file.description}"] if file.description else []
    kind = params_type(file.params)
    for each in file.params:
        said = f": {each.description}" if each.description else ""
        lines.append(f"  param {each.name} ({describe(kind, each.name)}){said}")
    return "\n".join(lines)


def described(found: FoundEffect) -> dict[str, Any]:
    """Describe an effect in full, as data."""
    file = found.file
    kind = params_type(file.params)
    return {
        "name": file.name,
        "version": file.version,
        "author": file.author,
        "description": file.description,
        "cid": found.kept.cid,
        "form": file.form,
        "temporal": file.temporal,
        "params": {
            each.name: {"takes": describe(kind, each.name), "description": each.description}
            for each in file.params
        },
        "code": found.text.decode(errors="replace"),
    }


async def remove(node: Node, name: str) -> dict[str, Any]:
    """Let an effect be run no longer."""
    found = await find_effect(node.services, name)
    appended = await remove_effect(node.services, node.caller, found.kept.cid)
    await node.services.views.wait_for("effects", appended.last, seconds=10)
    return {"removed": found.kept.name, "cid": found.kept.cid}
