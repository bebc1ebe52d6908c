from itertools import pairwise

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from l1.media.samples import as_samples, in_frames, mixed_down, planes, silent
from tests.media.hearing import noise

LAYOUTS = ["mono", "stereo", "2.1", "quad", "5.0", "5.1", "5.1(side)", "7.1", "7.1(wide)", "22.2"]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("channels", [1, 2])
def test_no_full_scale_sound_clips_by_being_mixed_down(layout, channels):
    names = [channel.name for channel in av.AudioLayout(layout).channels]
    loud = np.ones((len(names), 8), np.float32)
    mixed = mixed_down(loud, names, channels)
    assert mixed.shape == (channels, 8)
    assert 0.5 < mixed.min() <= mixed.max() <= 1 + 1e-6


def test_channels_without_a_known_place_go_left_and_right_in_turn():
    sound = np.eye(4, 5, dtype=np.float32)
    left, right = mixed_down(sound, ["NONE"] * 4, 2)
    assert np.array_equal(left > 0, [1, 0, 1, 0, 0])
    assert np.array_equal(right > 0, [0, 1, 0, 1, 0])
    only_bass = mixed_down(np.ones((2, 3), np.float32), ["LFE", "LFE2"], 2)
    assert np.array_equal(only_bass, np.ones((2, 3), np.float32))


KINDS = {"u8": np.uint8, "s16": np.int16, "s32": np.int32, "flt": np.float32, "dbl": np.float64}


@pytest.mark.parametrize("numbers", KINDS)
@pytest.mark.parametrize("layout", ["mono", "stereo", "22.2"])
def test_a_frame_of_any_form_gives_its_channels(numbers, layout):
    channels = av.AudioLayout(layout).nb_channels
    sound = np.arange(channels * 64).reshape(channels, 64).astype(KINDS[numbers])
    apart, packed = av.AudioFrame(f"{numbers}p", layout, 64), av.AudioFrame(numbers, layout, 64)
    for plane, samples in zip(apart.planes, sound, strict=False):
        _fill(plane, samples)
    _fill(packed.planes[0], sound.T)
    assert np.array_equal(planes(apart), sound)
    assert np.array_equal(planes(packed), sound)


def _fill(plane, samples):
    data = np.ascontiguousarray(samples).tobytes()
    plane.update(data.ljust(plane.buffer_size, b"\0"))


def test_full_scale_is_one_whatever_the_numbers():
    for low, high in (
        (np.uint8(0), np.uint8(255)),
        (np.int16(-(2**15)), np.int16(2**15 - 1)),
        (np.int32(-(2**31)), np.int32(2**31 - 1)),
        (np.float32(-1), np.float32(1)),
        (np.float64(-1), np.float64(1)),
    ):
        found = as_samples(np.array([[low, high]]))
        assert found.dtype == np.float32
        assert found[0, 0] == -1
        assert 0.99 < found[0, 1] <= 1


@given(sizes=st.lists(st.integers(0, 50), max_size=8), length=st.integers(1, 40))
def test_blocks_cut_anew_hold_the_same_samples(sizes, length):
    sound = noise(sum(sizes))
    bounds = np.cumsum([0, *sizes])
    blocks = [sound[:, a:b] for a, b in pairwise(bounds)]
    frames = list(in_frames(blocks, length))
    assert all(frame.shape[1] == length for frame in frames[:-1])
    assert all(0 < frame.shape[1] <= length for frame in frames)
    if frames:
        assert np.array_equal(np.concatenate(frames, axis=1), sound)
    else:
        assert sound.shape[1] == 0


def test_silence_comes_in_blocks_of_moderate_size():
    assert sum(block.shape[1] for block in silent(2, 100_000)) == 100_000
    assert list(silent(2, -5)) == []
