"""What contains a text, whatever the case of its letters."""

import pytest
from django.contrib.auth.models import User

from ecc_site.core.contains import contains

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.mark.parametrize(
    "asked",
    ["Müller", "MÜLLER", "müller", "Иван", "иван", "ИВАН", "smith", "SMITH", "李雷", "привет мир", "ПРИВЕТ МИР"],
)
def test_a_text_is_found_in_whatever_case_it_was_typed_and_is_asked_for(asked):
    stored = ["müller", "MÜLLER", "Müller", "иван", "ИВАН", "Иван", "Smith", "SMITH", "李雷"]
    stored += ["Привет мир", "Привет Мир"]
    User.objects.bulk_create(User(username=str(i), first_name=f"a {name} z") for i, name in enumerate(stored))
    found = User.objects.filter(contains("first_name", asked)).values_list("first_name", flat=True)
    assert sorted(found) == sorted(f"a {name} z" for name in stored if name.casefold() == asked.casefold())


@pytest.mark.parametrize("asked", ["%", "_", "é%"])
def test_signs_of_a_pattern_are_text(asked):
    User.objects.create(username="a", first_name="é one")
    assert not User.objects.filter(contains("first_name", asked)).exists()
