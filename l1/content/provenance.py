"""Where an artwork came from: the record that every render leaves, itself content.

It names everything that another node needs to render the same bytes again and compare, and the
place in the log where the facts behind it stand.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import msgspec

from l1.content.canonical import canonical_struct
from l1.content.cid import Cid, ContentHash
from l1.errors import Refused

BYTES = 64 * 1024 * 1024
"""The largest record that is read."""

AnyCid = Annotated[Cid, msgspec.Meta(pattern=r"^(Qm[1-9A-HJ-NP-Za-km-z]{44}|b[a-z2-7]{8,})$")]
Sha3 = Annotated[ContentHash, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
Hex256 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
Place = Annotated[int, msgspec.Meta(ge=1)]


class Part(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """Base of the record and its parts: what is unknown to this schema is refused, not dropped."""


class Named(Part, frozen=True, kw_only=True):
    """Content under the name it had, by both its ids."""

    name: str
    content_hash: Sha3
    cid: AnyCid


class EffectUsed(Part, frozen=True, kw_only=True):
    """An effect, by the bytes of its implementation."""

    name: str
    version: str
    content_hash: Sha3
    cid: AnyCid


class Infrastructure(Part, frozen=True, kw_only=True):
    """What ran: `infra:artdag`, and the host as `infra:<host>`."""

    software: Named
    hardware: Named


class RecipeUsed(Part, frozen=True, kw_only=True):
    """The recipe as it was written; one made from an effect's name alone has no CID."""

    name: str
    version: str = ""
    cid: AnyCid | None = None


class AnalysisUsed(Part, frozen=True, kw_only=True):
    """What was found in an input, and by which version of the analysis."""

    name: str
    version: int
    input: AnyCid
    cid: AnyCid


class StepDone(Part, frozen=True, kw_only=True):
    """One step: what it was to do, the key it was cached under, and what came out.

    `inputs` are CIDs in order; `bound` says of parameters which of them each follows, by its index,
    and `params` hold what stays as it is. `cached` tells that an earlier run had rendered it. One that was
    rendered in one pass with others has no output; `within` is the key of the last of them. What
    one `follows` in such a pass is its first input, and named by its key, since it has no CID.
    """

    id: str
    node: str
    version: int | str
    key: Hex256
    inputs: tuple[AnyCid, ...]
    output: AnyCid | None = None
    params: Mapping[str, Any] = msgspec.field(default_factory=dict)
    bound: Mapping[str, int] = msgspec.field(default_factory=dict)
    cached: bool = False
    within: Hex256 | None = None
    follows: Hex256 | None = None

    def __post_init__(self) -> None:
        if (self.output is None) == (self.within is None):
            raise ValueError("a step has an `output`, or is rendered `within` another")


class LogRange(Part, frozen=True, kw_only=True):
    """The positions of the run's facts and the root of the log's tree over its first `size`."""

    first: Place
    last: Place
    size: Place
    root: Hex256

    def __post_init__(self) -> None:
        if not self.first <= self.last <= self.size:
            raise ValueError("expected first <= last <= size")


class Provenance(Part, frozen=True, kw_only=True):
    """The record of one render.

    `task_id` is the id of the run's first job. `rendered_by` is `@user@domain`. `profile` names
    the render profile; where `deterministic`, rendering again gives the same bytes. `tools` are
    the versions of the libraries that decoded and encoded. `log` is absent only until the facts
    are sealed.
    """

    task_id: str
    rendered_at: Annotated[datetime, msgspec.Meta(tz=True)]
    rendered_by: Annotated[str, msgspec.Meta(pattern=r"^@[^@\s]+@[^@\s]+$")]
    output: Named
    inputs: tuple[Named, ...]
    effects: tuple[EffectUsed, ...]
    infrastructure: Infrastructure
    run_id: str
    run_key: Hex256
    recipe: RecipeUsed
    plan_id: Hex256
    plan_cid: AnyCid
    profile: str
    deterministic: bool
    schema: Literal[1]
    params: Mapping[str, Any] = msgspec.field(default_factory=dict)
    analyses: tuple[AnalysisUsed, ...] = ()
    steps: tuple[StepDone, ...] = ()
    tools: Mapping[str, str] = msgspec.field(default_factory=dict)
    log: LogRange | None = None

    def __post_init__(self) -> None:
        if self.rendered_at.utcoffset() is None:
            raise ValueError("`rendered_at` has no time zone")

    def to_json(self) -> bytes:
        """Write it canonically, times in UTC, ready to be stored as content.

        Raises `NotCanonical` when a parameter has no canonical form.
        """
        when = self.rendered_at.astimezone(UTC)
        return canonical_struct(msgspec.structs.replace(self, rendered_at=when))

    @classmethod
    def from_json(cls, data: bytes) -> "Provenance":
        """Read a record. Raises `Refused` for anything else, and for one not in canonical form."""
        if len(data) > BYTES:
            raise Refused(f"a provenance record has at most {BYTES} bytes", code="bad_provenance")
        try:
            record = msgspec.json.decode(data, type=cls)
            same = record.to_json() == data
        except (msgspec.DecodeError, ValueError, OverflowError, RecursionError) as error:
            raise Refused(f"not a provenance record: {error}", code="bad_provenance") from None
        if not same:
            message = "the provenance record is not in canonical form, so its CID proves nothing"
            raise Refused(message, code="bad_provenance")
        return record
