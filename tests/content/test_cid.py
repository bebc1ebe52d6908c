import base64
import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from l1.content.cid import (
    DAG_PB,
    RAW,
    SHA2_256,
    is_cid,
    is_cid_v0,
    is_content_hash,
    parse_identifier,
    spell,
    to_binary,
)
from l1.errors import Refused

GOLDEN: dict[str, str] = json.loads(
    (Path(__file__).parents[1] / "data" / "golden_cids.json").read_text()
)
CID = "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"
CID_V0 = "QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH"

digests = st.binary(min_size=32, max_size=32)


@pytest.mark.parametrize("cid", GOLDEN.values())
def test_every_reference_cid_is_known_by_its_kind(cid: str) -> None:
    expected = "cid_v0" if cid.startswith("Qm") else "cid"
    assert parse_identifier(cid).kind == expected
    assert is_cid(cid) is (expected == "cid")
    assert is_cid_v0(cid) is (expected == "cid_v0")
    assert spell(to_binary(cid)) == cid


@given(prefix=st.sampled_from([RAW, DAG_PB]), digest=digests)
def test_every_digest_has_one_spelling_as_cid(prefix: bytes, digest: bytes) -> None:
    cid = spell(prefix + digest)
    assert is_cid(cid)
    assert to_binary(cid) == prefix + digest


@given(digest=digests)
def test_every_digest_has_one_spelling_as_cid_v0(digest: bytes) -> None:
    cid = spell(SHA2_256 + digest)
    assert is_cid_v0(cid)
    assert to_binary(cid) == SHA2_256 + digest


@given(st.text("abcdefghijklmnopqrstuvwxyz234567", min_size=51, max_size=51))
def test_a_cid_is_accepted_only_if_its_bytes_spell_it_again(tail: str) -> None:
    text = "bafkrei" + tail + "a"
    decoded = base64.b32decode(text[1:].upper() + "======") if is_cid(text) else b""
    assert is_cid(text) is (decoded[:4] == RAW and spell(decoded) == text)


def test_spare_bits_at_the_end_make_no_second_name() -> None:
    assert is_cid(CID)
    assert not is_cid(CID[:-1] + "v")


def test_a_content_hash_is_known_in_either_case() -> None:
    content_hash = hashlib.sha3_256(b"art").hexdigest()
    assert is_content_hash(content_hash)
    assert not is_content_hash(content_hash.upper())
    name = parse_identifier(content_hash.upper())
    assert (name.kind, name.text) == ("content_hash", content_hash)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " " + CID,
        CID + "\n",
        CID.upper(),
        CID[:-1],
        CID + "a",
        "../" + CID,
        "/ipfs/" + CID,
        "bafyrei" + CID[7:],
        CID_V0[:-1],
        CID_V0[:-1] + "0",
        "Qm" + "z" * 44,
        "Qm" + "1" * 44,
        "f" * 63,
        "g" * 64,
        "٣" * 64,
        "K" + "a" * 63,
        "x" * 10_000,
    ],
)
def test_what_names_no_content_is_refused_with_a_reason(text: str) -> None:
    assert not is_cid(text)
    with pytest.raises(Refused, match="names no content") as refusal:
        parse_identifier(text)
    assert refusal.value.code == "bad_identifier"
    assert len(refusal.value.message) < 400


def test_a_content_hash_has_no_binary_cid() -> None:
    with pytest.raises(Refused, match="not a CID"):
        to_binary("0" * 64)
