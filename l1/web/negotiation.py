"""Reads what a client would like to get."""

from starlette.requests import Request

HTML = "text/html"
JSON = "application/json"


def wants_html(request: Request) -> bool:
    """Tell whether a page is preferred to data; what takes anything gets data."""
    accepted = _accepted(request.headers.get("accept", ""))
    html = accepted.get(HTML, 0.0)
    return html > 0 and html >= accepted.get(JSON, 0.0)


def _accepted(header: str) -> dict[str, float]:
    """Read an Accept header into weights."""
    weights: dict[str, float] = {}
    for part in header.split(","):
        media_type, *parameters = (piece.strip() for piece in part.split(";"))
        weight = next((p[2:] for p in parameters if p.startswith("q=")), "1")
        try:
            weights[media_type.lower()] = float(weight)
        except ValueError:
            continue
    return weights
