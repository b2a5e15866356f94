"""The interface for machines: /api/v1/."""

from __future__ import annotations

from django.urls import path
from ninja import NinjaAPI

from gongkai.surfaces.api import problems, reading, writing
from gongkai.surfaces.api.pages import docs

api = NinjaAPI(
    title="政务公开平台接口",
    version="1",
    description="读取公开信息无需令牌；写入以接口账号的令牌进行，权限与该账号的授权一致。出错时返回 problem+json。",
    urls_namespace="api",
    docs_url=None,
    openapi_url="/openapi.json",
)
problems.install(api)
api.add_router("", reading.router)
api.add_router("", writing.router)

urlpatterns = [path("api/v1/", api.urls), path("api/docs", docs, name="api-docs")]
