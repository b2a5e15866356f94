"""The interface for machines: /api/v1/."""

from __future__ import annotations

from typing import Any

from django.urls import path, re_path
from ninja import NinjaAPI

from gongkai.surfaces.api import deliveries, problems, reading, writing
from gongkai.surfaces.api.pages import docs


class Interface(NinjaAPI):
    """An API whose description tells how every no looks."""

    def get_openapi_schema(self, **options: Any) -> Any:
        """The OpenAPI description."""
        return problems.described(super().get_openapi_schema(**options))


api = Interface(
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
api.add_router("", deliveries.router)

urlpatterns = [path("api/v1/", api.urls), path("api/docs", docs, name="api-docs")]
# A machine that asks for what is not there gets an answer it can read, too.
urlpatterns += [re_path(r"^api/v1/(?P<rest>[\s\S]*)$", problems.nowhere, name="api-nowhere")]
