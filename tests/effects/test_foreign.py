"""Effects by others, in real children: what they can do, and what they try in vain."""

import asyncio
import textwrap

import av
import numpy as np
import pytest
import pytest_asyncio

from l1.errors import Refused
from l1.media.probing import probe
from l1.workers.children import ChildFailed, Children, Limits, Task, TaskSource
from tests.media.making import make_video

pytestmark = pytest.mark.asyncio(loop_scope="module")

HEAD = '''"""
@effect mine
@param amount float (@range 0 255, @default 10)
"""
import numpy as np
'''


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def children():
    async with Children(["l1.effects", "l1.analyses"]) as running:
        yield running


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    return make_video(tmp_path_factory.mktemp("film") / "film.mp4", frames=6, size=(64, 48))


@pytest.fixture
def render(children, film, tmp_path):
    """Render an effect's body over the film, or over files."""
    made = iter(range(100))

    async def run(body, *files, limits=None, **params):
        folder = tmp_path / f"scratch-{next(made)}"
        folder.mkdir()
        code = tmp_path / f"{folder.name}.py"
        code.write_text(HEAD + textwrap.dedent(body))
        paths = [*(files or (film,)), code]
        run.notes = []
        run.output = folder / "output"
        task = Task(
            kind="render",
            name="foreign",
            sources=tuple(TaskSource(path=str(path), info=probe(path)) for path in paths),
            params={"params": params} if params else {},
            output=str(run.output),
            limits=limits or Limits(timeout_s=30),
        )
        return await children.run(task, on_note=run.notes.append)

    return run


@pytest.fixture
def refused(render):
    """Render what has to be refused; answer the sentence."""

    async def run(body, *files, **given):
        with pytest.raises(Refused) as error:
            await render(body, *files, **given)
        return error.value.message

    return run


def frames(path):
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


async def test_each_picture_is_shown_with_what_was_kept_of_the_one_before(render):
    done = await render(
        """
        def process_frame(frame, params, state):
            state = (state or 0) + 1
            frame[:] = int(params["amount"]) * state
            return frame, state
        """,
        amount="20",
    )
    assert (done.value["info"]["kind"], done.value["info"]["video"]["frames"]) == ("video", 6)
    means = [frame.mean() for frame in frames(render.output)]
    assert np.allclose(means, [20, 40, 60, 80, 100, 120], atol=3)


async def test_a_frame_alone_is_an_answer_and_equal_work_makes_equal_bytes(render):
    body = """
        import random
        words = {"one", "two", "three", "four"}
        def process_frame(frame, params, state):
            frame[:4] = np.random.randint(0, 255, frame[:4].shape)
            frame[4:8] = random.randrange(255)
            frame[8:12] = sum(index * ord(word[1]) for index, word in enumerate(words)) % 256
            return frame
        """
    await render(body)
    first = render.output.read_bytes()
    await render(body)
    assert render.output.read_bytes() == first
    await render(body, amount="11")
    assert render.output.read_bytes() != first


async def test_files_are_handed_over_and_one_is_written(render, film, tmp_path):
    (tmp_path / "words.txt").write_text("words")
    body = """
        def process(inputs, output, params, ctx):
            ctx.note(f"{len(inputs)} {inputs[1].read_text()} {ctx.rate(inputs[0])} {ctx.seed}")
            ctx.write_video((255 - frame for frame in ctx.frames(inputs[0])), rate=ctx.rate(inputs[0]))
        """
    done = await render(body, film, tmp_path / "words.txt")
    assert done.value["info"]["video"]["frames"] == 6
    assert render.notes[0].startswith("2 words 25 ")
    assert np.allclose(255 - frames(film)[0].mean(), frames(render.output)[0].mean(), atol=3)
    first = render.notes
    await render(body, film, tmp_path / "words.txt")
    assert render.notes == first


async def test_what_an_effect_raises_is_told_with_its_line_and_without_our_paths(refused, film):
    said = await refused(
        """
        def process_frame(frame, params, state):
            return frame / nothing
        """
    )
    assert said == (
        "the effect 'mine' failed in line 8: return frame / nothing: "
        "NameError: name 'nothing' is not defined"
    )
    body = "def process(inputs, output, params, ctx): open(str(inputs[0]) + '/x')"
    said = await refused(body)
    assert "NotADirectoryError" in said
    assert "inputs[0]/x" in said
    assert str(film.parent) not in said


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("def process_frame(f, p, s): return f[:, :, 0]", "gave an array of 48 x 64 uint8"),
        ("def process_frame(f, p, s): return f[:24]", "wanted: 48 x 64 x 3 uint8"),
        ("def process_frame(f, p, s): return f / 2", "float64 for picture 0"),
        ("def process_frame(f, p, s): return None, 1", "gave NoneType"),
        ("def process_frame(f, p, s): f.shape = (64, 48, 3); return f", "wanted: 48 x 64 x 3"),
        ("def process_frame(f, p, s): raise SystemExit(0)", "SystemExit: 0"),
        ("raise KeyboardInterrupt\ndef process_frame(f, p, s): ...", "KeyboardInterrupt"),
        ("def process_frame(f, p, s): ...\nprocess_frame = 1", "has no process_frame once it runs"),
        ("def process_frame(f, p, s): return s.f(f)\ndef g(): ...", "AttributeError"),
        ("def process_frame(f, p, s): process_frame(f, p, s)", "RecursionError"),
        ("import av\ndef process_frame(f, p, s): ...", "NumPy and the standard library, not 'av'"),
        ("from l1 import errors\ndef process_frame(f, p, s): ...", "not 'l1'"),
        ("return\ndef process_frame(f, p, s): ...", "line 6: return: SyntaxError"),
        ("def process(i, o, p, c): pass", "wrote no output"),
        ("def process(i, o, p, c): c.write_video([], rate=25)", ""),
        (
            (
                "class E(Exception):\n  def __str__(self): raise self\n"
                "def process_frame(f, p, s): raise E"
            ),
            "failed in line 8: def process_frame(f, p, s): raise E: E",
        ),
    ],
)
async def test_what_is_no_picture_and_what_ends_early_is_refused(refused, body, wanted):
    assert wanted in await refused(body)


@pytest.mark.parametrize(
    "attempt",
    [
        "open('/etc/passwd').read()",
        "open('/etc/hostname').read()",
        "import os; os.listdir('/')",
        "import os; os.listdir('..')",
        "open('../x', 'w')",
        "open('/tmp/written-by-an-effect', 'w')",
        "open('/dev/shm/x', 'w')",
        "import os; os.symlink('/etc/passwd', 'link')",
        "import os; os.link(inputs[0], 'link')",
        "import os; os.truncate(inputs[0], 0)",
        "import os; os.unlink(inputs[0])",
        "import os; os.chmod(inputs[0], 0o777)",
        "import os; os.fork()",
        "import os; os.execv('/bin/true', ['true'])",
        "import os; os.kill(os.getppid(), 9)",
        "import os; os.mkfifo('fifo')",
        "import subprocess; subprocess.run(['/bin/true'])",
        "import socket; socket.socket()",
        "import socket; socket.create_connection(('127.0.0.1', 80))",
        "import ctypes, os; libc = ctypes.CDLL(None); 1 / (libc.ptrace(0, 0, 0, 0) + 1)",
        "import multiprocessing; multiprocessing.Process(target=print).start()",
        "open('/proc/self/environ').read()",
    ],
)
async def test_nothing_but_the_inputs_and_the_output_can_be_reached(refused, film, attempt):
    before = film.read_bytes()
    said = await refused(f"def process(inputs, output, params, ctx):\n    {attempt}")
    assert "failed in line 7" in said
    assert any(
        word in said
        for word in ("PermissionError", "OSError", "BlockingIOError", "ZeroDivisionError")
    ), said
    assert film.read_bytes() == before


async def test_a_loop_without_end_is_ended(render):
    loop = "def process_frame(f, p, s):\n    while True: pass"
    with pytest.raises(ChildFailed) as failed:
        await render(loop, limits=Limits(timeout_s=20, no_progress_s=0.5))
    assert failed.value.kind == "stalled"
    busy = "def process(i, o, p, c):\n    while True: c.progress(1, 2)"
    with pytest.raises(ChildFailed) as failed:
        await render(busy, limits=Limits(timeout_s=0.5, no_progress_s=20))
    assert failed.value.kind == "timeout"


async def test_memory_disk_and_talk_are_capped(render, refused):
    with pytest.raises(ChildFailed) as failed:
        await render("def process_frame(f, p, s): return np.ones(10**10, np.uint8)")
    assert failed.value.kind == "memory"
    big = "def process(i, o, p, c): open(o, 'wb').write(bytes(10**7))"
    assert "more than 1000000 bytes" in await refused(big, limits=Limits(file_bytes=10**6))
    await render(
        """
        def process(inputs, output, params, ctx):
            for _ in range(100):
                print("x" * 50_000)
                ctx.note("y" * 50_000)
            output.write_text("done")
        """
    )
    assert sum(map(len, render.notes)) < 200_000


async def test_what_it_does_to_a_child_does_not_reach_the_next(render):
    spoil = """
        import builtins, sys, random
        np.stack = np.array = None
        builtins.open = None
        sys.modules["l1.media.encoding"].write_video = None
        def process(inputs, output, params, ctx): output.write_bytes(b"x")
        """
    await asyncio.gather(render(spoil), return_exceptions=True)
    done = await render("def process_frame(f, p, s): return f")
    assert done.value["info"]["video"]["frames"] == 6


async def test_a_child_whose_channel_is_taken_over_is_believed_in_nothing_but_form(render):
    said = """
        import os, json
        def process(inputs, output, params, ctx):
            line = {"done": {"bytes": 1, "info": {"kind": "video", "media_type": "video/<script>"}}}
            os.write(3, json.dumps(line).encode() + b"\\n")
            os._exit(0)
        """
    with pytest.raises(ChildFailed, match="cannot be in any media"):
        await render(said)
    with pytest.raises(ChildFailed, match="no answer"):
        await render("import os\nos.write(3, b'{}nonsense\\n')\ndef process(i, o, p, c): ...")


async def test_a_weak_sandbox_runs_no_effect_by_others(film, tmp_path):
    code = tmp_path / "effect.py"
    code.write_text(HEAD + "def process_frame(f, p, s): return f")
    task = Task(
        kind="render",
        name="foreign",
        sources=tuple(TaskSource(path=str(path), info=probe(path)) for path in (film, code)),
        output=str(tmp_path / "output"),
    )
    async with Children(["l1.effects"], sandbox="weak") as weak:
        with pytest.raises(Refused, match="ARTDAG_SANDBOX is weak"):
            await weak.run(task)
