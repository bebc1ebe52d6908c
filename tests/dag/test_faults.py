"""Faults that renderers of recipes have had, each as a test that this one passes.

They come of keeping results under hashes of sorted inputs, of the names of nodes, or of a
recipe's text. The last tests are about hashes that such systems make: which of them are made
here too, and which on purpose are not.
"""

import hashlib
import json
from pathlib import Path

import msgspec
import pytest

import l1.effects.dog
from l1 import compose
from l1.content.media_info import AudioInfo, MediaInfo
from l1.dag.planner import plan
from l1.dag.recipe_yaml import read_recipe
from l1.errors import Refused
from l1.storage.content_store import ContentStore
from l1.storage.local import LocalStore
from tests.dag.formats import CODE, MY_EFFECT, OTHER, PINNED
from tests.dag.nodes import BEAT_SYNC, CAT, CLIP, INFOS, SONG

OTHER_CLIP = "bafkreiother"
KNOWN = {
    **INFOS,
    OTHER_CLIP: MediaInfo(
        kind="video",
        media_type="video/mp4",
        audio=AudioInfo(codec="aac", sample_rate=48000, channels=2),
    ),
}


def planned(text, nodes=PINNED, **inputs):
    data = text if isinstance(text, bytes) else text.encode()
    return plan(read_recipe(data, nodes), inputs, KNOWN, nodes, "deterministic-1")


def pair(type_, first="a", second="b"):
    step = f"{{id: joined, type: {type_}, inputs: [{first}, {second}]}}"
    return f"name: pair\ninputs: [a, b]\nsteps: [{step}]\noutput: joined\n"


@pytest.mark.parametrize("type_", ["SEQUENCE", "CONCAT", "MUX"])
def test_f1_inputs_in_another_order_are_other_work(type_):
    one = planned(pair(type_), a=CLIP, b=OTHER_CLIP)
    other = planned(pair(type_, "b", "a"), a=CLIP, b=OTHER_CLIP)
    assert one.by_id["joined"].key != other.by_id["joined"].key
    assert one.run_key != other.run_key


@pytest.mark.parametrize("name", ["sequence", "mux"])
def test_f1_holds_for_the_nodes_that_are_installed(name):
    nodes = compose.nodes()
    one = planned(pair(name), nodes, a=CLIP, b=OTHER_CLIP)
    other = planned(pair(name, "b", "a"), nodes, a=CLIP, b=OTHER_CLIP)
    assert one.by_id["joined"].key != other.by_id["joined"].key


def test_f2_an_effect_s_new_hash_never_serves_what_the_old_one_made():
    before = planned(MY_EFFECT, input_image=CAT)
    with pytest.raises(Refused, match=f"{OTHER}.*{CODE}"):
        planned(MY_EFFECT.replace(CODE, OTHER), input_image=CAT)
    dog = msgspec.structs.replace(PINNED["dog"], code=OTHER, version=2)
    newer = {**PINNED, "dog": dog}
    with pytest.raises(Refused, match=f"{CODE}.*{OTHER}"):
        planned(MY_EFFECT, newer, input_image=CAT)
    after = planned(MY_EFFECT.replace(CODE, OTHER), newer, input_image=CAT)
    assert after.by_id["apply_dog"].key != before.by_id["apply_dog"].key


def test_f3_names_of_nodes_are_in_no_key_nor_in_the_id_of_a_plan():
    text = MY_EFFECT.replace("user_image", "zzz").replace("apply_dog", "aaa")
    one, other = planned(MY_EFFECT, input_image=CAT), planned(text, input_image=CAT)
    assert one.steps[0].id != other.steps[0].id
    assert one.steps[0].key == other.steps[0].key
    assert (one.plan_id, one.run_key) == (other.plan_id, other.run_key)


def test_f3_names_decide_no_order():
    text = "name: n\ninputs: [v, w]\nsteps: [%s, %s, {id: s, type: SEQUENCE, inputs: [%s, %s]}]\noutput: s"
    first, second = "{id: %s, type: BLUR, inputs: [v]}", "{id: %s, type: DOG, inputs: [w]}"
    one = planned(text % (first % "a", second % "b", "a", "b"), v=CLIP, w=CAT)
    other = planned(text % (second % "a", first % "b", "b", "a"), v=CLIP, w=CAT)
    assert one.by_id["s"].key == other.by_id["s"].key


def test_f3_a_comment_gives_no_new_plan():
    given = {"video": CLIP, "audio": SONG}
    one, other = planned(BEAT_SYNC, **given), planned(b"# edited\n" + BEAT_SYNC, **given)
    assert one.plan_id == other.plan_id


def test_f4_a_cycle_of_two_is_refused_with_its_path():
    text = "name: n\nsteps:\n- {id: a, type: BLUR, inputs: [b]}\n- {id: b, type: BLUR, inputs: [a]}\noutput: a"
    with pytest.raises(Refused, match=r"3:3: steps.0: a cycle: a -> b -> a"):
        read_recipe(text.encode(), PINNED)


def test_f7_a_recipe_of_inputs_steps_and_output_has_all_its_steps():
    recipe = read_recipe(BEAT_SYNC, PINNED)
    assert [step.id for step in recipe.steps] == ["analyze_audio", "sync_video"]
    assert recipe.output == "sync_video"
    assert planned(BEAT_SYNC, video=CLIP, audio=SONG).by_id["sync_video"].follows


# Hashes that other systems make


def sorted_hash(value):
    """SHA3-256 of JSON with sorted keys: how nodes, steps and analyses are named there."""
    return hashlib.sha3_256(
        json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
    ).hexdigest()


async def test_the_hash_of_a_file_is_its_sha3_256_here_as_there(tmp_path):
    data = b"any bytes"
    identity = await ContentStore(LocalStore(tmp_path)).put_bytes(data)
    assert identity.content_hash == hashlib.sha3_256(data).hexdigest()


def test_the_hash_of_an_effect_in_one_file_is_that_of_the_file_here_as_there():
    source = Path(l1.effects.dog.__file__).read_bytes()
    assert compose.nodes()["dog"].code == hashlib.sha3_256(source).hexdigest()


def test_a_source_has_no_key_because_content_is_named_by_what_it_is():
    # There a source is hashed with the path it was read from: the same file elsewhere is other
    # work, and another file at the same path is not. Here its CID stands in the keys.
    by_path = sorted_hash({"type": "SOURCE", "config": {"path": "/a.mp4"}, "inputs": []})
    assert by_path == "229ed4b54505f4ef00ede71eb56816937da74bddf343b78e6f04b537839d88c6"
    assert planned(MY_EFFECT, input_image=CAT).steps[0].preimage.inputs == (CAT,)


def test_an_analysis_is_named_like_any_step_and_not_without_its_version():
    # There its name is made of input and features alone, so that a better analysis is not run
    # over what a worse one found.
    by_features = sorted_hash({"input_hash": "a" * 64, "features": ["beats", "energy"]})
    assert by_features == "df510fb275db5d25cdd55c375400d8ce5b248b222621ae5ee2afe80829090e56"
    beats = planned(
        "name: n\ninputs: [v]\nsteps: [{id: s, type: BEATS, inputs: [v]}]\noutput: s",
        compose.nodes(),
        v=SONG,
    ).steps[0]
    assert {"node", "version", "params", "inputs", "profile"} <= set(beats.preimage.plain())


def test_an_effect_in_a_folder_is_not_installed_here_so_its_hash_means_nothing():
    # The hash of a folder covers paths and bytes of its files. Effects here are one file each, so
    # a recipe that pins such a hash is for other code and is refused, naming ours.
    folder = "640ea11ee881ebf4101af0a955439105ab11e763682b209e88ea08fc66e1cc03"
    nodes = compose.nodes()
    text = MY_EFFECT.replace(CODE, folder).replace("dog", "identity")
    with pytest.raises(Refused, match=f"{folder}.*{nodes['identity'].code}"):
        read_recipe(text.encode(), nodes)
