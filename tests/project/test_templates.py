"""Templates and what the browser gets from us: they parse, they escape, and they ask no other server."""

import re

import pytest
from django.conf import settings
from django.template.loader import get_template

from tests.project.ours import our_packages, sources

TEMPLATES = settings.BASE_DIR / "templates"
STATIC = settings.BASE_DIR / "ecc_site" / "static" / "ecc"
NAMES = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*") if path.is_file())
SERVED = sorted(path for path in STATIC.rglob("*") if path.suffix in {".js", ".css", ".svg"})

UNESCAPED = re.compile(r"\|\s*(safe|safeseq)\b|autoescape\s+off|mark_safe|SafeString|SafeText")
HANDLER = re.compile(r"\son\w+\s*=", re.IGNORECASE)
INLINE_SCRIPT = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>", re.IGNORECASE)
CHART, CHART_SCRIPTS = "core/_chart.html", "core/_chart_scripts.html"
INCLUDED = re.compile(r'{% (?:include|extends) "([^"]+)"')
ELSEWHERE = re.compile(r"https?://(?!www\.w3\.org/)|(?:src|href|action)\s*=\s*[\"']?//|url\(\s*[\"']?//|javascript:")


def test_there_is_something_to_look_at():
    assert len(NAMES) > 20
    assert {path.name for path in SERVED} >= {"site.css", "desk.css", "outbox.js", "charts.js", "icon.svg"}


@pytest.mark.parametrize("name", NAMES)
def test_the_template_parses(name):
    get_template(name)


@pytest.mark.parametrize("name", NAMES)
def test_the_template_escapes_runs_no_inline_code_and_asks_no_other_server(name):
    source = (TEMPLATES / name).read_text()
    for forbidden in (UNESCAPED, HANDLER, INLINE_SCRIPT, ELSEWHERE):
        assert not forbidden.search(source), forbidden.pattern


def included_by(name: str) -> set[str]:
    """The templates that this one includes or extends by their names, those that these include, and so on."""
    found = {name}
    for other in INCLUDED.findall((TEMPLATES / name).read_text()):
        found |= included_by(other)
    return found


@pytest.mark.parametrize("name", [name for name in NAMES if CHART in included_by(name)])
def test_a_page_with_a_chart_loads_what_draws_it(name):
    if "base.html" in included_by(name):
        assert CHART_SCRIPTS in included_by(name)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in (CHART, CHART_SCRIPTS)])
def test_charts_and_their_scripts_are_written_once(name):
    assert not re.search(r"plotly\.min|ecc/charts\.js|data-figure", (TEMPLATES / name).read_text())


@pytest.mark.parametrize("path", SERVED, ids=lambda path: path.name)
def test_the_served_file_asks_no_other_server_and_builds_no_markup(path):
    source = path.read_text()
    assert not ELSEWHERE.search(source)
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", source)


@pytest.mark.parametrize("package", our_packages())
def test_no_python_of_ours_calls_a_text_safe(package):
    marked = [p.name for p in sources(package) if UNESCAPED.search(p.read_text())]
    assert marked == (
        ["markdown.py"] if package == "ecc_site" else []
    )  # whose renderer escapes, and has tests of its own


@pytest.mark.parametrize(
    ("pattern", "sample"),
    [
        (UNESCAPED, "{{ text|safe }}"),
        (UNESCAPED, "{{ text | safe }}"),
        (UNESCAPED, "{% autoescape off %}"),
        (HANDLER, '<a onclick="x()">'),
        (HANDLER, "<img\nonError = x>"),
        (INLINE_SCRIPT, "<script>x()</script>"),
        (INLINE_SCRIPT, '<script type="module">'),
        (ELSEWHERE, '<link href="https://cdn.example/x.css">'),
        (ELSEWHERE, '<script src="//cdn.example/x.js">'),
        (ELSEWHERE, "background: url(//cdn.example/x.png)"),
        (ELSEWHERE, '<a href="javascript:x()">'),
    ],
)
def test_what_is_forbidden_is_found(pattern, sample):
    assert pattern.search(sample)


def test_what_is_allowed_is_not_found():
    allowed = '<script src="{% static \'ecc/site.js\' %}" defer></script><svg xmlns="http://www.w3.org/2000/svg">'
    assert not any(pattern.search(allowed) for pattern in (UNESCAPED, HANDLER, INLINE_SCRIPT, ELSEWHERE))
