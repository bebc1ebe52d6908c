"""The OpenAPI document, made from the endpoints."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel

import l1
from l1.web.endpoint import Answer, Endpoint
from l1.web.problems import MEDIA_TYPE
from l1.web.schemas import Problem

_REFS = "#/components/schemas/{model}"


def document(endpoints: Iterable[Endpoint], server: str) -> Mapping[str, Any]:
    """Write the document."""
    schemas: dict[str, Any] = {}
    _ref(Problem, schemas)
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in endpoints:
        operation = _operation(endpoint, schemas)
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {"title": "Art DAG L1", "version": l1.__version__, "license": {"name": "MIT"}},
        "servers": [{"url": server}],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "securitySchemes": {
                "owner": {"type": "http", "scheme": "bearer", "description": "The owner's token"},
            },
        },
    }


def groups(endpoints: Iterable[Endpoint]) -> dict[str, list[Endpoint]]:
    """Group the endpoints by the first word of their path."""
    found: dict[str, list[Endpoint]] = {}
    for endpoint in sorted(endpoints, key=lambda e: (e.path, e.method)):
        found.setdefault(endpoint.path.split("/")[1] or "start", []).append(endpoint)
    return found


def _operation(endpoint: Endpoint, schemas: dict[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": _id(endpoint),
        "summary": endpoint.summary,
        "tags": [endpoint.path.split("/")[1] or "start"],
        "parameters": [*_path(endpoint), *_query(endpoint)],
        "responses": {
            **{
                str(status): _response(endpoint, answer, schemas)
                for status, answer in endpoint.answers.items()
            },
            "default": {
                "description": "A problem",
                "content": {MEDIA_TYPE: {"schema": _ref(Problem, schemas)}},
            },
        },
        "security": [] if endpoint.public else [{"owner": []}],
    }
    if body := _body(endpoint, schemas):
        operation["requestBody"] = body
    return operation


def _id(endpoint: Endpoint) -> str:
    words = re.findall(r"[a-z0-9_.]+", endpoint.path) or ["start"]
    return "_".join([endpoint.method.lower(), *words]).replace(".", "_")


def _path(endpoint: Endpoint) -> list[dict[str, Any]]:
    names = re.findall(r"{(\w+)", endpoint.path)
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in names
    ]


def _query(endpoint: Endpoint) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "query", "description": about, "schema": {"type": "string"}}
        for name, about in endpoint.query.items()
    ]


def _body(endpoint: Endpoint, schemas: dict[str, Any]) -> dict[str, Any]:
    if isinstance(endpoint.body, type):
        schema = _ref(endpoint.body, schemas)
        return {"required": True, "content": {"application/json": {"schema": schema}}}
    file = {"type": "string", "format": "binary"}
    shapes = {
        "multipart/form-data": {"type": "object", "properties": {"file": file}},
    }
    content = {kind: {"schema": shapes.get(kind, file)} for kind in endpoint.body}
    return {"required": True, "content": content} if content else {}


def _response(endpoint: Endpoint, answer: Answer, schemas: dict[str, Any]) -> dict[str, Any]:
    if isinstance(answer, type):
        schema = _ref(answer, schemas)
        about = (answer.__doc__ or "").strip()
        return {"description": about, "content": {"application/json": {"schema": schema}}}
    kinds: dict[str, Any] = {kind: {} for kind in endpoint.gives}
    return {"description": answer, **({"content": kinds} if answer and kinds else {})}


def _ref(model: type[BaseModel], schemas: dict[str, Any]) -> dict[str, str]:
    """Refer to a model, writing its schema down the first time."""
    name = model.__name__
    if name not in schemas:
        written = model.model_json_schema(ref_template=_REFS)
        schemas.update(written.pop("$defs", {}))
        schemas[name] = written
    return {"$ref": _REFS.format(model=name)}
