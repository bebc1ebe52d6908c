"""What each command says of itself. Run this file to write down what they say now."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from l1.cli import artdag

GOLDEN = Path(__file__).parent / "help"


def paths(group: click.Group = artdag, above: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """The words of every command and group, that of the root being none."""
    found = [above]
    with click.Context(group) as ctx:
        for name in group.list_commands(ctx):
            command = group.get_command(ctx, name)
            inside = isinstance(command, click.Group)
            found += paths(command, (*above, name)) if inside else [(*above, name)]
    return found


def help_of(words: tuple[str, ...]) -> str:
    done = CliRunner().invoke(
        artdag, [*words, "--help"], prog_name="artdag", terminal_width=80, catch_exceptions=False
    )
    assert done.exit_code == 0
    return done.stdout


def golden(words: tuple[str, ...]) -> Path:
    return GOLDEN / f"{'-'.join(('artdag', *words))}.txt"


@pytest.mark.parametrize("words", paths(), ids=" ".join)
def test_the_help_is_as_written_down(words):
    assert help_of(words) == golden(words).read_text(), f"run: python -m {__name__}"


def test_no_help_is_left_of_a_command_that_is_gone():
    assert set(GOLDEN.iterdir()) == {golden(words) for words in paths()}


@pytest.mark.parametrize("words", [words for words in paths() if words], ids=" ".join)
def test_every_command_that_prints_data_prints_it_as_json_too(words):
    plain = {("events",), ("projections",), ("events", "tail"), ("serve",), ("worker",)}
    plain |= {("test",), ("bench",), ("storage",), ("recipe",), ("effect",)}
    assert ("--json" in help_of(words)) == (words not in plain)


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for file in GOLDEN.iterdir():
        file.unlink()
    for words in paths():
        golden(words).write_text(help_of(words))
