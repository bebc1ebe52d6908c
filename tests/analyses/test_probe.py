import msgspec

from l1.analyses.probe import PROBE
from l1.content.canonical import canonical_struct
from l1.content.media_info import MediaInfo
from tests.media.making import make_video


def test_a_probe_gives_facts_that_can_be_recorded_and_read_again(tmp_path):
    info = PROBE.analyse(
        make_video(tmp_path / "a.mp4", audio="aac"), PROBE.params(), lambda _ms: None
    )
    assert msgspec.json.decode(canonical_struct(info), type=MediaInfo) == info
    assert (PROBE.name, PROBE.version) == ("probe", 1)
