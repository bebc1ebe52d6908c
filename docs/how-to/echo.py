# /// script
# requires-python = ">=3.11"
# dependencies = ["numpy"]
# ///
"""Trails of light.

@effect echo
@version 1.0
@author @you@example.org
@temporal true
@description Bright things leave trails that fade
@param fade float
  @range 0 1
  @default 0.8
  How much of a trail is left after each picture
@param tint choice
  @choices none, red, blue
  @default none
  The colour of the trails
"""

import numpy as np

TINTS = {"none": (1, 1, 1), "red": (1, 0.35, 0.3), "blue": (0.35, 0.5, 1)}


def process_frame(frame, params, state):
    """Show a picture over what is left of those before it."""
    if state is None:  # the first picture
        return frame, frame.astype(np.float32)
    trail = state * params["fade"]
    tinted = (trail * TINTS[params["tint"]]).astype(np.uint8)
    return np.maximum(frame, tinted), np.maximum(frame, trail)
