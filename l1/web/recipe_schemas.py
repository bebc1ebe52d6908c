"""The shapes of recipes that come in and go out."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field


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
