"""Decoding, encoding and frames; the only home of `av`."""
