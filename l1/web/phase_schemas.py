"""The shapes of plans, analyses and assets that come in and go out."""

from typing import Annotated, Any

from pydantic import BaseModel, Field

from l1.web.schemas import In, Inputs, Name


class PlanIn(In):
    """A recipe that is to be planned."""

    recipe: Annotated[Name, Field(description="A recipe's or an effect's name, or a CID")]
    inputs: Inputs = Field(default_factory=list)


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
