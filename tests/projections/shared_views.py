"""Views that another process finds here: they tell who built them, or stop it."""

import os

from l1.events.event import Placed
from l1.events.run import RunCancelled, RunDiscarded
from l1.projections.projection import Projection, Rows, Table

BUILDER = Table(name="builder", key=("run_id",), columns={"run_id": "text", "pid": "bigint"})
BUILT_BY = Projection(name="built_by", version=1, tables=(BUILDER,))
STOPPING = Projection(name="stopping", version=1, tables=(BUILDER,))


class Poisoned(Exception):
    """Cannot be made from what it keeps, so no other process can read it as it is."""

    def __init__(self, *, run_id: str) -> None:
        super().__init__(f"run {run_id} is poison", run_id)


@BUILT_BY.on(RunCancelled)
def built_by(rows: Rows, recorded: Placed, fact: RunCancelled) -> None:
    del recorded
    rows.merge(BUILDER, run_id=fact.run_id, pid=os.getpid())


@STOPPING.on(RunDiscarded)
def stopping(rows: Rows, recorded: Placed, fact: RunDiscarded) -> None:
    del rows, recorded
    if fact.run_id == "poison":
        raise LookupError(f"no good: {fact.run_id}")
    if fact.run_id == "strange":
        raise Poisoned(run_id=fact.run_id)
    os._exit(3)
