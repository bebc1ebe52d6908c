"""The shapes of effects by others that go out."""

from datetime import datetime

from pydantic import BaseModel, Field


class EffectParamOut(BaseModel):
    """A parameter that an effect declares."""

    name: str
    takes: str = Field(description="What it takes and what it is when left out, in words")
    description: str


class EffectOut(BaseModel):
    """An effect by somebody else; recipes name it by its `cid` or its `content_hash`."""

    cid: str
    name: str
    version: str
    author: str
    description: str
    added_at: datetime
    url: str


class EffectDetailOut(EffectOut):
    """An effect with its parameters and its file."""

    form: str = Field(description="process_frame or process")
    temporal: bool
    params: list[EffectParamOut]
    code: str


class EffectList(BaseModel):
    """A page of effects; `next` is the address of the next one."""

    items: list[EffectOut]
    next: str | None
