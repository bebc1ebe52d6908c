"""The application over a node, served by uvicorn, and clients that ask it."""

import asyncio
import contextlib
import io
import socket
from dataclasses import dataclass

import httpx
import uvicorn
from PIL import Image

from l1.access.owner import new_login_code, owner_token
from l1.compose import open_web
from tests.running.node import Node

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@dataclass
class Site:
    """`owner` sends the token, `stranger` nothing; `browser()` has a session."""

    node: Node
    url: str
    owner: httpx.AsyncClient
    stranger: httpx.AsyncClient

    @contextlib.asynccontextmanager
    async def browser(self):
        code = await new_login_code(self.node.services.views.pool)
        async with httpx.AsyncClient(base_url=self.url, headers=HTML) as client:
            entered = await client.post("/auth", data={"auth_token": code})
            assert entered.status_code == 303, entered.text
            client.headers["Origin"] = self.url
            yield client

    async def upload(self, data: bytes, name: str = "a.png") -> dict:
        answer = await self.owner.post("/cache/upload", files={"file": (name, data)})
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def run(self, recipe: str, *inputs: str, **more) -> dict:
        body = {"recipe": recipe, "inputs": list(inputs), **more}
        answer = await self.owner.post("/runs", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def ended(self, run_id: str) -> dict:
        await self.node.ended(run_id)
        return (await self.owner.get(f"/runs/{run_id}")).json()


@contextlib.asynccontextmanager
async def open_site(node: Node):
    """Serve a node on a free port of this machine."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        async with (
            open_web(node.settings, node.services) as app,
            _served(app, listening),
            httpx.AsyncClient(base_url=url) as stranger,
            httpx.AsyncClient(base_url=url, headers=_bearer(node)) as owner,
        ):
            yield Site(node=node, url=url, owner=owner, stranger=stranger)


@contextlib.asynccontextmanager
async def _served(app, listening):
    config = uvicorn.Config(
        app, log_config=None, access_log=False, ws="none", lifespan="off",
        timeout_graceful_shutdown=1,
    )  # fmt: skip
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        while not server.started:
            await asyncio.sleep(0.01)
        yield
    finally:
        server.should_exit = True
        await task


def _bearer(node: Node) -> dict[str, str]:
    return {"Authorization": f"Bearer {owner_token(node.settings.home)}"}


def picture(shade: int = 0, size=(48, 32)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (shade, 90, 200)).save(out, "png")
    return out.getvalue()
