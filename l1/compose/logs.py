"""How this process writes its log lines."""

import logging
import sys

import structlog
from structlog.processors import ExceptionRenderer
from structlog.tracebacks import ExceptionDictTransformer


def set_up_logging(level: str) -> None:
    """Write log lines as JSON to standard error; secrets are never given to a logger."""
    number = getattr(logging, level.upper())
    logging.basicConfig(level=number, stream=sys.stderr, format="%(message)s")
    for quiet in ("arq.worker", "httpx"):
        logging.getLogger(quiet).setLevel(max(number, logging.WARNING))
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(number),
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            # Without local variables: they may hold secrets.
            ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
            structlog.processors.JSONRenderer(),
        ],
        # Asked for at each line: standard error may have become another file since.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )
