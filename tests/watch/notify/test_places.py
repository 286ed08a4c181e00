"""Where a webhook may be: decision 0028."""

import socket

import pytest

from ecc_site.watch.notify.places import ForbiddenPlace, check_url, resolved


@pytest.fixture
def names(monkeypatch):
    """What the names of hosts mean: no test asks a real server for names."""
    meant: dict[str, list[str]] = {}

    def getaddrinfo(host, port, **_):
        kind = socket.AF_INET6 if ":" in host else socket.AF_INET
        return [(kind, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in meant.get(host, [host])]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return meant


@pytest.mark.parametrize(
    "url",
    [
        "http://93.184.216.34/hook",
        "ftp://93.184.216.34/hook",
        "file:///etc/passwd",
        "https://user:word@shop.example/hook",
        "https://shop.example/hook#part",
        "https:///hook",
        "https://shop.example:0/hook",
        "https://shop.example:99999/hook",
        "https://shop.example/a b",
        "https://shop.example/\nHost: x",
        "https://shop.example/" + "x" * 500,
        "hook",
        "",
        "https://127.0.0.1/hook",
        "https://10.0.0.5/hook",
        "https://[::1]/hook",
        "https://[::ffff:10.0.0.5]/hook",
        "https://169.254.169.254/latest/meta-data",
        "https://0.0.0.0/",
        "https://[fe80::1]/",
        "https://224.0.0.1/",
    ],
)
def test_it_is_refused_when_it_is_entered(url, settings):
    settings.OWN_HOSTS = []
    with pytest.raises(ForbiddenPlace):
        check_url(url)


@pytest.mark.parametrize(
    "url", ["https://shop.example/hook?key=1", "https://93.184.216.34:8443/", "https://例子.example/"]
)
def test_the_public_internet_is_told_by_https(url):
    check_url(url)


def test_a_host_of_the_shop_may_lie_inside_and_speak_http(settings, names):
    settings.OWN_HOSTS = ["hooks.shop.internal", "10.0.0.5"]
    names["hooks.shop.internal"] = ["10.0.0.9"]
    assert resolved("http://hooks.shop.internal:8000/a").ip == "10.0.0.9"
    assert resolved("http://10.0.0.5/").port == 80
    with pytest.raises(ForbiddenPlace, match="OWN_HOSTS"):
        resolved("https://10.0.0.6/")


def test_what_the_environment_names_is_allowed(settings, names):
    settings.ALERT_WEBHOOK_URL = "http://127.0.0.1:9000/hook"
    assert resolved("http://127.0.0.1:9000/hook").ip == "127.0.0.1"


TRANSLATED = ["::ffff:a9fe:a9fe", "2002:a9fe:a9fe::", "64:ff9b::a9fe:a9fe"]  # 169.254.169.254 as well


@pytest.mark.parametrize(
    "ip", ["169.254.169.254", "100.100.100.200", "192.0.0.192", "fd00:ec2::254", "fe80::1", *TRANSLATED]
)
def test_no_name_leads_to_the_secrets_of_the_machine_itself(settings, names, ip):
    settings.OWN_HOSTS = ["hooks.shop.internal"]
    names["hooks.shop.internal"] = [ip]
    with pytest.raises(ForbiddenPlace, match="kind of address"):
        resolved("https://hooks.shop.internal/")


def test_a_public_name_that_means_an_inner_address_is_refused_whatever_else_it_means(names):
    names["evil.example"] = ["93.184.216.34", "127.0.0.1"]
    with pytest.raises(ForbiddenPlace, match="inside a network"):
        resolved("https://evil.example/")


def test_what_is_connected_to_is_what_was_checked(names):
    names["shop.example"] = ["93.184.216.34"]
    place = resolved("https://shop.example/hook")
    assert (place.host, place.ip, place.port) == ("shop.example", "93.184.216.34", 443)
