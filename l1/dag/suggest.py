"""What somebody may have meant."""

import difflib
from collections.abc import Iterable

SHOWN = 12
"""How many known names a message lists at most."""

LONGEST = 80
"""Longer names are neither compared nor shown."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Answer the end of a sentence: the nearest known names, or the few that exist, or nothing."""
    names = sorted(name for name in set(known) if len(name) <= LONGEST)
    near = difflib.get_close_matches(word[:LONGEST], names[:2000], n=3, cutoff=0.65)
    folded = [name for name in names if name.casefold() == word.casefold()]
    if near or folded:
        return f"; did you mean {_either(list(dict.fromkeys(folded + near)))}?"
    if not names:
        return "; there are none"
    if len(names) <= SHOWN:
        return f"; known: {', '.join(names)}"
    return ""


def nearest(word: str, known: Iterable[str]) -> str:
    """Answer the known name that `word` is most likely a slip for; nothing when it is none."""
    return next(iter(difflib.get_close_matches(word[:LONGEST], list(known), n=1, cutoff=0.65)), "")


def _either(names: list[str]) -> str:
    quoted = [f"'{name}'" for name in names]
    return " or ".join(filter(None, [", ".join(quoted[:-1]), quoted[-1]]))
