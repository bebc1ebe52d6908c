from decimal import Decimal
from fractions import Fraction
from functools import cache

import numpy as np
import pytest

from l1.analyses.beats import BEATS
from l1.content.features import Beats, Energy, Features
from l1.content.schedule import Schedule
from l1.dag.recipe import RecipeStep
from l1.dag.sync_params import SyncParams
from l1.effects.beat_schedule import BEAT_SCHEDULE
from l1.effects.beat_sync import BEAT_SYNC
from l1.errors import Refused
from l1.media.listening import hear
from l1.media.probing import probe
from l1.workers.analysing import effect_of
from l1.workers.children import Children, Limits, Task, TaskSource
from tests.effects.flashes import (
    click_music,
    disc_video,
    flash_times,
    flash_video,
    nearest_errors,
    peak_times,
)
from tests.effects.rendering import render
from tests.media.making import decoded, make_video

RATES = {
    "24": Fraction(24),
    "25": Fraction(25),
    "29.97": Fraction(30000, 1001),
    "60": Fraction(60),
}
HEARD_MS = 4
"""How far the analysis may be from a click."""


def seconds(frames, rate):
    return tuple(Decimal(round(frame * 10**6 / rate)) / 10**6 for frame in frames)


def beats(*times, end):
    found = Beats(
        duration_ms=end, tempo_mbpm=120_000, confidence=1000, beats_ms=times, downbeats_ms=()
    )
    return Features(beats=found).to_json()


def synced(folder, video, analysis, music=(), **params):
    """Render the two steps; answer the schedule and the file."""
    plan, output = folder / "schedule.json", folder / "synced.mp4"
    render(BEAT_SCHEDULE, [video, analysis], plan, SyncParams(**params))
    render(BEAT_SYNC, [video, plan, *music], output)
    return Schedule.read(plan.read_bytes()), output


@pytest.fixture(scope="module")
def flashing(tmp_path_factory):
    """Give a video of a rate that flashes, and its flashing frames."""
    folder = tmp_path_factory.mktemp("flashing")

    @cache
    def made(rate):
        path = folder / f"{rate}.mp4"
        return path, flash_video(path, rate=RATES[rate])

    return made


@pytest.fixture(scope="module")
def clicking(tmp_path_factory):
    """Give music of a tempo, when it clicks, and its analysis."""
    folder = tmp_path_factory.mktemp("clicking")

    @cache
    def made(bpm):
        music, analysis = folder / f"{bpm}.wav", folder / f"{bpm}.json"
        clicks = click_music(music, bpm)
        render(effect_of(BEATS), music, analysis)
        return music, clicks, analysis

    return made


@pytest.mark.parametrize(
    ("fps", "source", "bpm", "mode"),
    [
        ("24", "24", 97, "stretch"),
        ("24", "24", 120, "cut"),
        ("25", "25", 133, "stretch"),
        ("25", "25", 97, "cut"),
        ("29.97", "29.97", 120, "stretch"),
        ("29.97", "25", 133, "cut"),
        ("60", "60", 97, "stretch"),
        ("60", "25", 120, "cut"),
    ],
)
def test_every_flash_is_within_half_a_frame_of_its_beat(
    tmp_path, flashing, clicking, fps, source, bpm, mode
):
    (video, cuts), (music, clicks, analysis) = flashing(source), clicking(bpm)
    rate = RATES[source]
    made, output = synced(
        tmp_path, video, analysis, [music], mode=mode, fps=Decimal(fps), cuts=seconds(cuts, rate)
    )
    flashes = flash_times(output)
    half = 500 / float(RATES[fps])
    assert len(flashes) == len(made.intervals) == len(clicks)
    heard = [interval.beat_ms for interval in made.intervals]
    assert nearest_errors(flashes, heard).max() <= half + 0.1
    assert nearest_errors(flashes, clicks).max() <= half + HEARD_MS
    assert nearest_errors(clicks, flashes).max() <= half + HEARD_MS


def test_every_flash_on_a_beat_of_the_video_falls_on_one_of_the_music(tmp_path, flashing, clicking):
    (video, cuts), (music, _, analysis) = flashing("29.97"), clicking(133)
    own, plan = tmp_path / "own.json", tmp_path / "plan.json"
    own.write_bytes(beats(*(round(1000 * cut / RATES["29.97"]) for cut in cuts), end=99_000))
    render(BEAT_SCHEDULE, [video, analysis, own], plan, SyncParams(cuts="beats"))
    render(BEAT_SYNC, [video, plan, music], tmp_path / "synced.mp4")
    flashes = flash_times(tmp_path / "synced.mp4")
    heard = [interval.beat_ms for interval in Schedule.read(plan.read_bytes()).intervals]
    assert nearest_errors(flashes, heard).max() <= 500 / float(RATES["29.97"]) + 0.1


@pytest.mark.parametrize(
    ("fps", "source", "bpm", "look"),
    [("24", "25", 133, "flash"), ("29.97", "25", 133, "zoom")],
)
def test_every_pulse_is_strongest_within_half_a_frame_of_its_beat(
    tmp_path, clicking, fps, source, bpm, look
):
    music, clicks, analysis = clicking(bpm)
    video = disc_video(tmp_path / "disc.mp4", rate=RATES[source])
    made, output = synced(
        tmp_path, video, analysis, [music], mode="pulse", pulse=look, fps=Decimal(fps)
    )
    peaks = peak_times(output)
    half = 500 / float(RATES[fps])
    assert len(peaks) == len(made.intervals) == len(clicks)
    assert nearest_errors(peaks, [interval.beat_ms for interval in made.intervals]).max() <= (
        half + 0.1
    )
    assert nearest_errors(peaks, clicks).max() <= half + HEARD_MS


@pytest.mark.parametrize(
    ("every_ms", "amount", "warned"),
    [(333, "0.5", True), (334, "0.5", False), (200, "0.09", False)],
)
def test_flashes_that_can_harm_are_told_in_the_log(tmp_path, every_ms, amount, warned):
    video, analysis = make_video(tmp_path / "v.mp4", rate=250), tmp_path / "a.json"
    analysis.write_bytes(beats(*range(500, 4000, every_ms), end=4000))
    params = SyncParams(mode="pulse", pulse="flash", amount=Decimal(amount), fps=Decimal(200))
    _, notes = render(BEAT_SCHEDULE, [video, analysis], tmp_path / "s.json", params)
    assert any("seizures" in note for note in notes) is warned


def test_a_slow_piece_is_blended_and_its_beats_are_not(tmp_path):
    video, analysis = tmp_path / "v.mp4", tmp_path / "a.json"
    make_video(video, frames=20, draw=lambda n: np.full((64, 96, 3), 10 * n + 20, np.uint8))
    analysis.write_bytes(beats(0, 800, 1600, end=1600))
    cuts = (Decimal("0.2"), Decimal("0.4"))
    _, output = synced(tmp_path, video, analysis, cuts=cuts, trim=True, interp="blend")
    wanted = [70 + min(2.5 * k, 40) for k in range(20)]
    found = [float(picture.mean()) for picture in decoded(output)]
    assert found[:20] == pytest.approx(wanted, abs=2)
    assert found[20] == pytest.approx(120, abs=2)


def test_the_music_is_heard_from_where_the_pictures_begin_to_where_they_end(tmp_path):
    video, music, analysis = tmp_path / "v.mp4", tmp_path / "m.wav", tmp_path / "a.json"
    make_video(video, frames=50, audio="aac")
    click_music(music, 120, rate=48_000)
    analysis.write_bytes(beats(900, 1400, 1917, 2400, end=10_000))
    made, output = synced(tmp_path, video, analysis, [music], trim=True)
    assert (made.start_ms, made.end_ms, made.frames) == (900, 2400, 38)
    assert probe(output).video.frames == 38
    heard = np.concatenate(list(hear(output)), axis=1)
    wanted = np.concatenate(
        list(hear(music, start=Fraction(9, 10), stop=Fraction(9, 10) + Fraction(38, 25))), axis=1
    )
    assert heard.shape == wanted.shape
    # AAC changes the samples a little and must not move them.
    spectrum = np.fft.rfft(heard[0]) * np.conj(np.fft.rfft(wanted[0]))
    assert np.argmax(np.fft.irfft(spectrum)) == 0
    assert np.corrcoef(heard[0], wanted[0])[0, 1] > 0.98


def test_without_music_the_result_is_silent(tmp_path):
    video, analysis = make_video(tmp_path / "v.mp4", audio="aac"), tmp_path / "a.json"
    analysis.write_bytes(beats(200, 700, 1200, end=1500))
    _, output = synced(tmp_path, video, analysis)
    info = probe(output)
    assert (info.kind, info.audio, info.video.frames) == ("video", None, 38)


def test_pictures_are_those_that_the_schedule_names(tmp_path):
    video, analysis = tmp_path / "v.mp4", tmp_path / "a.json"
    make_video(video, frames=40, rate=25, draw=lambda n: np.full((64, 96, 3), 5 * n + 20, np.uint8))
    analysis.write_bytes(beats(300, 700, 1300, 2000, 2800, end=3100))
    made, output = synced(tmp_path, video, analysis, mode="cut", pieces=5, order="shuffle", seed=4)
    found = [round(float(picture.mean() - 20) / 5) for picture in decoded(output)]
    assert found == list(made.shown())


def test_a_turned_video_of_odd_size_and_uneven_times_is_synced_upright(tmp_path):
    times = [40 * n + (n * 7) % 9 for n in range(20)] + [40 * n for n in range(28, 50)]
    video, analysis = tmp_path / "v.mkv", tmp_path / "a.json"
    make_video(video, frames=42, size=(97, 64), pix_fmt="yuv444p", times=times)
    analysis.write_bytes(beats(300, 700, 1300, end=2000))
    made, output = synced(tmp_path, video, analysis)
    info = probe(output)
    assert made.source_frames == 50
    assert (info.video.width, info.video.height) == (98, 64)
    assert info.video.frames == made.frames


def test_one_frame_is_enough(tmp_path):
    video, analysis = make_video(tmp_path / "v.mp4", frames=1), tmp_path / "a.json"
    analysis.write_bytes(beats(200, 700, end=1500))
    for mode in ("stretch", "cut"):
        _, output = synced(tmp_path, video, analysis, mode=mode)
        assert probe(output).video.frames == 38


def test_equal_inputs_give_equal_bytes(tmp_path):
    video, music, analysis = make_video(tmp_path / "v.mp4"), tmp_path / "m.wav", tmp_path / "a.json"
    click_music(music, 120, beats=4)
    analysis.write_bytes(beats(400, 900, 1400, end=2000))
    first, again = [synced(tmp_path, video, analysis, [music])[1].read_bytes() for _ in range(2)]
    assert first == again


def test_an_analysis_without_beats_is_refused(tmp_path):
    video, analysis = make_video(tmp_path / "v.mp4"), tmp_path / "a.json"
    energy = Energy(duration_ms=100, hop_ms=100, values=(5,))
    analysis.write_bytes(Features(energy=energy).to_json())
    with pytest.raises(Refused, match="has energy but no beats; add `beats`"):
        render(BEAT_SCHEDULE, [video, analysis], tmp_path / "s.json")
    analysis.write_bytes(b"{}")
    with pytest.raises(Refused, match="has nothing but no beats"):
        render(BEAT_SCHEDULE, [video, analysis], tmp_path / "s.json")


def test_a_schedule_for_another_video_is_refused(tmp_path):
    video, analysis = make_video(tmp_path / "v.mp4"), tmp_path / "a.json"
    analysis.write_bytes(beats(200, 700, end=1500))
    render(BEAT_SCHEDULE, [video, analysis], tmp_path / "s.json")
    other = make_video(tmp_path / "o.mp4", frames=29)
    with pytest.raises(Refused, match=r"30 frames.*has 29"):
        render(BEAT_SYNC, [other, tmp_path / "s.json"], tmp_path / "o")
    with pytest.raises(Refused, match="no beat schedule"):
        render(BEAT_SYNC, [video, analysis], tmp_path / "o")


def test_in_a_recipe_it_stands_for_a_schedule_and_its_rendering():
    listen = RecipeStep(id="listen", type="ANALYZE", inputs=("song",))
    step = RecipeStep(
        id="sync", type="BEAT_SYNC", config={"mode": "cut"}, inputs=("video", "listen")
    )

    def expanded(step, *others, params=None):
        return BEAT_SYNC.node.expand(
            step, params or SyncParams(), {other.id: other for other in others}
        )

    decided, shown = expanded(step, listen)
    assert decided == RecipeStep(
        id="sync.schedule", type="BEAT_SCHEDULE", config={"mode": "cut"}, inputs=step.inputs
    )
    assert shown == RecipeStep(
        id="sync", type="BEAT_SYNC", inputs=("video", "sync.schedule", "song")
    )
    given = RecipeStep(id="sync", type="BEAT_SYNC", inputs=("video", "listen", "other"))
    assert expanded(given, listen)[1].inputs == ("video", "sync.schedule", "other")
    assert expanded(step)[1].inputs == ("video", "sync.schedule")

    plan = RecipeStep(id="plan", type="BEAT_SCHEDULE", inputs=("video", "listen"))
    render_only = RecipeStep(id="sync", type="BEAT_SYNC", inputs=("video", "plan"))
    assert expanded(render_only, listen, plan) == (render_only,)
    with pytest.raises(Refused, match="'plan' has decided"):
        expanded(render_only, plan, params=SyncParams(mode="cut"))


def test_the_beats_of_the_video_itself_are_a_step_of_their_own():
    config, params = {"cuts": "beats"}, SyncParams(cuts="beats")
    own = RecipeStep(id="sync.own_beats", type="BEATS", inputs=("video",))
    inputs = ("video", "listen", "sync.own_beats")

    step = RecipeStep(
        id="sync", type="BEAT_SYNC", config=config, inputs=("video", "listen", "song")
    )
    assert BEAT_SYNC.node.expand(step, params, {}) == (
        own,
        RecipeStep(id="sync.schedule", type="BEAT_SCHEDULE", config=config, inputs=inputs),
        RecipeStep(id="sync", type="BEAT_SYNC", inputs=("video", "sync.schedule", "song")),
    )
    step = RecipeStep(id="sync", type="BEAT_SCHEDULE", config=config, inputs=("video", "listen"))
    assert BEAT_SCHEDULE.node.expand(step, params, {}) == (
        own,
        RecipeStep(id="sync", type="BEAT_SCHEDULE", config=config, inputs=inputs),
    )


def test_beats_of_the_video_that_nobody_asked_for_are_refused(tmp_path):
    video, analysis = make_video(tmp_path / "v.mp4"), tmp_path / "a.json"
    analysis.write_bytes(beats(200, 700, end=1500))
    for given, params in (([], SyncParams(cuts="beats")), ([analysis], SyncParams())):
        with pytest.raises(Refused, match="belong together"):
            render(BEAT_SCHEDULE, [video, analysis, *given], tmp_path / "s.json", params)


async def test_the_whole_chain_runs_in_children(tmp_path, flashing):
    (video, cuts), music = flashing("25"), tmp_path / "m.wav"
    clicks = click_music(music, 120)
    async with Children(["l1.effects", "l1.analyses"]) as children:

        async def made(name, *paths, **params):
            folder = tmp_path / name
            folder.mkdir()
            task = Task(
                kind="render",
                name=name,
                sources=tuple(TaskSource(path=str(path), info=probe(path)) for path in paths),
                params=params,
                output=str(folder / "output"),
                limits=Limits(timeout_s=60),
            )
            await children.run(task)
            return folder / "output"

        analysis = await made("beats", music)
        at = [str(cut) for cut in seconds(cuts, 25)]
        schedule = await made("beat_schedule", video, analysis, cuts=at)
        output = await made("beat_sync", video, schedule, music)
    flashes = flash_times(output)
    assert len(flashes) == len(clicks)
    assert nearest_errors(flashes, clicks).max() <= 20 + HEARD_MS
