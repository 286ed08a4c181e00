import pytest

from ecc_site.core.templatetags.markdown import markdown


def test_it_knows_what_a_guideline_is_written_with():
    assert markdown("# Rules\n\n- **polite**\n- short") == (
        "<h1>Rules</h1>\n<ul>\n<li><strong>polite</strong></li>\n<li>short</li>\n</ul>\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "a <img src=x onerror=alert(1)> b",
        "[x](javascript:alert(1))",
        "![x](https://elsewhere.example/x.png)",
        "<style>*{display:none}</style>",
    ],
)
def test_nothing_in_it_runs_or_is_fetched(text):
    html = markdown(text)
    assert not any(tag in html for tag in ("<script", "<img", "<style", 'href="javascript'))
