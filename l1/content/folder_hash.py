"""The hash of a folder, as the first registry of effects named its effects."""

import hashlib
from collections.abc import Mapping

from l1.content.cid import ContentHash


def folder_hash(files: Mapping[str, bytes]) -> ContentHash:
    """Hash the files of a folder, given by their paths in it (parts divided by `/`).

    It is the SHA3-256 of each path and then the file's bytes, sorted by the parts of the paths,
    without anything in between.
    """
    made = hashlib.sha3_256()
    for path in sorted(files, key=lambda path: path.split("/")):
        made.update(path.encode())
        made.update(files[path])
    return ContentHash(made.hexdigest())
