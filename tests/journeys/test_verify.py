"""Rendering again what a stranger would not believe."""

import pytest

from tests.journeys.test_commands import Day
from tests.media.making import make_video

TICKER = '''
"""
@effect ticker
@version 1
@author nobody
@temporal false
@description Shows what the clock says, so that nobody can repeat it
"""
import time

import numpy as np


def process_frame(frame, params, state):
    return np.full_like(frame, time.perf_counter_ns() % 251), state
'''


@pytest.fixture
def day(tmp_path, database_url, redis_url):
    return Day(tmp_path / "home", database_url, redis_url, ARTDAG_FOREIGN_EFFECTS="on")


def test_what_is_rendered_again_is_the_same_or_told_where_it_is_not(day, clip, tmp_path):
    run = day("run", "invert", "-i", clip, "--json")
    cid = run["output_cid"]
    assert day("verify", cid, "--json")["outcome"] == "kept"
    again = day("verify", cid, "--rerender", "--json")
    assert (again["outcome"], again["found"]) == ("same", cid)
    assert again["run_id"] != run["run_id"]
    facts = day.lines("events", "list", "--limit", "500", "--json")
    (fact,) = [each for each in facts if each["kind"] == "content.verified"]
    assert fact["data"]["outcome"] == "same"
    assert sum(each["kind"] == "step.completed" for each in facts) == 2, "nothing from the cache"

    code = tmp_path / "ticker.py"
    code.write_text(TICKER)
    kept = day("effect", "add", code, "--json")
    recipe = tmp_path / "tick.yaml"
    recipe.write_text(
        "name: tick\ninputs: {v: {type: video}}\nsteps:\n  - {id: t, type: EFFECT, inputs: [v], "
        f"config: {{effect: ticker, cid: {kept['cid']}}}}}\noutput: t\n"
    )
    ticked = day("run", recipe, "-i", f"v={clip}", "--json")["output_cid"]
    told = day("verify", ticked, "--rerender", "--json", code=6)
    assert (told["outcome"], told["differs"][0]) == ("different", "picture 0")


def test_what_no_run_has_rendered_cannot_be_rendered_again(day, clip):
    kept = day("upload", clip, "--json")
    assert "no run here has rendered" in day.complaint("verify", kept["cid"], "--rerender", code=3)


@pytest.mark.storm
def test_of_a_long_film_a_sample_is_rendered_again(day, tmp_path):
    film = make_video(tmp_path / "long.mp4", frames=9 * 8, rate=8, size=(64, 36))
    cid = day("run", "invert", "-i", film, "--json")["output_cid"]
    told = day("verify", cid, "--segments", "2", "--json")
    assert (told["outcome"], len(told["segments"])) == ("sampled", 2)
    assert all(each.endswith(" of 5") for each in told["segments"])
    day("discard", told["run_id"])
    assert day("verify", cid, "--segments", "1", "--json")["outcome"] == "sampled"
    facts = day.lines("events", "list", "--limit", "500", "--json")
    steps = [each["data"] for each in facts if each["kind"] == "segments.rendered"]
    again = [fact for fact in steps if fact["step"] != steps[0]["step"]]
    assert sum(len(fact.get("segments", ())) for fact in again) == 3
