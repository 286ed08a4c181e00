import pytest
from django.urls import reverse

from serving.models import CloudCall, Version

pytestmark = pytest.mark.django_db


@pytest.fixture
def calls(db):
    """One that left, one that a recorded reply answered, one that an end model of the shop answered."""
    cloud = Version.objects.create(kind="cloud", name="far", model="openai:x@https://cloud.example/v1")
    recorded = Version.objects.create(kind="cloud", name="written", model="recorded")
    near = Version.objects.create(kind="end", name="near", model="openai:x@http://127.0.0.1:1/v1")
    said = [{"role": "customer", "text": "我的手机是[PHONE_1]"}]
    return [
        CloudCall.objects.create(version=cloud, purpose="reference", messages=said, outcome="answered"),
        CloudCall.objects.create(version=recorded, purpose="reference", messages=said, outcome="answered", left=False),
        CloudCall.objects.create(version=near, purpose="answer", messages=[], outcome="answered", left=False),
    ]


def names(response):
    return [call.version.name for call in response.context["page"].rows]


def test_it_says_what_left_and_what_stayed(as_manager, calls):
    page = as_manager.get(reverse("serving:ledger")).content.decode()
    assert page.count("stayed in the shop</p>") == 2
    assert "The words are not kept" in page


@pytest.mark.parametrize(
    ("left", "expected"), [("1", ["far"]), ("0", ["near", "written"]), ("?", ["near", "written", "far"])]
)
def test_it_can_be_narrowed_to_either(as_manager, calls, left, expected):
    assert names(as_manager.get(reverse("serving:ledger"), {"left": left})) == expected


def test_end_models_behind_a_server_are_among_the_models(as_manager, calls):
    near = calls[2].version
    assert names(as_manager.get(reverse("serving:ledger"), {"version": near.pk})) == ["near"]
