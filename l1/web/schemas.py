"""The shapes of what comes in and goes out."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

Name = Annotated[str, Field(min_length=1, max_length=256)]


class In(BaseModel):
    """Base of what comes in: a field that nobody knows is a mistake."""

    model_config = ConfigDict(extra="forbid")


class RunIn(In):
    """A run that is asked for."""

    recipe: Annotated[Name, Field(description="An effect's name, or the CID of a recipe")]
    inputs: Annotated[
        dict[Name, Name] | list[Name],
        Field(description="CIDs or content hashes: in order, or by the names of the inputs"),
    ] = Field(default_factory=list)
    output_name: Annotated[str, Field(max_length=256, description="A name for the output")] = ""
    reuse: Annotated[
        bool, Field(description="Answer a completed run of the same meaning, if there is one")
    ] = False


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


class InputOut(BaseModel):
    """What a recipe takes."""

    kinds: list[str] = Field(description="video, audio, image, text or data; empty for any")
    description: str
    optional: bool
    default: str | None = Field(description="The content that it is, unless a run gives another")


class RecipeOut(BaseModel):
    """A recipe that is kept; its id is the CID of its text."""

    recipe_id: str
    cid: str
    name: str
    version: str
    description: str
    steps: int
    shipped: bool = Field(description="Whether it comes with the server")
    added_at: datetime | None
    url: str


class RecipeDetailOut(RecipeOut):
    """A recipe with what it takes, its steps and its text."""

    inputs: dict[str, InputOut]
    step_list: list[dict[str, Any]]
    output: str
    yaml: str


class RecipeList(BaseModel):
    """A page of recipes; `next` is the address of the next one."""

    items: list[RecipeOut]
    total: int
    next: str | None


class InputsIn(In):
    """What a recipe is to be run with."""

    inputs: Annotated[
        dict[Name, Name] | list[Name],
        Field(description="CIDs or content hashes: in order, or by the names of the inputs"),
    ] = Field(default_factory=list)
    output_name: Annotated[str, Field(max_length=256, description="A name for the output")] = ""
    reuse: Annotated[
        bool, Field(description="Answer a completed run of the same meaning, if there is one")
    ] = False


class PlanIn(In):
    """A recipe that is to be planned."""

    recipe: Annotated[Name, Field(description="A recipe's or an effect's name, or a CID")]
    inputs: Annotated[
        dict[Name, Name] | list[Name],
        Field(description="CIDs or content hashes: in order, or by the names of the inputs"),
    ] = Field(default_factory=list)


class OutlookOut(BaseModel):
    """What would become of one step."""

    step_id: str
    node: str
    level: int
    key: str
    state: str = Field(description="cached, to_run or not_needed")
    reason: str
    changed: list[str] = Field(description="In what its key differs from that of the last run")


class PlanOut(BaseModel):
    """A plan that was made but not run; `plan` is what POST /api/execute takes."""

    plan_id: str
    run_key: str
    steps: list[OutlookOut]
    needed: int
    cached: int
    plan: dict[str, Any]


class ExecuteIn(In):
    """A plan that is to be run."""

    plan: Annotated[
        dict[str, Any],
        Field(description="As POST /api/plan gave it; its keys are made anew"),
    ]
    output_name: Annotated[str, Field(max_length=256, description="A name for the output")] = ""


class AssetOut(BaseModel):
    """An asset that the server can make."""

    name: str
    summary: str
    media_type: str


class AssetList(BaseModel):
    """The assets."""

    items: list[AssetOut]


class AnalysisOut(BaseModel):
    """One analysis of a run."""

    step_id: str
    feature: str
    of: str = Field(description="The CID of what was analysed, or the step that makes it")
    status: str
    cid: str | None
    data: dict[str, Any] | None = Field(description="What was found: integers, times in ms")


class AnalysisList(BaseModel):
    """The analyses of a run."""

    run_id: str
    items: list[AnalysisOut]
