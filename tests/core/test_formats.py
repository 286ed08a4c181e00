import pytest
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils import translation


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_large_number_is_written_as_in_the_sentences_beside_it(language):
    with translation.override(language):
        assert intcomma(2_000_000) == f"{2_000_000:,}"
