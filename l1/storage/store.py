"""What every place that keeps content can do. Calls block; `ContentStore` is their async face."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from l1.content.cid import Cid
from l1.content.identity import Identity


class Store(Protocol):
    """A place for content, named by CID. What it accepted is durable."""

    def put_file(self, path: Path, *, expected: Cid | None = None) -> Identity:
        """Keep a copy of a file; `Refused` (`wrong_cid`) if it is not the expected content."""
        ...

    def pieces(self, cid: Cid) -> Iterator[bytes]:
        """Read content in order; `NotFound` if it is not here."""
        ...

    def has(self, cid: Cid) -> bool:
        """Tell whether the content is here."""
        ...

    def size(self, cid: Cid) -> int:
        """Give its size in bytes; `NotFound` if it is not here."""
        ...

    def delete(self, cid: Cid) -> bool:
        """Remove the content; False if it was not here."""
        ...
