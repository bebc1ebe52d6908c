"""Writes the golden facts that are missing. What is there is never overwritten: logs hold it."""

from tests.conformance import golden
from tests.events.facts import KINDS


def main() -> None:
    for cls in KINDS.values():
        if not golden.path_of(cls).exists():
            print(golden.write(cls))


if __name__ == "__main__":
    main()
