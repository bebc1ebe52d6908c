"""More faults that render servers have had, each as a test that this one passes.

Those of keys and recipes are in tests/dag/test_faults.py; those of cutting and joining (f5: a
part's bounds ignored; f8: a transition that fails, replaced by a cut and kept; f12: clips without
sound refused) in tests/effects/test_cutting_and_joining.py and
tests/workers/test_cutting_recipes.py.
"""

import hashlib
import subprocess
import sys

import pytest

from l1.actions.add_recipe import add_recipe
from l1.effects.dog import DOG
from l1.errors import Refused
from l1.storage.local import LocalStore
from tests.conformance import golden
from tests.effects.rendering import render
from tests.media.making import make_video
from tests.running.node import ME, open_node

PUT = """
import sys
from pathlib import Path
from l1.storage.local import LocalStore
store = LocalStore(Path(sys.argv[1]))
for number in range(50):
    file = Path(sys.argv[2]) / f"{sys.argv[3]}-{number}"
    file.write_text(file.name)
    print(store.put_file(file).cid)
"""


def test_f6_three_renders_of_one_clip_have_the_same_bytes(tmp_path):
    clip = make_video(tmp_path / "clip.mp4", frames=60, audio="aac")
    made = [tmp_path / f"{number}.mp4" for number in range(3)]
    for output in made:
        render(DOG, clip, output)
    assert len({hashlib.sha256(output.read_bytes()).digest() for output in made}) == 1


@pytest.mark.parametrize("named", ["hash: {}", "cid: {}"])
@pytest.mark.parametrize(
    ("foreign", "code"), [("off", "foreign_effects_off"), ("on", "unknown_effect")]
)
async def test_f9_code_that_a_recipe_names_is_not_run_without_leave(
    tmp_path, database_url, redis_url, named, foreign, code
):
    async with open_node(tmp_path, database_url, redis_url, ARTDAG_FOREIGN_EFFECTS=foreign) as node:
        data = f"open({str(tmp_path / 'ran')!r}, 'w')\n".encode()
        cid = await node.store(data)
        name = named.format(hashlib.sha3_256(data).hexdigest() if "hash" in named else cid)
        text = f"""
name: code-from-afar
registry:
  effects:
    theirs: {{{name}}}
dag:
  nodes:
    - {{id: image, type: SOURCE, config: {{input: true}}}}
    - {{id: step, type: EFFECT, config: {{effect: theirs}}, inputs: [image]}}
  output: step
"""
        with pytest.raises(Refused) as refused:
            await add_recipe(node.services, ME, text.encode())
    assert refused.value.code == code
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("path", sorted(golden.FOLDER.glob("*.json")), ids=lambda path: path.stem)
def test_f10_the_records_that_are_shipped_verify_with_the_code_that_is_shipped(path):
    kept = golden.read(path)
    assert golden.hashes_of(kept) == (kept["body"], kept["leaf"])
    changed = kept | {"data": kept["data"].replace('"', "'", 1)}
    assert golden.hashes_of(changed) != (kept["body"], kept["leaf"])


def test_f11_what_many_processes_keep_at_once_is_there_for_all(tmp_path):
    root = tmp_path / "store"
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", PUT, root, tmp_path, str(number)],
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(4)
    ]
    cids = [line for process in processes for line in process.communicate(timeout=60)[0].split()]
    assert all(process.returncode == 0 for process in processes)
    store = LocalStore(root)
    assert len(set(cids)) == 200
    assert all(store.has(cid) for cid in cids)
