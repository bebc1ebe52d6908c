"""Processes that a benchmark starts, and ends."""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence


@contextlib.asynccontextmanager
async def python(
    arguments: Sequence[str], environment: Mapping[str, str], *, ready: str = ""
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a Python program; wait for its line `ready` first, end it by SIGTERM at last."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        env={**os.environ, **environment},
        stdout=asyncio.subprocess.PIPE if ready else asyncio.subprocess.DEVNULL,
    )
    try:
        if ready:
            assert process.stdout is not None
            line = await asyncio.wait_for(process.stdout.readline(), 60)
            assert line.decode().strip() == ready, line
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), 20)
        except TimeoutError:
            process.kill()
            await process.wait()
