from tests.running.fixtures import node
from tests.storm import storming

__all__ = ["node"]


def pytest_terminal_summary(terminalreporter):
    if storming.FIGURES:
        terminalreporter.write_line(storming.table())
