import pytest

from tests.running.fixtures import node
from tests.storm import storming

__all__ = ["node"]


def pytest_collection_modifyitems(items):
    for item in items:
        item.add_marker(pytest.mark.storm)


def pytest_terminal_summary(terminalreporter):
    if storming.FIGURES:
        terminalreporter.write_line(storming.table())
