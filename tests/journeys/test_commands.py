"""A day at the command line, over databases that are configured."""

import json
from pathlib import Path

import asyncpg
import pytest

from tests.conftest import run as finish
from tests.journeys.command import Home
from tests.media.making import make_video

RECIPE = """
name: twice
inputs:
  clip: {type: video}
steps:
  - {id: first, type: EFFECT, config: {effect: dog}, inputs: [clip]}
  - {id: second, type: EFFECT, config: {effect: identity}, inputs: [first]}
output: second
"""


class Day:
    """Commands in one home over given databases."""

    def __init__(self, folder: Path, database_url: str, redis_url: str, **variables: str) -> None:
        self.home = Home(folder)
        self.database_url = database_url
        self._env = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, **variables}

    def __call__(self, *words, code=0):
        return self.home.run(*words, code=code, env=self._env)

    def complaint(self, *words, code):
        process = self.home.start(*words, env=self._env)
        _, err = process.communicate(timeout=60)
        assert process.returncode == code, err
        return err

    def lines(self, *words):
        out = self(*words)
        return [out] if isinstance(out, dict) else [json.loads(line) for line in out.splitlines()]


@pytest.fixture
def day(tmp_path, database_url, redis_url):
    return Day(tmp_path / "home", database_url, redis_url)


def test_from_an_upload_to_its_deletion(day, clip, tmp_path):
    (kept,) = day.lines("upload", clip, "--json")
    (step,) = day.lines("run", "dog", "-i", kept["cid"], "--dry-run", "--json")
    assert (step["state"], step["reason"]) == ("to_run", "it was not rendered here before")
    run = day("run", "dog", "-i", f"input={kept['content_hash']}", "--name", "my dog", "--json")
    assert run["status"] == "completed"
    (step,) = day.lines("run", "dog", "-i", clip, "--dry-run", "--json")
    assert step["state"] == "cached"

    tree = day("why", run["output_cid"], "--json")
    assert tree["steps"][0]["state"] == "rendered"
    assert tree["inputs"][0]["cid"] == kept["cid"]
    assert tree["inputs"][0]["name"] == clip.name
    assert run["output_cid"] in day("why", run["output_cid"])

    target = tmp_path / "out.mp4"
    assert day("get", run["run_id"], "-o", target, "--json")["path"] == str(target)
    day("get", run["run_id"], "-o", tmp_path / "nowhere" / "out.mp4", code=3)
    assert not (tmp_path / "nowhere").exists()
    (again,) = day.lines("upload", target, "--json")
    assert again["cid"] == run["output_cid"]
    assert {row["cid"] for row in day.lines("ls", "media", "--json")} >= {kept["cid"], again["cid"]}
    assert [row["run_id"] for row in day.lines("ls", "runs", "--json")] == [run["run_id"]]

    day("rm", kept["cid"], code=7)
    day("discard", run["run_id"])
    day("rm", kept["cid"])
    day("rm", kept["cid"], code=3)
    assert day("events", "verify").startswith("verified: ")


def test_what_an_effect_left_as_it_was_is_told_once(day, clip):
    (kept,) = day.lines("upload", clip, "--json")
    run = day("run", "identity", "-i", kept["cid"], "--json")
    assert run["output_cid"] == kept["cid"]
    tree = day("why", run["run_id"], "--json")
    (used,) = tree["inputs"]
    assert (used["cid"], used["above"], "inputs" in used) == (kept["cid"], True, False)
    assert day("why", kept["cid"]).splitlines()[-1].endswith("(above)")


def test_what_is_not_there_is_not_found(day):
    for words in (["rm", "nope"], ["why", "nope"], ["get", "nope"]):
        day(*words, code=3)


def test_a_recipe_in_a_file_is_run_and_a_bad_one_is_refused_at_its_line(day, clip, tmp_path):
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text(RECIPE)
    bad.write_text(RECIPE.replace("effect: dog", "effect: dgo"))
    run = day("run", good, "-i", f"clip={clip}", "--json")
    assert (run["status"], run["steps"], run["recipe"]) == ("completed", 2, "twice")
    day("run", bad, "-i", f"clip={clip}", code=1)
    process = day.home.start("run", bad, "-i", f"clip={clip}", env=day._env)
    _, err = process.communicate(timeout=60)
    assert f"{bad}:6:" in err


def test_a_run_that_fails_leaves_with_five_and_can_be_tried_again(day, tmp_path):
    text = tmp_path / "no.mp4"
    text.write_text("this is no video")
    failed = day("run", "dog", "-i", text, "--json", code=5)
    assert failed["status"] == "failed"
    assert failed["message"]
    again = day("retry", failed["run_id"], "--json", code=5)
    assert again["run_id"] != failed["run_id"]
    day("cancel", failed["run_id"], code=7)


def test_a_detached_run_waits_and_watching_does_its_work(day, tmp_path):
    clip = make_video(tmp_path / "clip.mp4")
    run = day("render", "dog", clip, "--json")
    assert run["status"] == "pending"
    assert day("watch", run["run_id"], "--json")["status"] == "completed"
    day("watch", "no-such-run", code=3)


def test_views_that_were_tampered_with_are_found_and_made_again(day, clip):
    run = day("render", "identity", clip, "--sync", "--json")
    statement = "update view_runs.run set state = 'failed'"
    finish(lambda: _execute(day.database_url, statement))
    told = day("events", "verify", "--json", code=6)
    (difference,) = told["differences"]
    row = f"runs.run run_id={run['run_id']}: state is 'failed', the log says 'completed'; "
    assert difference == row + "repair: artdag projections rebuild runs"
    assert "runs" in day("projections", "rebuild", "runs")
    day("projections", "rebuild", "ruins", code=3)
    day("events", "verify")


def test_the_log_is_read_by_position(day, clip):
    day("upload", clip)
    first = day("events", "list", "--limit", "1", "--json")
    assert first["kind"] == "content.stored"
    assert day("events", "show", "1", "--json") == first
    shown = day("events", "show", "1").splitlines()[-1]
    assert json.loads(shown.removeprefix("data").strip()) == first["data"]
    day("events", "show", "1000000", code=3)


def test_a_slip_is_answered_with_what_was_meant(day, clip):
    assert "did you mean 'dog'?" in day.complaint("render", "dgo", clip, code=1)
    assert "-i NAME=FILE" in day.complaint("run", "dog", code=1)
    day("upload", clip)
    assert "its last one is" in day.complaint("events", "show", "99999", code=3)


def test_settings_that_cannot_be_used_are_named(tmp_path):
    file = tmp_path / "file"
    file.touch()
    for env, said in (
        ({"PORT": "abc"}, "artdag: PORT='abc' is not a whole number\n"),
        ({"ARTDAG_LOG_LEVEL": "loud"}, "is not one of 'debug'"),
        ({"ARTDAG_HOME": str(file)}, f"ARTDAG_HOME={file} cannot be used (Not a directory)"),
    ):
        process = Home(tmp_path / "home").start("ls", "runs", env=env)
        _, err = process.communicate(timeout=60)
        assert process.returncode == 2
        assert said in err


def test_settings_hide_passwords(day):
    out = day("settings")
    assert day.database_url not in out or "@" not in day.database_url
    assert "***" in out or ":@" in day.database_url


def test_a_database_that_is_away_is_temporary(tmp_path):
    home = Home(tmp_path / "home")
    env = {"DATABASE_URL": "postgresql://x@127.0.0.1:1/x", "REDIS_URL": "redis://127.0.0.1:1/0"}
    home.run("ls", "runs", code=75, env=env)


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@pytest.mark.storm
def test_the_flags_of_the_first_releases_are_taken(day, clip, tmp_path):
    (kept,) = day.lines("upload", clip, "--json")
    plan = tmp_path / "plan.json"
    named = f"input:{kept['content_hash']}@{clip}"
    day("plan", "dog", "-i", named, "-o", plan, "--analysis", "a.json", "--no-tree-reduction")
    output = tmp_path / "out.mp4"
    run = day("execute", plan, "-o", output, "--json")
    assert (run["status"], output.stat().st_size > 0) == ("completed", True)
    again = day("run-recipe", "dog", "-i", named, "--features", "beats", "--json")
    assert (again["output_cid"], again["steps_cached"]) == (run["output_cid"], 1)
    assert "CACHE_DIR" in day.complaint("plan", "dog", "-i", named, "--cache-dir", tmp_path, code=1)
    day("plan", "dog", "-i", named, "-o", plan, "--cache-dir", day.home.folder / "cache")
    assert "this machine" in day.complaint("plan", "dog", "-i", named, "--ipfs-primary", code=1)
