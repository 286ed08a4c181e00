import pytest

from serving import hosts
from serving.models import Version
from serving.providers import leaves_shop

LOOPBACK = ["http://localhost:8000/v1", "http://127.0.0.1:1/v1", "http://127.3.2.1", "http://[::1]:11434/v1"]
ELSEWHERE = [
    "https://api.openai.com/v1",
    "http://10.0.0.5:8000/v1",
    "http://127.0.0.1@cloud.example/v1",
    "http://localhost.cloud.example/v1",
    "http://127.0.0.1.cloud.example/v1",
    "http://[::1/v1",
    "http://0x7f.1/v1",
]


@pytest.mark.parametrize("url", LOOPBACK)
def test_loopback_is_the_shops_own(url):
    assert hosts.is_loopback(url)
    assert hosts.is_own(url)


@pytest.mark.parametrize("url", ELSEWHERE)
def test_what_is_not_loopback_by_its_form_is_somebody_elses(url):
    assert not hosts.is_own(url)


def test_a_host_that_the_shop_lists_is_its_own(settings):
    settings.OWN_HOSTS = ["gpu.shop.example"]
    assert hosts.is_own("http://GPU.shop.example:8000/v1")
    assert not hosts.is_own("http://gpu.shop.example.cloud.example/v1")


@pytest.mark.parametrize(
    ("kind", "model", "leaves"),
    [
        ("end", "embedded-end", False),
        ("end", "openai:small@http://127.0.0.1:8000/v1", False),
        ("end", "openai:small@http://gpu.example/v1", True),
        ("end", "openai:nonsense", True),
        ("cloud", "recorded", False),
        ("cloud", "gemini:x", True),
        ("cloud", "openai:big@http://127.0.0.1:4000/v1", True),
    ],
)
def test_what_leaves_the_shop(kind, model, leaves):
    assert leaves_shop(Version(kind=kind, model=model)) is leaves


def test_the_key_goes_to_the_server_of_the_cloud_model_and_to_openai(settings):
    settings.CLOUD_MODEL = "openai:big@https://Cloud.example/v1"
    assert hosts.gets_openai_key("https://cloud.example/v1")
    assert hosts.gets_openai_key("https://api.openai.com/v1")
    assert not hosts.gets_openai_key("https://cloud.example:8443/v1")
    assert not hosts.gets_openai_key("https://cloud.example.evil.example/v1")
    assert not hosts.gets_openai_key("http://127.0.0.1:8000/v1")


def test_listed_hosts_alone_get_the_key(settings):
    settings.CLOUD_MODEL = "openai:big@https://cloud.example/v1"
    settings.OPENAI_API_HOSTS = ["gateway.example", "10.0.0.5:8000"]
    got = ["https://gateway.example/v1", "https://gateway.example:444/v1", "http://10.0.0.5:8000/v1"]
    not_got = ["https://cloud.example/v1", "https://api.openai.com/v1", "http://10.0.0.5:8001/v1", "http://[::1/v1"]
    assert [hosts.gets_openai_key(url) for url in [*got, *not_got]] == [True] * 3 + [False] * 4
