"""Make an asset and keep it."""

import asyncio

from l1.actions.services import Caller, Services
from l1.actions.store_content import store_content
from l1.content.identity import Identity
from l1.dag.suggest import did_you_mean
from l1.errors import NotFound
from l1.log.command import Appended


async def store_asset(services: Services, caller: Caller, name: str) -> tuple[Identity, Appended]:
    """Make the asset of this name and keep it, again if it is here; `NotFound` if there is none."""
    assets = await asyncio.to_thread(services.assets)
    if (asset := assets.get(name)) is None:
        raise NotFound(f"there is no asset '{name}'{did_you_mean(name, assets)}", asset=name)
    since = await services.reader.head()
    identity = await services.store.put_bytes(await asyncio.to_thread(asset.make))
    appended = await store_content(
        services, caller, identity, source="asset", since=since, name=name
    )
    return identity, appended
