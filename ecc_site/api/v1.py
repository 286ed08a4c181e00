"""The API as a whole: its resources, and the OpenAPI document that describes them."""

from __future__ import annotations

from typing import Any

from django.views.decorators.http import require_safe
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from ecc_site.api import answers, datasets, dialogues, rounds, scores, verdicts
from ecc_site.api.errors import add_handlers
from ecc_site.api.parts import StrictJson

DESCRIPTION = (
    "Dialogues, answers, scores and verdicts, in and out. Every request has a token in its header "
    "`Authorization: Bearer ecc_…`; people make them on the page “API tokens”. A token acts for its person: as far as "
    "their role goes, and its scopes."
)


class SiteAPI(NinjaAPI):
    def get_openapi_operation_id(self, operation: Operation) -> str:
        return operation.view_func.__name__

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        document = super().get_openapi_schema(**options)
        for path in document["paths"].values():
            for described in path.values():
                described["summary"] += f" ({described['x-scope']})"
                for parameter in described["parameters"]:
                    parameter["schema"] = _without_null(parameter["schema"])
        return document


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of a parameter that may be left out: an address or a header cannot say null."""
    kinds = [kind for kind in schema.get("anyOf", ()) if kind != {"type": "null"}]
    if len(kinds) != 1:
        return schema
    return {name: value for name, value in schema.items() if name not in ("anyOf", "default")} | kinds[0]


api = SiteAPI(
    title="ECC review site",
    version="1",
    description=DESCRIPTION,
    urls_namespace="api",
    docs_url=None,
    docs_decorator=require_safe,
    parser=StrictJson(),
)
for resource in (datasets, dialogues, answers, scores, rounds, verdicts):
    api.add_router("", resource.router)
add_handlers(api)
