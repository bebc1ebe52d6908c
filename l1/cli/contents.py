"""Between the command line and content: files in, content out."""

import asyncio
import secrets
import shutil
from pathlib import Path
from typing import BinaryIO

from l1.actions.contents import resolve
from l1.actions.open_content import open_content
from l1.actions.store_asset import store_asset
from l1.actions.store_content import store_content
from l1.cli.node import Node
from l1.content.cid import Cid, parse_identifier
from l1.content.identity import Identity
from l1.errors import NotFound, Refused
from l1.projections import content, runs
from l1.projections.content import Content


async def upload(node: Node, file: Path) -> Identity:
    """Store a file's bytes, by reading them where they are."""
    if not file.is_file():
        raise NotFound(f"there is no file {file}", path=str(file))
    services = node.services
    since = await services.reader.head()
    identity = await services.store.put_file(file, limit=services.upload_limit)
    await _record(node, identity, since=since, source="upload", name=file.name)
    return identity


async def given(node: Node, text: str) -> Cid:
    """Find what an argument means: a file, a CID or hash, or an asset that the project draws."""
    if Path(text).is_file():
        return (await upload(node, Path(text))).cid
    name, at, file = text.partition("@")
    if at and _is_name(name):
        return await _given_as(node, name, Path(file))
    if text in node.services.assets():
        identity, appended = await store_asset(node.services, node.caller, text)
        await node.services.views.wait_for("content", appended.last, seconds=10)
        return identity.cid
    try:
        parse_identifier(text)
    except Refused:
        known = ", ".join(sorted(node.services.assets()))
        raise NotFound(
            f"{text!r} is no file, no CID or hash, and no asset (assets: {known})", input=text
        ) from None
    return (await resolve(node.services, text)).cid


async def _given_as(node: Node, name: str, file: Path) -> Cid:
    """Store a file that must have a certain name as content, unless it is here already."""
    known = await content.find(node.services.views, [name])
    if name in known:
        return known[name].cid
    identity = await upload(node, file)
    if name not in (identity.cid, identity.content_hash):
        raise Refused(f"{file} is {identity.cid}, not {name}", code="wrong_cid")
    return identity.cid


async def write_out(node: Node, item: Content, target: Path) -> Path:
    """Copy content to a file, whole or not at all."""
    source = await open_content(node.services, node.caller, item.cid)
    await asyncio.to_thread(_copy, source, target)
    return target


async def _record(node: Node, identity: Identity, *, since: int, source: str, name: str) -> None:
    services = node.services
    appended = await store_content(
        services, node.caller, identity, source=source, since=since, name=name
    )
    await services.views.wait_for("content", appended.last, seconds=10)


def _copy(source: Path, target: Path) -> None:
    # A name for each writer: two commands may copy one result to one place at once.
    part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        shutil.copyfile(source, part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


async def named(node: Node, text: str) -> Content:
    """Find content by its name, or by the run that made it."""
    if not _is_name(text):
        run = await runs.get(node.services.views, text)
        if not run.output:
            raise NotFound(f"run {run.run_id} is {run.state} and has no output")
        return await resolve(node.services, run.output)
    return await resolve(node.services, text)


def check_name(text: str) -> None:
    """Refuse what is no name of content as what is not here, since no content has it."""
    if not _is_name(text):
        raise NotFound(f"there is no content {text!r}: a CID or a content hash names it")


def _is_name(text: str) -> bool:
    try:
        parse_identifier(text)
    except Refused:
        return False
    return True


def pour(source: Path, target: BinaryIO) -> None:
    """Copy a file's bytes into an open stream."""
    with source.open("rb") as handle:
        shutil.copyfileobj(handle, target)
