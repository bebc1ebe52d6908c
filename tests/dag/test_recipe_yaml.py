"""Recipes as people write them, and what is said when they slip."""

from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from l1.dag.marked_yaml import BYTES, DEPTH
from l1.dag.recipe import Recipe, RecipeInput, RecipeStep
from l1.dag.recipe_yaml import read_recipe
from l1.errors import Refused
from tests.dag.nodes import BEAT_SYNC, NODES


def refusal(data, nodes=NODES, **more):
    if isinstance(data, str):
        data = data.encode()
    with pytest.raises(Refused) as caught:
        read_recipe(data, nodes, **more)
    return caught.value


def altered(old, new):
    assert old in BEAT_SYNC.decode()
    return BEAT_SYNC.decode().replace(old, new)


def test_the_documented_recipe_is_read():
    assert read_recipe(BEAT_SYNC, NODES) == Recipe(
        name="beat-sync",
        version="1.0",
        description="Synchronize video to audio beats",
        inputs={
            "video": RecipeInput(kinds=("video",), description="Source video"),
            "audio": RecipeInput(kinds=("audio",), description="Audio track"),
        },
        steps=(
            RecipeStep(
                id="analyze_audio",
                type="ANALYZE",
                config={"features": ["beats", "energy"]},
                inputs=("audio",),
            ),
            RecipeStep(
                id="sync_video",
                type="BEAT_SYNC",
                config={"mode": "stretch"},
                inputs=("video", "analyze_audio"),
            ),
        ),
        output="sync_video",
    )


def test_short_forms_of_inputs_are_read():
    recipe = read_recipe(
        b"name: n\ninputs:\n  a: video\n  b: {type: [audio, video], optional: true}\n  c:\n"
        b"  d: {type: any, default: bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku}\n"
        b"steps: [{id: s, type: IDENTITY, inputs: a}]\noutput: s\n"
    )
    assert recipe.inputs == {
        "a": RecipeInput(kinds=("video",)),
        "b": RecipeInput(kinds=("audio", "video"), optional=True),
        "c": RecipeInput(),
        "d": RecipeInput(default="bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"),
    }
    assert recipe.steps[0].inputs == ("a",)
    listed = read_recipe(
        b"name: n\ninputs: [a, b]\nsteps: [{id: s, type: T, inputs: [b]}]\noutput: s"
    )
    assert list(listed.inputs) == ["a", "b"]


def test_scalars_mean_what_they_look_like():
    text = """
name: n
version: 1.10
steps:
  - id: s
    type: T
    config: {a: 1, b: 0.10, c: on, d: "12", e: true, f: , g: 2026-01-01, h: 1:30, i: !!str 5, j: 010, k: 1e3}
output: s
"""
    recipe = read_recipe(text.encode())
    assert recipe.version == "1.10"
    assert recipe.steps[0].config == {
        "a": 1,
        "b": Decimal("0.10"),
        "c": "on",
        "d": "12",
        "e": True,
        "g": "2026-01-01",
        "h": "1:30",
        "i": "5",
        "j": 10,
        "k": Decimal(1000),
    }


def test_aliases_stand_for_what_they_name():
    recipe = read_recipe(
        b"name: n\nsteps:\n  - {id: a, type: T, config: &c {x: [1, 2]}}\n"
        b"  - {id: b, type: T, config: *c, inputs: [a]}\noutput: b"
    )
    assert recipe.steps[1].config == {"x": [1, 2]}


def test_an_unknown_node_type_is_named_with_its_place_and_what_was_perhaps_meant():
    error = refusal(altered("type: BEAT_SYNC", "type: BEATSYNC"))
    assert error.message == (
        "recipe.yaml:18:11: steps.1.type: there is no node type 'BEATSYNC'; "
        "did you mean 'BEAT_SYNC'?"
    )
    assert error.code == "unknown_type"
    assert error.facts == {"line": 18, "column": 11, "place": "steps.1.type"}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "output: sync_video",
            "output: sync_vide",
            "22:9: output: there is no step 'sync_vide'; did you mean 'sync_video'?",
        ),
        ("output: sync_video\n", "", "1:1: output: missing"),
        ("output: sync_video", "output: video", "22:9: output: 'video' is an input; name a step"),
        (
            "[video, analyze_audio]",
            "[vidio, analyze_audio]",
            "19:14: steps.1.inputs.0: there is no 'vidio'; did you mean 'video'?",
        ),
        (
            "id: sync_video",
            "id: analyze_audio",
            "17:9: steps.1.id: duplicate id 'analyze_audio': steps.0 has it already",
        ),
        (
            "id: sync_video",
            "id: video",
            "17:9: steps.1.id: duplicate id 'video': an input has that name already",
        ),
        (
            "inputs: [audio]",
            "inputs: [sync_video]",
            "12:5: steps.0: a cycle: analyze_audio -> sync_video -> analyze_audio",
        ),
        (
            "inputs: [audio]",
            "inputs: [analyze_audio]",
            "12:5: steps.0: a cycle: analyze_audio -> analyze_audio",
        ),
        (
            "    config:\n      mode",
            "    confg:\n      mode",
            "20:5: steps.1.confg: unknown key 'confg'; did you mean 'config'?",
        ),
        (
            "mode: stretch",
            "mood: stretch",
            "21:13: steps.1.config.mood: beat_sync has no parameter 'mood'; did you mean 'mode'?",
        ),
        (
            "mode: stretch",
            "mode: stretc",
            "21:13: steps.1.config.mode: beat_sync.mode: Invalid enum value 'stretc' (one of cut, stretch; default stretch)",
        ),
        ("steps:", "step:", "11:1: step: unknown key 'step'; did you mean 'steps'?"),
        (
            "type: audio",
            "type: sound",
            "9:11: inputs.audio.type: there is no kind of content 'sound'",
        ),
        (
            'description: "Audio track"',
            "optional: maybe",
            "10:15: inputs.audio.optional: true or false",
        ),
        ("name: beat-sync", "name: a\nname: b", "2:1: duplicate key 'name', first on line 1"),
        ("name: beat-sync", "name: [a]", "1:7: name: a text is wanted here"),
        ("name: beat-sync\n", "", "1:1: name: missing"),
        ("    type: ANALYZE\n", "", "12:5: steps.0.type: missing"),
        ("inputs: [audio]", "inputs: 7", "14:13: steps.0.inputs: a list is wanted here"),
        (
            "inputs: [audio]",
            "inputs: [[audio]]",
            "14:14: steps.0.inputs.0: the name of a step or an input",
        ),
        ("mode: stretch", "mode: [", "23:1: did not find expected ',' or ']'"),
        (
            "mode: stretch",
            "mode: !!python/name:os.system x",
            "21:13: the tag tag:yaml.org,2002:python/name:os.system is not taken here",
        ),
        ("mode: stretch", "mode: *nothing", "21:13: the alias *nothing names nothing"),
        ("mode: stretch", "mode: 90071992547409920", "21:13: 90071992547409920 is outside"),
        ("mode: stretch", "? [a]\n      : b", "a key is a plain word"),
    ],
)
def test_each_slip_is_named_with_line_and_column(old, new, said):
    assert said in refusal(altered(old, new)).message


def test_parameters_are_named_with_their_range_and_default():
    text = "name: n\nsteps:\n- {id: a, type: EFFECT, config: {effect: blur, params: {radius: 99}}}\noutput: a"
    assert refusal(text).message == (
        "recipe.yaml:3:65: steps.0.config.params.radius: blur.radius: Expected `int` <= 50 "
        "(a whole number from 1 to 50; default 2)"
    )


def test_an_unknown_effect_is_named():
    text = "name: n\nsteps:\n- {id: a, type: EFFECT, config: {effect: dogg}}\noutput: a"
    error = refusal(text, file="my.yaml")
    assert error.message.startswith(
        "my.yaml:3:42: steps.0.config.effect: there is no effect 'dogg'"
    )
    assert "did you mean 'dog'?" in error.message
    missing = refusal("name: n\nsteps:\n- {id: a, type: EFFECT}\noutput: a")
    assert "an EFFECT says which in `effect`" in missing.message


def test_without_node_types_only_the_shape_is_checked():
    assert read_recipe(altered("type: BEAT_SYNC", "type: BEATSYNC").encode()).output == "sync_video"


def test_a_source_names_an_input_or_content():
    def text(config):
        return f"name: n\ninputs: [v]\nsteps:\n- {{id: s, type: SOURCE, config: {config}}}\n- {{id: o, type: IDENTITY, inputs: [s]}}\noutput: o"

    for config in (
        "{input: v}",
        "{input: true, name: v}",
        "{cid: bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku}",
    ):
        assert read_recipe(text(config).encode(), NODES).output == "o"
    assert (
        "4:33: steps.0.config: there is no input 'w'; known: v"
        in refusal(text("{input: w}")).message
    )
    assert "a SOURCE says" in refusal(text("{}")).message
    assert "there is no input 's'" in refusal(text("{input: true}")).message


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"# only a comment\n", "empty"),
        (b"just words", "a recipe is a map"),
        (b"- a\n- b", "a recipe is a map"),
        (b"a: 1\n---\nb: 2", "2:1: a second document"),
        (b"name: \xff", "1:1: byte 6 is not UTF-8"),
        (b"name: a\x00", "control characters"),
        (b"[" * 100_000, f"nested more than {DEPTH} deep"),
        (b"{a: " * 100_000, f"nested more than {DEPTH} deep"),
        (b"- " * 100_000, f"nested more than {DEPTH} deep"),
        (b" " * (BYTES + 1), f"the most is {BYTES}"),
        (b"[" + b"a," * 500_000, "more than 200000 values"),
        (b"name: n\nsteps: []\noutput: a", "there is no step 'a'; there are none"),
        (b"name: n\ninputs: 5\nsteps: []\noutput: a", "a map of names"),
        (b"name: n\ninputs: [a, a]\nsteps: []\noutput: a", "different names"),
    ],
)
def test_what_is_no_recipe_is_refused(data, said):
    assert said in refusal(data).message


def test_aliases_cannot_blow_up_a_document():
    lines = [b"a0: &a0 [x,x,x,x,x,x,x,x,x]"]
    lines += [b"a%d: &a%d [%s]" % (i, i, b",".join([b"*a%d" % (i - 1)] * 9)) for i in range(1, 12)]
    assert "once aliases are written out" in refusal(b"\n".join(lines)).message


def test_aliases_cannot_nest_deeper_than_what_is_written():
    lines = [b"a0: &a0 [x]"]
    lines += [b"a%d: &a%d [*a%d]" % (i, i, i - 1) for i in range(1, 60)]
    assert "deep once aliases" in refusal(b"\n".join(lines)).message


def test_too_many_steps_are_refused():
    steps = b"".join(b"- {id: s%d, type: T}\n" % i for i in range(10_001))
    assert (
        "10001 steps; the most is 10000"
        in refusal(b"name: n\noutput: s0\nsteps:\n" + steps).message
    )


def test_a_message_stays_short_whatever_it_quotes():
    long = "x" * 500_000
    assert len(refusal(altered("type: ANALYZE", f"type: {long}")).message) < 1100
    assert len(refusal(altered("[video, ", f"[{long}, ")).message) < 1100


WORDS = st.sampled_from(
    [
        *(f"{word}: " for word in ["name", "version", "inputs", "steps", "output", "id", "type", "config", "effect"]),
        "name", "- ", "  ", "\n", "\n  - ", "\n    ", "[", "]", "{", "}", ", ", "&a ", "*a", "!!int ", "? ", "| ", '"', "'",
        "SOURCE", "EFFECT", "blur", "radius: ", "input: true", "a", "1", "0.5", "1e99", "null", "~", "\t", "\x00", "\ufeff", "#", "---\n", "<<: ", "\\ud800",
    ]
)  # fmt: skip
PIECES = st.lists(WORDS, max_size=60).map(lambda words: "".join(words).encode("utf-8", "replace"))


@st.composite
def slips(draw):
    """The documented recipe with a stretch of it replaced."""
    start = draw(st.integers(0, len(BEAT_SYNC)))
    length = draw(st.integers(0, 40))
    return BEAT_SYNC[:start] + draw(st.binary(max_size=8) | PIECES) + BEAT_SYNC[start + length :]


@settings(max_examples=1000, deadline=None)
@given(st.binary(max_size=200) | PIECES | slips())
@example(b"name: n\nsteps:\n- {id: a, type: blur, config: {strength: 1e99}}\noutput: a")
@example(b"name: n\nsteps:\n- {id: a, type: EFFECT, config: {effect: [blur]}}\noutput: a")
@example(b"name: n\nsteps:\n- {id: a, type: audio_mix, config: {gains: [null, .5]}}\noutput: a")
def test_any_bytes_are_a_recipe_or_a_refusal(data):
    assert isinstance(outcome(data), Recipe | Refused)


def outcome(data):
    try:
        return read_recipe(data, NODES)
    except Refused as error:
        return error
