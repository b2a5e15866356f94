"""The interface description for people, rendered on the server: no script, no third party."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def docs(request: HttpRequest) -> HttpResponse:
    """Every operation with its parameters and answers, read from the OpenAPI description."""
    from gongkai.surfaces.api.urls import api

    schema = api.get_openapi_schema()
    operations = [
        {
            "method": method.upper(),
            "path": path,
            "summary": operation.get("summary", ""),
            "description": operation.get("description", ""),
            "parameters": [_parameter(item) for item in operation.get("parameters", [])],
            "body": _body_name(operation),
            "needs_token": bool(operation.get("security")),
            "answers": sorted(str(code) for code in operation.get("responses", {})),
        }
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]
    return render(request, "api/docs.html", {"operations": operations, "section": "data"})


def _parameter(item: dict[str, Any]) -> dict[str, Any]:
    schema = item.get("schema", {})
    return {
        "name": item["name"],
        "place": {"query": "查询", "path": "路径", "header": "请求头"}.get(item["in"], item["in"]),
        "is_required": item.get("required", False),
        "type": schema.get("type", ""),
        "default": schema.get("default", ""),
    }


def _body_name(operation: dict[str, Any]) -> str:
    for media_type, body in operation.get("requestBody", {}).get("content", {}).items():
        name = body.get("schema", {}).get("$ref", "").rpartition("/")[2]
        return f"{name or '表单'}（{media_type}）"
    return ""
