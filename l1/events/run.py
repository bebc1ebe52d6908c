"""Facts about runs."""

from collections.abc import Mapping
from typing import ClassVar

import msgspec

from l1.content.cid import Cid
from l1.events.event import Event, Sealed


class RunRequested(Event, frozen=True, kw_only=True):
    """Somebody asked for a recipe to be rendered.

    `recipe` names the recipe's canonical form in the store, `recipe_text` the text that it was
    written in, if there is one, `fixed` the content that it names itself. `waits_for` are the
    probe executions that must end before the run can be planned. A run that `verifies` content
    uses no result of another run: it renders everything again, or of a long film only a `sample`
    of so many segments.
    """

    kind: ClassVar[str] = "run.requested"
    run_id: str
    recipe: Cid
    recipe_name: str
    recipe_text: Cid = Cid("")
    inputs: Mapping[str, Cid]
    owner: str
    output_name: Sealed = Sealed("")
    fixed: tuple[Cid, ...] = ()
    waits_for: tuple[str, ...] = ()
    retry_of: str = ""
    verifies: Cid = Cid("")
    sample: int = 0

    def stream(self) -> str:
        return f"run-{self.run_id}"

    def tags(self) -> tuple[str, ...]:
        named = (*self.inputs.values(), *self.fixed, self.recipe, self.recipe_text)
        return (f"run:{self.run_id}", *(f"cid:{cid}" for cid in named if cid))


class RunPlanned(Event, frozen=True, kw_only=True):
    """The run's plan is made; what it needs and what it found stand in the facts before this."""

    kind: ClassVar[str] = "run.planned"
    run_id: str
    plan: Cid
    plan_id: str
    run_key: str
    output_key: str
    steps: int
    cached: int
    levels: int

    def stream(self) -> str:
        return f"run-{self.run_id}"

    def tags(self) -> tuple[str, ...]:
        return (f"run:{self.run_id}", f"cid:{self.plan}")


class PlannedStep(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A step that has to be executed. `spec` is the preimage of its key, and all it needs."""

    id: str
    key: str
    queue: str
    level: int
    inputs: tuple[str, ...]
    spec: Mapping[str, object]


class StepPlanned(Event, frozen=True, kw_only=True):
    """Up to a thousand steps that a run needs executed, inputs before those who use them."""

    kind: ClassVar[str] = "step.planned"
    run_id: str
    steps: tuple[PlannedStep, ...]
    retry: bool = False

    def stream(self) -> str:
        return f"run-{self.run_id}"


class CachedStep(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A step whose result was there already."""

    id: str
    key: str
    node: str
    level: int
    output: Cid


class StepCached(Event, frozen=True, kw_only=True):
    """Up to a thousand steps of a run that were found in the cache."""

    kind: ClassVar[str] = "step.cached"
    run_id: str
    steps: tuple[CachedStep, ...]

    def stream(self) -> str:
        return f"run-{self.run_id}"


class ElidedStep(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A step without a result of its own: it is rendered within the one whose key is `within`."""

    id: str
    key: str
    node: str
    level: int
    within: str


class StepElided(Event, frozen=True, kw_only=True):
    """Up to a thousand steps of a run that are rendered within others."""

    kind: ClassVar[str] = "step.elided"
    run_id: str
    steps: tuple[ElidedStep, ...]

    def stream(self) -> str:
        return f"run-{self.run_id}"


class RunCompleted(Event, frozen=True, kw_only=True):
    """The run's output is there, with its provenance."""

    kind: ClassVar[str] = "run.completed"
    run_id: str
    output: Cid
    provenance: Cid

    def stream(self) -> str:
        return f"run-{self.run_id}"

    def tags(self) -> tuple[str, ...]:
        return (f"run:{self.run_id}", f"cid:{self.output}", f"cid:{self.provenance}")


class RunFailed(Event, frozen=True, kw_only=True):
    """The run cannot reach its output. `code` and `message` say why."""

    kind: ClassVar[str] = "run.failed"
    run_id: str
    code: str
    message: str

    def stream(self) -> str:
        return f"run-{self.run_id}"

    def tags(self) -> tuple[str, ...]:
        return (f"run:{self.run_id}",)


class RunCancelled(Event, frozen=True, kw_only=True):
    """Somebody stopped the run."""

    kind: ClassVar[str] = "run.cancelled"
    run_id: str

    def stream(self) -> str:
        return f"run-{self.run_id}"

    def tags(self) -> tuple[str, ...]:
        return (f"run:{self.run_id}",)


class RunDiscarded(Event, frozen=True, kw_only=True):
    """The run was thrown away; `freed` was deleted with it."""

    kind: ClassVar[str] = "run.discarded"
    run_id: str
    freed: tuple[Cid, ...] = ()

    def stream(self) -> str:
        return f"run-{self.run_id}"

    def tags(self) -> tuple[str, ...]:
        return (f"run:{self.run_id}",)
