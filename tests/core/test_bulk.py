import pytest
from django.db import connection

from ecc_site.core.bulk import refresh_statistics
from ecc_site.core.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def planned_rows() -> float:
    """How many rows the database expects in the table of audit entries."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = %s", [AuditEntry._meta.db_table])
        return cursor.fetchone()[0]


def test_postgresql_plans_with_the_rows_that_came(django_assert_num_queries):
    AuditEntry.objects.bulk_create(AuditEntry(act="opened_round", target=str(i)) for i in range(300))
    if connection.vendor != "postgresql":
        with django_assert_num_queries(0):
            refresh_statistics(AuditEntry)
        return
    refresh_statistics(AuditEntry)
    assert planned_rows() >= 300
