"""The shapes of what comes in and goes out."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

Name = Annotated[str, Field(min_length=1, max_length=256)]


class In(BaseModel):
    """Base of what comes in: a field that nobody knows is a mistake."""

    model_config = ConfigDict(extra="forbid")


Inputs = Annotated[
    dict[Name, Name] | list[Name],
    Field(description="CIDs or content hashes: in order, or by the names of the inputs"),
]


class InputsIn(In):
    """What a recipe is to be run with."""

    inputs: Inputs = Field(default_factory=list)
    output_name: Annotated[str, Field(max_length=256, description="A name for the output")] = ""
    reuse: Annotated[
        bool, Field(description="Answer a completed run of the same meaning, if there is one")
    ] = False


class RunIn(InputsIn):
    """A run that is asked for."""

    recipe: Annotated[Name, Field(description="A recipe's or an effect's name, or a CID")]


class ContentOut(BaseModel):
    """Content."""

    cid: str
    content_hash: str
    size: int
    name: str
    title: str = Field(description="The name, or one made from how it came about")
    kind: str | None = Field(description="video, audio, image, text or data; null until probed")
    media_type: str | None
    info: dict[str, Any] | None
    problem: str
    source: str
    stored_at: datetime
    position: int
    url: str


class UploadOut(BaseModel):
    """What an upload became."""

    cid: str
    content_hash: str
    size: int
    name: str
    existing: bool = Field(description="Whether the store had these bytes already")
    position: int
    url: str


class ErrorOut(BaseModel):
    """Why a run or a step failed."""

    code: str
    message: str


class OutputOut(BaseModel):
    """What a run made."""

    name: str
    cid: str
    content_hash: str
    media_type: str | None
    url: str


class RunOut(BaseModel):
    """A run."""

    run_id: str
    status: str = Field(description="pending, running, completed, failed or cancelled")
    recipe: str
    recipe_cid: str
    recipe_text: str | None = Field(description="The CID of the text that it was written in")
    inputs: dict[str, str]
    output_name: str
    retry_of: str | None
    requested_at: datetime
    planned_at: datetime | None
    ended_at: datetime | None
    steps: int | None
    steps_done: int
    steps_cached: int | None
    levels: int | None
    run_key: str | None
    plan_id: str | None
    plan_cid: str | None
    stream: str | None = Field(description="Where it can be watched, while it renders and after")
    output: OutputOut | None
    output_cid: str | None
    content_hash: str | None
    provenance_cid: str | None
    error: ErrorOut | None
    position: int
    url: str


class StepOut(BaseModel):
    """One step of a run."""

    step_id: str
    key: str
    node: str
    level: int
    status: str
    within: str | None = Field(description="The step that it is rendered in one pass with")
    segments: int | None = Field(description="The segments of a long film")
    rendered: int | None = Field(description="How many of them had to be made")
    done: int | None
    total: int | None
    output_cid: str | None
    attempt: int | None
    worker: str | None
    elapsed_us: int | None
    error: ErrorOut | None


class RunDetailOut(RunOut):
    """A run with its steps."""

    step_list: list[StepOut]


class RunList(BaseModel):
    """A page of runs; `next` is the address of the next one."""

    items: list[RunOut]
    total: int
    next: str | None


class ContentList(BaseModel):
    """A page of content; `next` is the address of the next one."""

    items: list[ContentOut]
    total: int
    next: str | None


class Accepted(BaseModel):
    """It is in the log at this position; the views will know shortly."""

    position: int
    url: str


class Done(BaseModel):
    """It is done, and stands in the log at this position."""

    position: int


class Problem(BaseModel):
    """Problem details as of RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    reasons: list[dict[str, Any]] | None = None
    errors: list[dict[str, Any]] | None = None
