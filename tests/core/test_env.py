from pathlib import Path

import pytest

from ecc_site.env import (
    BadSetting,
    broker_url,
    env_bool,
    env_choice,
    env_int,
    env_list,
    env_path,
    env_price,
    env_str,
    own_redis_socket,
)

NAME = "ECC_TEST_VARIABLE"


@pytest.fixture
def given(monkeypatch):
    """Put this text into the variable; None takes it away."""

    def put(value: str | None) -> None:
        monkeypatch.delenv(NAME, raising=False)
        if value is not None:
            monkeypatch.setenv(NAME, value)

    return put


@pytest.mark.parametrize("value", [None, "", "  "])
def test_an_absent_or_empty_variable_gives_the_default(given, value):
    given(value)
    assert env_str(NAME, "default") == "default"
    assert env_bool(NAME, True) is True
    assert env_int(NAME, 7) == 7
    assert env_choice(NAME, "a", ("a", "b")) == "a"
    assert env_list(NAME, ["a"]) == ["a"]
    assert env_path(NAME, Path("/default")) == Path("/default")


@pytest.mark.parametrize(
    ("value", "meant"), [("1", True), ("True", True), (" YES ", True), ("off", False), ("0", False)]
)
def test_a_bool_is_read_in_the_usual_spellings(given, value, meant):
    given(value)
    assert env_bool(NAME, not meant) is meant


@pytest.mark.parametrize("value", ["maybe", "2", "tru"])
def test_a_bad_bool_names_the_variable_and_what_was_expected(given, value):
    given(value)
    with pytest.raises(BadSetting, match=rf"{NAME}='{value}' cannot be used: expected one of 0, 1, .*true, yes"):
        env_bool(NAME, False)


@pytest.mark.parametrize("value", ["ten", "1.5", "1e3", "0x10"])
def test_a_number_that_is_none_names_the_variable_and_what_was_expected(given, value):
    given(value)
    with pytest.raises(BadSetting, match=f"{NAME}='{value}' cannot be used: expected a whole number"):
        env_int(NAME, 1)


@pytest.mark.parametrize(
    ("value", "fits"), [("0", False), ("1", True), ("65535", True), ("65536", False), ("-1", False)]
)
def test_a_number_out_of_range_names_the_range(given, value, fits):
    given(value)
    if fits:
        assert env_int(NAME, 8000, low=1, high=65535) == int(value)
    else:
        with pytest.raises(BadSetting, match=rf"{NAME}='{value}'.*a whole number from 1 to 65535"):
            env_int(NAME, 8000, low=1, high=65535)


def test_a_choice_that_does_not_exist_names_the_choices(given):
    given("staging")
    with pytest.raises(BadSetting, match=f"{NAME}='staging' cannot be used: expected one of development, production"):
        env_choice(NAME, "development", ("development", "production"))


def test_a_list_is_split_at_commas_without_its_spaces_and_gaps(given):
    given(" shop.example , ,www.shop.example,")
    assert env_list(NAME, []) == ["shop.example", "www.shop.example"]


def test_a_path_is_absolute_and_knows_the_home_folder(given, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    given("~/data")
    assert env_path(NAME, Path("unused")) == tmp_path / "data"
    monkeypatch.chdir(tmp_path)
    given("data")
    assert env_path(NAME, Path("unused")) == tmp_path / "data"


@pytest.mark.parametrize(
    ("value", "price"), [("", None), ("0.40 USD", (0.4, "USD")), ("3CNY", (3.0, "CNY")), (" 12 EUR ", (12.0, "EUR"))]
)
def test_a_price_has_an_amount_and_a_currency(given, value, price):
    given(value)
    assert env_price(NAME) == price


@pytest.mark.parametrize("value", ["0.40", "USD", "-1 USD", "1e9 USD", "1 usd", "nan USD", "１ USD"])
def test_a_price_that_is_none_is_named(given, value):
    given(value)
    with pytest.raises(BadSetting, match=r"an amount and a currency, such as 0\.40 USD"):
        env_price(NAME)


def test_a_bad_setting_ends_the_process_with_one_line():
    stop = BadSetting("PORT", "x", "a whole number")
    assert isinstance(stop, SystemExit)
    assert stop.code == "PORT='x' cannot be used: expected a whole number."


@pytest.mark.parametrize(
    ("url", "broker"),
    [
        ("redis://:p@127.0.0.1:6379/3", "redis://:p@127.0.0.1:6379/3"),
        ("unix:///run/redis.sock?db=2", "redis+socket:///run/redis.sock?virtual_host=2"),
        ("unix:///run/redis.sock", "redis+socket:///run/redis.sock?virtual_host=0"),
    ],
)
def test_celery_gets_the_same_redis(url, broker):
    assert broker_url(url) == broker


def test_a_socket_has_a_path_that_the_kernel_takes():
    short, deep = Path("/srv/shop"), Path("/srv") / ("x" * 200)
    assert own_redis_socket(short) == short / "redis" / "redis.sock"
    assert len(str(own_redis_socket(deep))) < 107
    assert own_redis_socket(deep) == own_redis_socket(deep) != own_redis_socket(deep / "other")
