"""Texts that are sent in."""

from l1.errors import Refused


class SmallText:
    """Takes a text as it arrives, and no more of it than it may have.

    A request that is sent in chunks does not say beforehand how long it is.
    """

    def __init__(self, what: str, most: int) -> None:
        self.data = bytearray()
        self._what = what
        self._most = most

    async def write(self, chunk: bytes) -> None:
        """Take the next bytes; `Refused` (`too_large`) beyond the limit."""
        self.data += chunk
        if len(self.data) > self._most:
            message = f"{self._what} has at most {self._most} bytes"
            raise Refused(message, code="too_large", limit=self._most)
