"""What can be watched has no holes, even while a lost piece is made anew."""

from l1.actions.advance_stream import advance_stream
from l1.actions.contents import put_documents
from l1.content.cid import Cid
from l1.content.pieces import Pieces, PlayedPiece
from l1.events.content import ContentCorrupted
from l1.events.step import Segment, SegmentsRendered, StepSplit, StreamAdvanced
from l1.log.command import Command
from tests.running.node import ME

SPLIT = StepSplit(
    key="film", frames=20, segment_frames=10, rate_num=10, rate_den=1, segments=("p0", "p1"),
    parts=(), started_us=0, sound="sound", streamed=True,
)  # fmt: skip


async def say(node, *facts):
    await node.services.log.append(Command(facts=facts, meta=ME.meta("film")))


def rendered(*named):
    segments = tuple(
        Segment(key=key, output=Cid(cid), size=9, header=Cid(f"h-{key[0]}"), length_us=1_000_000)
        for key, cid in named
    )
    return SegmentsRendered(
        step="film", part="part:film:1:0", segments=segments, attempt=1, worker="w"
    )


async def shown(node):
    """Advance the stream; answer its end, and the pieces of sound that its newest list names."""
    await advance_stream(node.services, ME, SPLIT)
    last = (await node.facts(StreamAdvanced))[-1]
    text = (await node.services.store.read(last.sound)).decode()
    lines = [line for line in text.splitlines() if line.startswith("/cache/")]
    return last.complete, [line.split("/")[2] for line in lines]


async def test_a_sound_that_misses_a_piece_is_played_up_to_there_and_has_not_ended(node):
    heard = ("s-0", "s-1", "s-2")
    pieces = Pieces(
        header=Cid("h-s"), pieces=tuple(PlayedPiece(cid=Cid(c), length_us=1_000_000) for c in heard)
    )
    (listing,) = await put_documents(node.services, pieces.to_json())
    film, sound = (
        [("p0", "p-0"), ("p1", "p-1")],
        [(f"sound:{n:05d}", c) for n, c in enumerate(heard)],
    )
    await say(node, rendered(*film, *sound, ("sound", listing.cid)))
    await say(node, ContentCorrupted(cid=Cid("s-1"), found="missing"))
    assert await shown(node) == (False, ["s-0"])
    await say(node, rendered(("sound:00001", "s-1")))
    assert await shown(node) == (True, [*heard])
    await say(node, ContentCorrupted(cid=Cid("s-1"), found="missing"))
    assert await shown(node) == (True, [*heard]), "what has ended does not begin anew"
    await say(node, rendered(("sound:00001", "s-one")))
    assert await shown(node) == (True, ["s-0", "s-one", "s-2"]), "unless it came out otherwise"
    told = len(await node.facts(StreamAdvanced))
    await shown(node)
    assert len(await node.facts(StreamAdvanced)) == told
