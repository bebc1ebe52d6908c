"""An effect that somebody sends in: one Python file, read here without running a line of it.

It says what it is in tags of its docstring, or in `META = EffectMeta(...)`:

    @effect glow
    @version 1.2
    @author @ada@example.org
    @temporal false
    @description Makes bright things brighter
    @param amount float
      @range 0 4
      @default 1
      How much

and defines either `process_frame(frame, params, state)` or
`process(inputs, output, params, ctx)`. What it depends on stands in a block of inline script
metadata (PEP 723); that can be NumPy and nothing else.
"""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from itertools import groupby
from typing import Any, Literal

import msgspec

from l1.dag.effect_meta import read_meta
from l1.dag.effect_params import BadEffect, EffectParam, params_type
from l1.dag.effect_tags import Said, read_tags
from l1.errors import Refused

BYTES = 256 * 1024
"""The most bytes an effect's file has."""

Form = Literal["process_frame", "process"]
_ARGUMENTS: dict[Form, int] = {"process_frame": 3, "process": 4}
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_LONGEST = {"version": 64, "author": 200, "description": 2000}
_TRUTHS = {"": False, "false": False, "no": False, "true": True, "yes": True}
_BEGINS, _ENDS = "# /// script", "# ///"
_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)")
_AT_LEAST = re.compile(r">=\s*(\d+)\.(\d+)(?:\.\d+)*")


class EffectFile(msgspec.Struct, frozen=True, kw_only=True):
    """What an effect's file says of itself.

    `form` is the function that it defines; a `temporal` effect looks at more than one picture.
    """

    name: str
    version: str
    author: str
    description: str
    temporal: bool
    form: Form
    params: tuple[EffectParam, ...]


def read_effect(data: bytes, *, file: str = "effect.py") -> EffectFile:
    """Read what a file says of itself. Raises `Refused` (`bad_effect`), naming file and line."""
    try:
        text = _text(data)
        tree = _parsed(text)
        _check_script(text)
        form = _form(tree)
        said = read_meta(tree) or read_tags(*_docstring(tree))
        return _made(said, form)
    except BadEffect as bad:
        place = f"{file}:{bad.line}" if bad.line else file
        raise Refused(f"{place}: {bad.said}", code="bad_effect", line=bad.line) from None


def _text(data: bytes) -> str:
    if len(data) > BYTES:
        raise BadEffect(f"{len(data)} bytes; the most is {BYTES}")
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise BadEffect("it is not UTF-8") from None


def _parsed(text: str) -> ast.Module:
    try:
        return ast.parse(text)
    except SyntaxError as error:
        raise BadEffect(f"it is no Python: {error.msg}", error.lineno or 0) from None
    except (ValueError, RecursionError, MemoryError) as error:
        said = str(error) or "it nests too deep"
        raise BadEffect(f"it is no Python that can be read: {said}") from None


def _check_script(text: str) -> None:
    """Refuse what depends on more than NumPy, or on another Python."""
    blocks = list(_blocks(text))
    if len(blocks) > 1:
        raise BadEffect("it has more than one block of script metadata", blocks[1][0])
    for line, block in blocks:
        try:
            said: dict[str, Any] = tomllib.loads(block)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            raise BadEffect(f"its script metadata is no TOML: {error}", line) from None
        _check_wants(said, line)


def _blocks(text: str) -> Iterator[tuple[int, str]]:
    """Give the blocks of script metadata, each with its line.

    One begins with a line of its own, and ends with the last such line of the comment it is in.
    """
    lines = enumerate(text.splitlines(), 1)
    for comment, group in groupby(lines, key=lambda line: line[1] == "#" or line[1][:2] == "# "):
        found = list(group) if comment else []
        written = [line for _, line in found]
        if _BEGINS not in written or _ENDS not in written:
            continue
        first = written.index(_BEGINS)
        last = len(written) - 1 - written[::-1].index(_ENDS)
        if first < last:
            yield found[first][0], "\n".join(line[2:] for line in written[first + 1 : last])


def _check_wants(said: dict[str, Any], line: int) -> None:
    wanted = said.get("dependencies", [])
    for each in wanted if isinstance(wanted, list) else [wanted]:
        name = _REQUIREMENT.match(str(each))
        if name is None or name[1].lower() != "numpy":
            message = f"it depends on '{each}'; an effect has NumPy and the standard library"
            raise BadEffect(message, line)
    python = str(said.get("requires-python", ""))
    least = _AT_LEAST.search(python)
    if least and (int(least[1]), int(least[2])) > sys.version_info[:2]:
        raise BadEffect(
            f"it needs Python {python}; this is {sys.version_info[0]}.{sys.version_info[1]}", line
        )


def _form(tree: ast.Module) -> Form:
    """Find the function that it defines."""
    found: list[Form] = []
    for node in tree.body:
        match node:
            case ast.FunctionDef(name="process_frame" | "process" as name, args=taken):
                wanted = _ARGUMENTS[name]
                count = len(taken.posonlyargs) + len(taken.args)
                needed = count - len(taken.defaults)
                if not taken.vararg and not needed <= wanted <= count:
                    raise BadEffect(f"{name} takes {wanted} arguments", node.lineno)
                found.append(name)
    if len(set(found)) != 1:
        raise BadEffect(
            "it defines process_frame(frame, params, state) or "
            "process(inputs, output, params, ctx), one of them"
        )
    return found[0]


def _docstring(tree: ast.Module) -> tuple[str, int]:
    match tree.body:
        case [ast.Expr(value=ast.Constant(value=str(text), lineno=line)), *_]:
            return text, line
    return "", 1


def _made(said: Said, form: Form) -> EffectFile:
    texts = {key: " ".join(text.split()) for key, text in said.texts.items()}
    for key, text in texts.items():
        if not text.isprintable():
            raise BadEffect(f"its {key} holds a control character: leave it out")
    name = texts.get("effect", "")
    if not _NAME.fullmatch(name):
        raise BadEffect(
            "its name is missing, or is not of small letters, digits, - and _: say `@effect my-name` "
            "in its docstring"
        )
    for key, most in _LONGEST.items():
        if len(texts.get(key, "")) > most:
            raise BadEffect(f"its {key} is longer than {most} characters")
    temporal = texts.get("temporal", "").lower()
    if temporal not in _TRUTHS:
        raise BadEffect("`temporal` is true or false")
    declared = said.declared()
    params_type(declared)
    return EffectFile(
        name=name,
        version=texts.get("version") or "1",
        author=texts.get("author", ""),
        description=texts.get("description", ""),
        temporal=_TRUTHS[temporal],
        form=form,
        params=declared,
    )
