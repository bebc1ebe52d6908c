"""Every variable of the environment: its name, its default, its meaning. Read once, by `compose`."""

import os
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from l1.errors import Refused


def _limit(default: int, variable: str, meaning: str) -> Any:
    """Describe a cap, which is never nothing."""
    return Field(default, alias=variable, ge=1, description=meaning)


class Settings(BaseModel):
    """The variables. An empty value counts as not set."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    home: Annotated[Path, Field(alias="ARTDAG_HOME", description="Where a node keeps its files.")]
    cache_dir: Annotated[
        Path | None,
        Field(alias="CACHE_DIR", description="Content; `cache` inside ARTDAG_HOME if not set."),
    ] = None
    host: Annotated[
        str, Field(alias="HOST", description="Address that the server binds; `up` binds 127.0.0.1.")
    ] = "0.0.0.0"  # noqa: S104 - the documented default; owner mode refuses to bind it
    port: Annotated[
        int, Field(alias="PORT", ge=0, le=65535, description="Its port; `up` takes 8100.")
    ] = 8000
    database_url: Annotated[
        str, Field(alias="DATABASE_URL", description="Postgres; `up` starts its own if not set.")
    ] = "postgresql://artdag:artdag@localhost:5432/artdag"
    redis_url: Annotated[
        str, Field(alias="REDIS_URL", description="Redis; `up` starts its own if not set.")
    ] = "redis://localhost:6379/5"
    public_url: Annotated[
        str, Field(alias="L1_PUBLIC_URL", description="The address by which others reach us.")
    ] = "http://localhost:8100"
    domain: Annotated[
        str,
        Field(
            alias="L2_DOMAIN",
            description="Host in `rendered_by`; that of L1_PUBLIC_URL if not set.",
        ),
    ] = ""
    owner: Annotated[
        str, Field(alias="ARTDAG_OWNER", description="The name of this node's single owner.")
    ] = "owner"
    cluster_key: Annotated[
        str,
        Field(
            alias="ARTDAG_CLUSTER_KEY",
            description="Mixed into cache keys: nodes with different keys share no results.",
        ),
    ] = ""
    import_roots: Annotated[
        str,
        Field(
            alias="ARTDAG_IMPORT_ROOTS",
            description="Folders, separated by colons, below which files may be imported by path.",
        ),
    ] = ""
    sandbox: Annotated[
        Literal["strict", "weak"],
        Field(
            alias="ARTDAG_SANDBOX",
            description="`weak` decodes even where the platform cannot sandbox.",
        ),
    ] = "strict"
    foreign_effects: Annotated[
        Literal["off", "on"],
        Field(
            alias="ARTDAG_FOREIGN_EFFECTS",
            description="`on` lets effects that others wrote be added and run, in the sandbox.",
        ),
    ] = "off"
    allow_remote_owner: Annotated[
        bool,
        Field(
            alias="ARTDAG_ALLOW_REMOTE_OWNER",
            description="Let owner mode bind an address that others can reach.",
        ),
    ] = False
    upload_limit: Annotated[
        int, Field(alias="ARTDAG_UPLOAD_LIMIT", ge=1, description="Largest upload, in bytes.")
    ] = 16 * 2**30
    lease_seconds: Annotated[
        float,
        Field(
            alias="ARTDAG_LEASE_SECONDS",
            gt=0,
            description="A worker silent for so long has lost its work.",
        ),
    ] = 15.0
    stall_seconds: Annotated[
        float,
        Field(
            alias="ARTDAG_STALL_SECONDS",
            gt=0,
            description="A child that reports no progress for so long is ended.",
        ),
    ] = 120.0
    child_seconds: int = _limit(3600, "ARTDAG_CHILD_SECONDS", "Longest time of one step.")
    child_cpu_seconds: int = _limit(3600, "ARTDAG_CHILD_CPU_SECONDS", "Its processor time.")
    child_memory: int = _limit(2 * 2**30, "ARTDAG_CHILD_MEMORY", "Memory cap of a child, in bytes.")
    child_file: int = _limit(16 * 2**30, "ARTDAG_CHILD_FILE", "Largest file of a child, in bytes.")
    child_scratch: Annotated[
        int,
        Field(
            alias="ARTDAG_CHILD_SCRATCH",
            ge=1,
            description="Cap of what a child keeps on disk while it works, all files together, in bytes.",
        ),
    ] = 32 * 2**30
    probe_seconds: int = _limit(180, "ARTDAG_PROBE_SECONDS", "Longest look into an upload.")
    probe_cpu_seconds: int = _limit(120, "ARTDAG_PROBE_CPU_SECONDS", "Its processor time.")
    probe_memory: int = _limit(512 * 2**20, "ARTDAG_PROBE_MEMORY", "Its memory cap, in bytes.")
    media_seconds: int = _limit(4 * 3600, "ARTDAG_MEDIA_SECONDS", "Longest media let in.")
    media_pixels: int = _limit(7680 * 4320, "ARTDAG_MEDIA_PIXELS", "Largest picture let in.")
    media_rate: int = _limit(240, "ARTDAG_MEDIA_RATE", "Most frames a second let in.")
    media_channels: int = _limit(64, "ARTDAG_MEDIA_CHANNELS", "Most channels of sound let in.")
    media_streams: int = _limit(16, "ARTDAG_MEDIA_STREAMS", "Most streams in one file let in.")
    orphan_seconds: Annotated[
        float,
        Field(
            alias="ARTDAG_ORPHAN_SECONDS",
            ge=0,
            description="Stored bytes that no fact knows are removed when they are so old.",
        ),
    ] = 86400.0
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"],
        Field(alias="ARTDAG_LOG_LEVEL", description="What is written to standard error."),
    ] = "info"
    htmx_url: Annotated[
        str,
        Field(
            alias="ARTDAG_HTMX_URL",
            description="Where pages load htmx from.",
        ),
    ] = "https://cdn.jsdelivr.net/npm/htmx.org@4.0.1/dist/htmx.min.js"
    htmx_integrity: Annotated[
        str,
        Field(
            alias="ARTDAG_HTMX_INTEGRITY",
            description="The hash that it must have (SRI).",
        ),
    ] = "sha384-Qp9rdC8H7EqOoX+nR0P3RPG2Noji+qdwJlGpfzwQJsfOpp3sGwIdSP9xO3+UlEhn"
    htmx_sse_url: Annotated[
        str,
        Field(
            alias="ARTDAG_HTMX_SSE_URL",
            description="Where pages load its extension for event streams from.",
        ),
    ] = "https://cdn.jsdelivr.net/npm/htmx.org@4.0.1/dist/ext/hx-sse.min.js"
    htmx_sse_integrity: Annotated[
        str,
        Field(alias="ARTDAG_HTMX_SSE_INTEGRITY", description="The hash that this must have."),
    ] = "sha384-v8HvucQ+ohQhMg0arboXc5049yNR46QKMjphs7YDch+Wm7zpfK5XVS01f26mQDJV"
    hls_url: Annotated[
        str,
        Field(
            alias="ARTDAG_HLS_URL",
            description="Where pages load the player of live streams from (hls.js).",
        ),
    ] = "https://cdn.jsdelivr.net/npm/hls.js@1.7.4/dist/hls.min.js"
    hls_integrity: Annotated[
        str,
        Field(alias="ARTDAG_HLS_INTEGRITY", description="The hash that it must have."),
    ] = "sha384-p9vgU/7IYJWd3I4STrtqxqR/2cAQlhIX7D/HrTnIMEjjcUox165b7se7sxmm3zDg"
    failpoint: Annotated[
        str,
        Field(
            alias="ARTDAG_FAILPOINT",
            description="For failure tests: the point at which a worker kills itself.",
        ),
    ] = ""

    @property
    def content_folder(self) -> Path:
        """Name the folder that holds content."""
        return self.cache_dir or self.home / "cache"

    @property
    def rendered_by_host(self) -> str:
        """Name the host that stands in provenance."""
        return self.domain or urlsplit(self.public_url).hostname or socket.gethostname()

    @property
    def import_folders(self) -> tuple[Path, ...]:
        """Name the folders below which files may be imported."""
        return tuple(Path(root) for root in self.import_roots.split(":") if root)


def from_environment(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings; `Refused` names a variable whose value cannot be used."""
    values = dict(os.environ if environment is None else environment)
    values.setdefault("ARTDAG_HOME", str(Path.home() / ".artdag"))
    known = {str(field.alias) for field in Settings.model_fields.values()}
    given = {name: value for name, value in values.items() if name in known and value}
    for name in ("ARTDAG_HOME", "CACHE_DIR"):
        if name in given:
            given[name] = str(Path(given[name]).expanduser().absolute())
    try:
        return Settings.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        wanted = _wanted(first["type"], first.get("ctx", {}))
        raise Refused(f"{name}={given.get(name)!r} {wanted}", code="bad_setting") from None


def _wanted(kind: str, limits: Mapping[str, object]) -> str:
    """Say in plain words what a value had to be."""
    (limit,) = [str(value) for value in limits.values()][:1] or [""]
    return {
        "int_parsing": "is not a whole number",
        "float_parsing": "is not a number",
        "bool_parsing": "is neither true nor false",
        "literal_error": f"is not one of {limit}",
        "greater_than_equal": f"is less than {limit}",
        "less_than_equal": f"is more than {limit}",
        "greater_than": f"is not more than {limit}",
    }.get(kind, "cannot be used")
