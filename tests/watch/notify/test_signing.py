"""The signature is the standard's, so that a receiver can check it with a library."""

import base64
import hashlib
import hmac

import pytest

from ecc_site.watch.notify.signing import is_usable, key_of, signed_headers

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_the_standards_own_example_is_met():
    """https://github.com/standard-webhooks/standard-webhooks, the tests of its libraries."""
    body = b'{"test": 2432232314}'
    headers = signed_headers(SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_a_secret_in_plain_text_is_its_own_bytes():
    secret = "s" * 24
    found = signed_headers(secret, "a", 1, b"{}")["webhook-signature"]
    expected = hmac.new(secret.encode(), b"a.1.{}", hashlib.sha256).digest()
    assert found == "v1," + base64.b64encode(expected).decode()


def test_body_id_and_time_are_all_signed():
    one = signed_headers(SECRET, "a", 1, b"{}")["webhook-signature"]
    for other in (("b", 1, b"{}"), ("a", 2, b"{}"), ("a", 1, b"{ }")):
        assert signed_headers(SECRET, *other)["webhook-signature"] != one


@pytest.mark.parametrize(
    ("secret", "usable"),
    [
        (SECRET, True),
        ("s" * 24, True),
        ("s" * 23, False),
        ("s" * 65, False),
        ("whsec_!!", False),
        ("whsec_YQ==", False),
    ],
)
def test_a_short_or_broken_secret_is_refused(secret, usable):
    assert is_usable(secret) is usable


def test_broken_base64_is_said():
    with pytest.raises(ValueError, match="not base64"):
        key_of("whsec_!!")
