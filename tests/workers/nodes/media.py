"""Effects that use what a renderer uses, to see that the sandbox leaves it usable."""

import threading

import av
import numpy as np

from l1.dag.node import Node, Params
from l1.effects.effect import Effect, Job


class NoParams(Params):
    pass


def node(name, params=NoParams):
    return Node(name=name, version=1, summary="for tests", params=params, accepts=(), many=True)


def _encode(job: Job) -> None:
    with av.open(str(job.output), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        stream.thread_count = 4
        for number in range(10):
            pixels = np.full((48, 64, 3), number * 20, dtype=np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
            job.progress(number + 1, 10)
        container.mux(stream.encode(None))


def _transcode(job: Job) -> None:
    frames = 0
    with av.open(str(job.sources[0].path)) as container:
        container.streams.video[0].thread_type = "AUTO"
        container.streams.video[0].thread_count = 4
        frames = sum(1 for _ in container.decode(video=0))
    job.output.write_text(str(frames))


def _thread(job: Job) -> None:
    thread = threading.Thread(target=lambda: job.output.write_text("from a thread"))
    thread.start()
    thread.join()


ENCODE = Effect(node=node("encode"), render=_encode)
COUNT_FRAMES = Effect(node=node("count_frames"), render=_transcode)
THREAD = Effect(node=node("thread"), render=_thread)
