"""What an effect's file says of itself, read without running it."""

import contextlib
import textwrap
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from l1.dag.effect_file import BYTES, read_effect
from l1.dag.effect_params import checked, params_type, plain_values
from l1.dag.params import normalise
from l1.errors import Refused

TAGS = '''
    # /// script
    # requires-python = ">=3.11"
    # dependencies = ["numpy>=1.26"]
    # ///
    """Glow.

    @effect glow
    @version 1.2
    @author @ada@example.org
    @temporal yes
    @description Makes bright things
      brighter
    @param amount float
      @range 0 4
      @default 1.50
      How much
    @param rows int (@range 1 9, @default 2) how many
    @param mode choice
      @choices add, screen
      @default add
    @param on bool
      @default true
    @param label str
    @example
      nothing of this counts
    """
    raise SystemExit("nobody runs this")
    def process_frame(frame, params, state): ...
'''
META = """
    from artdag.effects import EffectMeta, ParamSpec
    META = EffectMeta(
        name="glow", version="1.2", author="@ada@example.org", temporal=True,
        description="Makes bright things brighter",
        params=[
            ParamSpec("amount", float, 1.5, (0, 4), "How much"),
            ParamSpec("rows", "int", default=2, range=[1, 9], description="how many"),
            ParamSpec("mode", "choice", choices=["add", "screen"], default="add"),
            ParamSpec("on", "bool", default=True),
            ParamSpec(name="label", type=str),
        ],
    )
    def process_frame(frame, params, state): ...
"""
BODY = "\ndef process_frame(frame, params, state): ...\n"


def read(text):
    return read_effect(textwrap.dedent(text).lstrip().encode(), file="glow.py")


def tagged(*tags):
    return read('"""\n@effect e\n' + "\n".join(tags) + '\n"""' + BODY)


def refusal(call, *given):
    with pytest.raises(Refused) as refused:
        call(*given)
    assert refused.value.code == "bad_effect"
    return refused.value.message


def test_tags_of_a_docstring_are_read():
    glow = read(TAGS)
    assert (glow.name, glow.version, glow.temporal, glow.form) == (
        "glow",
        "1.2",
        True,
        "process_frame",
    )
    assert (glow.author, glow.description) == ("@ada@example.org", "Makes bright things brighter")
    assert [(one.name, one.type) for one in glow.params] == [
        ("amount", "float"),
        ("rows", "int"),
        ("mode", "str"),
        ("on", "bool"),
        ("label", "str"),
    ]


def test_the_same_said_as_meta_has_the_same_parameters():
    tags, meta = read(TAGS), read(META)
    assert (tags.name, tags.version, tags.author) == (meta.name, meta.version, meta.author)
    given = {"label": "x", "amount": "2.0"}
    for file in (tags, meta):
        params = checked(file.name, file.params, given)
        assert normalise(params) == {"label": "x", "amount": "2"}
        assert plain_values(params) == {
            "amount": 2.0,
            "rows": 2,
            "mode": "add",
            "on": True,
            "label": "x",
        }


def test_a_default_that_is_given_is_left_out_of_what_is_hashed():
    declared = read(TAGS).params
    assert normalise(
        checked("glow", declared, {"label": "x", "amount": Decimal("1.5"), "rows": 2})
    ) == {"label": "x"}
    assert params_type(declared) is params_type(read(TAGS).params)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"label": "x", "amount": 5}, "Expected a number <= 4"),
        ({"label": "x", "rows": 0}, "Expected `int` >= 1"),
        ({"label": "x", "mode": "mul"}, "one of add, screen"),
        ({"label": "x", "amuont": 1}, "did you mean 'amount'"),
        ({}, "label"),
    ],
)
def test_a_parameter_is_checked_like_that_of_any_node(given, said):
    with pytest.raises(Refused) as refused:
        checked("glow", read(TAGS).params, given)
    assert said in refused.value.message
    assert refused.value.code == "bad_parameter"


@pytest.mark.parametrize(
    ("tags", "said"),
    [
        (["@param a float", "@range 2 1"], "glow.py:3: the range of 'a' ends before it begins"),
        (["@param a float", "@range 0 1", "@default 2"], "the default of 'a'"),
        (["@param a int", "@range 0 1", "@default 2"], "glow.py:3: the default of 'a'"),
        (["@param a int", "@default two"], "'two' is no int"),
        (["@param a float", "@default nan"], "'nan' is no float"),
        (["@param a colour"], "glow.py:3: @param says a name and a type"),
        (["@param a str", "@range 0 1"], "'a' is no number and has no range"),
        (["@param a int", "@choices 1 2"], "has choices, so its type is str"),
        (["@param a int", "@param a int"], "declared twice"),
        (["@param lambda int"], "cannot be the name"),
        (["@param cid str"], "cannot be the name"),
        (["@param __class__ str"], "cannot be the name"),
        (["@rnage 0 1"], "glow.py:3: there is no tag @rnage"),
        (["@range 0 1"], "belongs to a @param"),
        (["@effect e"], "said twice"),
        (["@author \\x1b]0;me"], "its author holds a control character"),
        (["@param a str", "\\u202e"], "'a' holds a control character"),
        (["@temporal perhaps"], "true or false"),
        ([f"@version {'1' * 65}"], "version is longer"),
        ([f"@param p{n} int" for n in range(65)], "65 parameters"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_line(tags, said):
    assert said in refusal(tagged, *tags)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def process_frame(a, b, c):\n  return (", "glow.py:2: it is no Python"),
        ('"""@effect e"""', "it defines process_frame"),
        ('"""@effect e"""\ndef process(a, b): ...', "glow.py:2: process takes 4 arguments"),
        ('"""@effect e"""\nasync def process_frame(a, b, c): ...', "it defines process_frame"),
        (BODY, "its name is missing"),
        ('"""@effect ../e"""' + BODY, "its name is missing"),
        (
            'META = EffectMeta(name=open("/etc/passwd").read())' + BODY,
            "only values that are written",
        ),
        ("META = make()" + BODY, "EffectMeta(...) is wanted here"),
        ("META = EffectMeta(nmae='e')" + BODY, "no part 'nmae'"),
        (
            '# /// script\n# dependencies = ["numpy", "requests"]\n# ///\n"""@effect e"""' + BODY,
            "glow.py:1: it depends on 'requests'",
        ),
        ('# /// script\n# dependencies = [\n# ///\n"""@effect e"""' + BODY, "no TOML"),
        (
            '# /// script\n# requires-python = ">=4.0"\n# ///\n"""@effect e"""' + BODY,
            "needs Python",
        ),
    ],
)
def test_a_file_that_is_no_effect_is_refused(text, said):
    assert said in refusal(read, text)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 20_000,
        "-" * 50_000 + "1",
        "a" + ".b" * 50_000,
        "not " * 30_000 + "1",
        "x=" * 30_000 + "1",
        "f'" + "{f'" * 500,
        "1" * 100_000,
        "\0",
        "# /// script\n# a = 1\n" * 11_000,
        "# /// script\n# a = " + "[" * 50_000 + "\n# ///\n",
    ],
)
def test_python_that_is_made_to_break_a_reader_is_refused(text):
    refusal(read, text)


def test_what_is_too_long_or_no_text_is_refused():
    assert "the most is" in refusal(read_effect, b"#" * (BYTES + 1))
    assert "UTF-8" in refusal(read_effect, b"\xff")


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet='@"\n ()#=,01.ab', max_size=60), st.text(max_size=40))
def test_any_text_is_read_or_refused(tags, rest):
    with contextlib.suppress(Refused):
        read_effect(f'"""@effect e\n{tags}\n"""\n{rest}{BODY}'.encode(errors="replace"))
