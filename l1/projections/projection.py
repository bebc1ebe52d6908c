"""What a view is: its tables, its version, and how facts change its rows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from l1.events.event import Event, Recorded

E = TypeVar("E", bound=Event)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A derived table. `columns` maps names to SQL types, `key` is the primary key."""

    name: str
    key: tuple[str, ...]
    columns: Mapping[str, str]
    indexes: tuple[str, ...] = ()

    def ddl(self, schema: str) -> str:
        """Write the table without its key and indexes, ready to be filled."""
        columns = ", ".join(f"{name} {kind}" for name, kind in self.columns.items())
        return f"create table {schema}.{self.name} ({columns})"

    def index_ddl(self, schema: str) -> str:
        """Write the key and the indexes."""
        key = f"alter table {schema}.{self.name} add primary key ({', '.join(self.key)})"
        indexes = [f"create index on {schema}.{self.name} {index}" for index in self.indexes]
        return ";".join([key, *indexes])


class Rows:
    """Changes to derived rows, gathered in memory until they are written.

    A fold only ever merges: the columns it names get new values, the others, and those it gives
    None, keep theirs, and a row that is not there begins. It never reads, so one fold serves live
    and rebuild alike.
    """

    def __init__(self) -> None:
        self.changed: dict[str, dict[tuple[Any, ...], dict[str, Any]]] = {}
        self.count = 0

    def merge(self, table: Table, **columns: Any) -> None:
        """Give a row, named by its key columns, new values."""
        rows = self.changed.setdefault(table.name, {})
        key = tuple([columns[name] for name in table.key])
        row = rows.get(key)
        if row is None:
            rows[key] = columns
            self.count += 1
        else:
            row.update((name, value) for name, value in columns.items() if value is not None)


Fold = Callable[[Rows, Recorded, Any], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Projection:
    """A view. Raise `version` when tables or folds change, and it is rebuilt beside the old one."""

    name: str
    version: int
    tables: tuple[Table, ...]
    folds: dict[type[Event], Callable[[Rows, Recorded, Any], None]] = field(default_factory=dict)

    def on(
        self, kind: type[E]
    ) -> Callable[[Callable[[Rows, Recorded, E], None]], Callable[[Rows, Recorded, E], None]]:
        """Register the fold of one kind of fact."""

        def register(
            fold: Callable[[Rows, Recorded, E], None],
        ) -> Callable[[Rows, Recorded, E], None]:
            self.folds[kind] = fold
            return fold

        return register

    def fold(self, rows: Rows, recorded: Recorded) -> None:
        """Let one fact change the rows."""
        fold = self.folds.get(type(recorded.event))
        if fold is not None:
            fold(rows, recorded, recorded.event)

    @property
    def schema(self) -> str:
        """Name the Postgres schema that holds the tables."""
        return f"view_{self.name}"
