"""What docs/how-to says about writing an effect is so."""

import dataclasses
import inspect
import re
from pathlib import Path

import numpy as np
import pytest

from l1 import compose
from l1.content.cid import Cid
from l1.dag.effect_file import read_effect
from l1.dag.foreign import ForeignParams, codes_of, with_effects
from l1.dag.recipe_yaml import read_recipe
from l1.effects.foreign import FOREIGN
from l1.effects.foreign.files import Context
from l1.errors import Refused
from l1.settings import from_environment
from tests.effects.rendering import render
from tests.media.making import decoded, make_video

HOW_TO = Path(__file__).parent.parent.parent / "docs" / "how-to"
TEXT = (HOW_TO / "write-an-effect.md").read_text()
ECHO = HOW_TO / "echo.py"
CODE = Cid("bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku")


def written(language):
    return re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)


def test_the_file_that_is_shown_is_the_one_beside_it():
    assert written("python") == [ECHO.read_text()]


def test_the_recipe_can_be_read_and_its_parameters_are_those_of_the_file():
    (text,) = written("yaml")
    text = text.replace("CID", CODE).encode()
    nodes = compose.nodes()
    assert list(codes_of(read_recipe(text, nodes)).values()) == [CODE]
    read_recipe(text, with_effects(nodes, {"trails.code": read_effect(ECHO.read_bytes())}))


def test_the_effect_leaves_trails(tmp_path):
    video = make_video(tmp_path / "video.mp4", frames=4, draw=light)
    params = ForeignParams(params={"fade": "0.5", "tint": "red"})
    render(FOREIGN, [video, ECHO], tmp_path / "out", params)
    last = decoded(tmp_path / "out")[-1]
    red, green = (last[16, 8 + 20 * number] for number in (2, 1))
    assert red[0] > green[0] > 40
    assert red[0] > red[1] + 40


def light(number):
    frame = np.zeros((64, 96, 3), np.uint8)
    frame[:, 20 * number : 20 * number + 16] = 255
    return frame


def test_a_mistake_is_told_as_it_is_shown(tmp_path):
    broken = tmp_path / "echo.py"
    broken.write_text(ECHO.read_text().replace('params["fade"]', 'params["fadee"]'))
    video = make_video(tmp_path / "video.mp4", frames=2)
    with pytest.raises(Refused) as refused:
        render(FOREIGN, [video, broken], tmp_path / "out", ForeignParams())
    assert refused.value.message in TEXT


def test_what_the_context_offers_is_listed():
    offered = {each.name for each in dataclasses.fields(Context)} - {"job", "name", "bindings"}
    offered |= {name for name, _ in inspect.getmembers(Context, inspect.isfunction)}
    offered = {name for name in offered if not name.startswith("_")}
    assert offered == set(re.findall(r"`ctx\.(\w+)", TEXT))


def test_the_setting_is_called_so_and_off():
    assert from_environment({"ARTDAG_HOME": "/x"}).foreign_effects == "off"
    assert from_environment({"ARTDAG_HOME": "/x", "ARTDAG_FOREIGN_EFFECTS": "on"}).foreign_effects
