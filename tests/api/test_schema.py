"""Whatever a machine sends by the description of the interface: no failure of ours, no answer it does not describe.

Every operation of the description is tried, also those that others add; 2,000 times each with ``--full``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connection
from hypothesis import HealthCheck, Phase, given, settings, strategies
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from gongkai.ground.access.actors import hash_token
from gongkai.ground.access.models import ServiceToken
from gongkai.ground.access.roles import Role
from gongkai.surfaces.api.arguments import ACTIONS
from tests.builders import Office, content, draft_record, person, public_record
from tests.conftest import IS_FULL

TOKEN = "test-token-of-the-oa-system"
EXAMPLES = 2000 if IS_FULL else 20
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture
def interface(db: None) -> Iterator[Any]:
    """The description, served by the application itself on a town with records in several states."""
    office = Office()
    machine = person("oa", office.organ, Role.SERVICE, Role.OFFICER)
    ServiceToken.objects.create(
        person=machine, label="OA", token_hash=hash_token(TOKEN), valid_until=dt.date(2099, 12, 31)
    )
    known = {
        "index_number": public_record(office).index_number,
        "pk": draft_record(office).pk,
        "organ_code": office.organ.code,
        "kind": "other_document",
        "content": content(),
    }
    # The application closes the connection after each request; the test's transaction has to live on.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application()), known
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def led_to(case: Any, known: dict[str, Any]) -> None:
    """Random names lead nowhere: let a request be about what is there."""
    for part in (case.path_parameters, case.query, case.body):
        if isinstance(part, dict):
            part.update({name: value for name, value in known.items() if name in part})


def try_out(operation: Any, known: dict[str, Any]) -> None:
    """One operation with many requests, about nothing in particular and about what is there."""

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate],
    )
    @given(case=operation.as_strategy(), is_led=strategies.booleans(), name=strategies.sampled_from(sorted(ACTIONS)))
    def run(case: Any, is_led: bool, name: str) -> None:
        if is_led:
            led_to(case, known | {"name": name})
        headers = {"Authorization": f"Bearer {TOKEN}"}
        case.call_and_validate(headers=headers, checks=CHECKS)
        assert not connection.needs_rollback

    run()


def test_every_operation_answers_as_described(interface: Any) -> None:
    schema, known = interface
    tried = []
    for found in schema.get_all_operations():
        operation = found.ok()
        try_out(operation, known)
        tried.append(operation.label)
    assert {"GET /api/v1/records", "POST /api/v1/drafts", "POST /api/v1/files"} <= set(tried)
