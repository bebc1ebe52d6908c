"""The curl lines of the first releases work as they were written (R123)."""

import subprocess
from pathlib import Path

from tests.analyses.sounds import clicks, write_wav
from tests.journeys.test_up import up

SCRIPT = Path(__file__).parent / "curl.sh"


def test_the_curl_lines_of_the_first_releases_work(home, clip, tmp_path):
    imports, music = tmp_path / "imports", tmp_path / "music.wav"
    imports.mkdir()
    sound, _ = clicks(120, 4)
    write_wav(music, sound)
    with up(home, ARTDAG_IMPORT_ROOTS=str(imports)) as (_, told):
        token = (home.folder / "owner.token").read_text().strip()
        done = subprocess.run(
            ["sh", SCRIPT, told["address"], token, clip, music, imports],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.strip() == "all lines answered"
