"""One recipe in each of the formats, and nodes with code to pin them to."""

import msgspec

from l1.content.cid import Cid
from l1.content.media_info import MediaInfo
from tests.dag.nodes import INFOS, NODES

CODE = "640ea11ee881ebf4101af0a955439105ab11e763682b209e88ea08fc66e1cc03"
"""The hash of some effect's code."""
OTHER = "0" * 63 + "1"
PICTURE = Cid("bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku")
PICTURE_HASH = "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a"
"""The CID and the SHA3-256 of the same bytes: none."""

PINNED = {
    **NODES,
    "dog": msgspec.structs.replace(NODES["dog"], code=CODE),
    "mux": msgspec.structs.replace(NODES["mux"], slots=("video", "audio")),
    "sequence": msgspec.structs.replace(NODES["sequence"], slots=("items",)),
    "watermark": msgspec.structs.replace(NODES["watermark"], slots=("media", "mark")),
}
KNOWN = {**INFOS, PICTURE: MediaInfo(kind="image", media_type="image/png")}

MY_EFFECT = f"""\
name: my-effect
version: "1.0"
description: "Apply effect to user image"

registry:
  effects:
    dog:
      hash: "{CODE}"

dag:
  nodes:
    - id: user_image
      type: SOURCE
      config:
        input: true        # Variable input
        name: "input_image"

    - id: apply_dog
      type: EFFECT
      config:
        effect: dog
      inputs:
        - user_image

  output: apply_dog
"""

WITH_DAG = f"""\
name: collage
registry:
  assets:
    sign: {{cid: {PICTURE}, url: "https://example.org/sign.png"}}
dag:
  nodes:
    - {{id: clip, type: SOURCE, config: {{input: true, name: The clip, type: video}}}}
    - {{id: song, type: SOURCE, config: {{input: true, name: song}}}}
    - {{id: mark, type: SOURCE, config: {{asset: sign}}}}
    - {{id: soft, type: EFFECT, config: {{effect: blur, params: {{radius: 3}}}}, inputs: [clip]}}
    - {{id: signed, type: WATERMARK, inputs: {{mark: mark, media: [soft]}}}}
    - {{id: all, type: CONCAT, inputs: {{items: [clip, signed, mark]}}}}
    - {{id: out, type: MUX, inputs: {{audio: song, video: all}}}}
  output: out
"""

WITH_NODES = f"""\
name: collage
inputs:
  The clip: video
  song:
  sign: {{default: {PICTURE}}}
nodes:
  signed: {{type: watermark, inputs: [soft, sign]}}
  soft: {{type: blur, config: {{radius: 3}}, inputs: The clip}}
  clip: {{type: SOURCE, config: {{input: The clip}}}}
  all: {{type: SEQUENCE, inputs: [clip, signed, sign]}}
  out: {{type: MUX, inputs: [all, song]}}
output: out
"""

WITH_STEPS = f"""\
name: collage
inputs:
  sign: {{default: {PICTURE}, type: image}}
  song: audio
  The clip: video
steps:
  - {{id: a, type: BLUR, inputs: [The clip], config: {{radius: 3}}}}
  - {{id: b, type: WATERMARK, inputs: [a, sign]}}
  - {{id: c, type: SEQUENCE, inputs: [The clip, b, sign]}}
  - {{id: d, type: MUX, inputs: [c, song]}}
output: d
"""
