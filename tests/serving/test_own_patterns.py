"""The shop's own patterns: by the environment, and by the managers' page."""

import json
import os
import subprocess
import sys
from io import StringIO

import pytest
from django.conf import settings as site
from django.core.management import call_command
from django.urls import reverse

from ecc_site.core.models import Act, AuditEntry
from serving.models import RedactionPattern
from serving.own_redaction import detectors, redactor
from serving.question import ProtectedQuestion
from serving.redaction import BadPattern, own_detector
from serving.runtimes.protocol import Message
from training.labels.few_shot import Example
from training.labels.prompt import example_text

MEMBER = {"name": "member_number", "expression": "M[0-9]{8}"}


def pattern(**changed):
    return RedactionPattern.objects.create(**MEMBER | changed)


def page(client):
    return client.get(reverse("serving:patterns")).content.decode()


# --- what may be a pattern


@pytest.mark.parametrize(
    ("name", "expression", "code"),
    [
        ("Member", "M", "name"),
        ("m", "M", "name"),
        ("member__number", "M", "name"),
        ("member1", "M", "name"),
        ("会员", "M", "name"),
        ("phone", "M", "taken"),
        ("literal", "M", "taken"),
        ("member", " ", "empty"),
        ("member", "M" * 501, "long"),
        ("member", "(", "syntax"),
        ("member", "(?=M)", "syntax"),
        ("member", r"(M)\1", "syntax"),
        ("member", "M{1000}{1000}", "syntax"),
        ("member", "M*", "everywhere"),
    ],
)
def test_a_pattern_that_cannot_be_used_is_refused(name, expression, code):
    with pytest.raises(BadPattern) as caught:
        own_detector(name, expression)
    assert caught.value.code == code


def test_nested_repetition_takes_no_longer_than_the_text():
    found = own_detector("member", "(a+)+$|(a|aa)+b").find("a" * 200_000 + "!")
    assert list(found) == []


def test_full_width_digits_are_digits(settings, db):
    settings.REDACTION_PATTERNS = {"member_number": "M[0-9]{8}"}
    assert redactor().redact("会员Ｍ１２３４５６７８").text == "会员[MEMBER_NUMBER_1]"


# --- what is redacted with it


@pytest.mark.django_db
def test_the_gateway_takes_it_out_and_puts_it_back():
    pattern()
    question = ProtectedQuestion([Message("customer", "会员号M12345678，电话13800138000")], lambda: True)
    assert question.messages[0].text == "会员号[MEMBER_NUMBER_1]，电话[PHONE_1]"
    assert question.redactions == 2
    assert question.redactor.restore("您的会员号[MEMBER_NUMBER_1]") == "您的会员号M12345678"


@pytest.mark.django_db
def test_one_that_is_off_takes_nothing_out():
    pattern(active=False)
    assert redactor().redact("M12345678").found == ()


@pytest.mark.django_db
def test_examples_of_the_teacher_are_without_it():
    pattern()
    assert example_text(Example("会员号M12345678", "好", 1), detectors()) == "问：会员号[MEMBER_NUMBER_1]\n答：好"


def test_a_file_is_redacted_with_those_of_the_environment(settings, tmp_path):
    settings.REDACTION_PATTERNS = {"member_number": "M[0-9]{8}"}
    (tmp_path / "in").write_text('{"text": "会员M12345678"}\n', encoding="utf-8")
    call_command("redact_file", tmp_path / "in", tmp_path / "out", stdout=StringIO(), stderr=StringIO())
    assert json.loads((tmp_path / "out").read_text(encoding="utf-8"))["found"] == [
        {"kind": "member_number", "start": 2, "end": 11}
    ]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("not JSON", "expected a JSON object"),
        ('["M"]', "expected a JSON object"),
        ('{"member": 5}', "expected a JSON object"),
        ('{"member": "("}', "member: RE2 cannot read"),
        ('{"phone": "M"}', "phone: There is a kind"),
    ],
)
def test_a_setting_that_cannot_be_used_ends_the_start_with_a_sentence(value, said, tmp_path):
    environment = os.environ | {"REDACTION_PATTERNS": value, "ECC_DATA_DIR": str(tmp_path)}
    command = [sys.executable, "-c", "import ecc_site.settings"]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, cwd=site.BASE_DIR, timeout=300, check=False
    )
    assert done.returncode != 0
    assert said in done.stderr


# --- the page


def test_a_manager_adds_one(as_manager, manager):
    response = as_manager.post(reverse("serving:patterns"), MEMBER, follow=True)
    assert "member_number is redacted from now on." in response.content.decode()
    added = RedactionPattern.objects.get()
    assert (added.expression, added.active, added.created_by) == ("M[0-9]{8}", True, manager)


def test_it_lists_those_of_the_environment_too(as_manager, settings):
    settings.REDACTION_PATTERNS = {"locker_code": "L[0-9]{4}"}
    assert "locker_code" in page(as_manager)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": "Member Number"}, "Expected two to thirty small Latin letters"),
        ({"name": "phone"}, "There is a kind of this name already."),
        ({"name": "locker_code"}, "There is a kind of this name already."),
        ({"name": "member_number"}, "already exists"),
        ({"expression": "("}, "RE2 cannot read it: missing ): ("),
        ({"expression": "M*"}, "It matches an empty text"),
        ({"expression": ""}, "This field is required."),
    ],
)
def test_a_bad_one_is_answered_with_a_sentence_and_what_was_typed(as_manager, settings, changed, said):
    settings.REDACTION_PATTERNS = {"locker_code": "L[0-9]{4}"}
    pattern(expression="other")
    response = as_manager.post(reverse("serving:patterns"), MEMBER | {"name": "ticket"} | changed)
    assert said in response.content.decode()
    assert RedactionPattern.objects.count() == 1


def test_the_most_there_may_be_is_said(as_manager):
    RedactionPattern.objects.bulk_create(
        RedactionPattern(name=f"kind_{chr(97 + n // 26)}{chr(97 + n % 26)}", expression="M") for n in range(50)
    )
    assert "remove one first" in as_manager.post(reverse("serving:patterns"), MEMBER).content.decode()
    assert RedactionPattern.objects.count() == 50


def test_a_text_is_tried_and_nothing_is_kept(as_manager):
    data = {"name": "ticket", "expression": "T[0-9]{4}", "text": "T1234 和 13800138000"}
    said = as_manager.post(reverse("serving:try-pattern"), data, headers={"HX-Request": "true"}).content.decode()
    assert "[NEW_PATTERN_1] 和 [PHONE_1]" in said
    assert "this expression" in said
    assert "<html" not in said
    assert not RedactionPattern.objects.exists()


def test_a_try_without_javascript_keeps_what_was_typed(as_manager):
    data = {"name": "ticket", "expression": "T[0-9]{4}", "text": "T1234"}
    said = as_manager.post(reverse("serving:try-pattern"), data).content.decode()
    assert "<html" in said
    assert 'value="ticket"' in said
    assert said.count("T[0-9]{4}") == 1
    assert ">T1234<" in said.replace("\n", "")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"text": "T1234", "expression": "("}, "RE2 cannot read it"),
        ({"text": ""}, "This field is required."),
        ({"text": "今天"}, "Nothing is found in it."),
        ({"text": "M12345678"}, "MEMBER_NUMBER_1"),
    ],
)
def test_a_try_says_what_is_wrong_or_found(as_manager, data, said):
    pattern()
    assert (
        said in as_manager.post(reverse("serving:try-pattern"), data, headers={"HX-Request": "true"}).content.decode()
    )


def test_it_is_switched_off_and_on_and_removed(as_manager):
    address = reverse("serving:change-pattern", args=[pattern().pk])
    for act, active in (("off", False), ("off", False), ("on", True), ("nonsense", True)):
        assert as_manager.post(address, {"act": act}).status_code == 302
        assert RedactionPattern.objects.get().active is active
    as_manager.post(address, {"act": "remove"})
    assert not RedactionPattern.objects.exists()
    assert as_manager.post(address, {"act": "remove"}).status_code == 404


def test_the_audit_log_says_who_changed_what_is_redacted(as_manager):
    as_manager.post(reverse("serving:patterns"), MEMBER)
    address = reverse("serving:change-pattern", args=[RedactionPattern.objects.get().pk])
    for act in ("off", "off", "on", "remove"):
        as_manager.post(address, {"act": act})
    entries = AuditEntry.objects.filter(act=Act.CHANGED_REDACTION, by_name="manager", target="member_number")
    details = list(entries.order_by("id").values_list("detail", flat=True))
    assert details == ["added: M[0-9]{8}", "off", "on", "removed: M[0-9]{8}"]
