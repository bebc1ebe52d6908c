"""Runs the command as a person does: a process of its own, a home of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from tests.embedded.living import living_in

ROOT = Path(__file__).parent.parent.parent
TIMEOUT = 180


class Home:
    """One home, and the commands run in it."""

    def __init__(self, folder: Path, *, uid: int | None = None, python: str = sys.executable):
        self.folder = folder
        self._uid = uid
        self._python = python

    def start(self, *words: object, env: Mapping[str, str] | None = None, **how):
        """Start a command; its output is there to be read."""
        site = Path(__import__("asyncpg").__file__).parent.parent
        return subprocess.Popen(
            [self._python, "-m", "l1.cli", *map(str, words)],
            cwd="/",
            env={
                "PATH": os.defpath,
                "HOME": str(self.folder),
                "ARTDAG_HOME": str(self.folder),
                "PYTHONPATH": f"{ROOT}:{site}",
                "PYTHONDONTWRITEBYTECODE": "1",
                **(env or {}),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            user=self._uid,
            group=self._uid,
            extra_groups=None if self._uid is None else [],
            **how,
        )

    def run(self, *words: object, code: int = 0, env: Mapping[str, str] | None = None):
        """Run a command to its end and give what it printed, as JSON where it is."""
        process = self.start(*words, env=env)
        out, err = process.communicate(timeout=TIMEOUT)
        assert process.returncode == code, f"{words}: {process.returncode}\n{out}\n{err}"
        with suppress(json.JSONDecodeError):
            return json.loads(out)
        return out

    @property
    def processes(self) -> list[int]:
        """What still works in this home."""
        return living_in(self.folder)
