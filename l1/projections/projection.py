"""What a view is: its tables, its version, and how facts change its rows."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, TypeVar

from l1.events.event import Event, Placed

E = TypeVar("E", bound=Event)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A derived table. `columns` maps names to SQL types, `key` is the primary key."""

    name: str
    key: tuple[str, ...]
    columns: Mapping[str, str]
    indexes: tuple[str, ...] = ()
    identify: Callable[[Mapping[str, Any]], Any] = field(init=False, repr=False, compare=False)
    blank: dict[str, Any] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "identify", itemgetter(*self.key))
        object.__setattr__(self, "blank", dict.fromkeys(self.columns))

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

    A fold only ever merges: the columns it names get new values (None is no value), the others
    keep theirs, and a row that is not there begins. It never reads, so one fold serves live and
    rebuild alike.
    """

    def __init__(self) -> None:
        self._changed: dict[str, dict[Any, dict[str, Any]]] = {}

    @property
    def count(self) -> int:
        """Tell how many rows changed."""
        return sum(map(len, self._changed.values()))

    def merge(self, table: Table, **columns: Any) -> None:
        """Give a row, named by its key columns, new values."""
        rows = self._changed.get(table.name)
        if rows is None:
            rows = self._changed[table.name] = {}
        key = table.identify(columns)
        if key in rows:
            rows[key].update([item for item in columns.items() if item[1] is not None])
            return
        # Every row has every column, in the table's order: it is written without looking.
        row = rows[key] = table.blank | columns
        if len(row) > len(table.columns):
            raise KeyError(*(columns.keys() - table.columns.keys()))

    def of(self, table: Table) -> Collection[Mapping[str, Any]]:
        """List a table's changed rows, each with every column in order."""
        return self.keyed(table).values()

    def keyed(self, table: Table) -> Mapping[Any, Mapping[str, Any]]:
        """Map the keys of a table's changed rows, as `Table.identify` tells them, to the rows."""
        return self._changed.get(table.name, {})


Fold = Callable[[Rows, Placed, Any], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Projection:
    """A view. Raise `version` when tables or folds change, and it is rebuilt beside the old one."""

    name: str
    version: int
    tables: tuple[Table, ...]
    folds: dict[type[Event], Callable[[Rows, Placed, Any], None]] = field(default_factory=dict)

    def on(
        self, kind: type[E]
    ) -> Callable[[Callable[[Rows, Placed, E], None]], Callable[[Rows, Placed, E], None]]:
        """Register the fold of one kind of fact."""

        def register(
            fold: Callable[[Rows, Placed, E], None],
        ) -> Callable[[Rows, Placed, E], None]:
            self.folds[kind] = fold
            return fold

        return register

    def fold(self, rows: Rows, recorded: Placed) -> None:
        """Let one fact change the rows."""
        fold = self.folds.get(type(recorded.event))
        if fold is not None:
            fold(rows, recorded, recorded.event)

    @property
    def schema(self) -> str:
        """Name the Postgres schema that holds the tables."""
        return f"view_{self.name}"
