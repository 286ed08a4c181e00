import pytest

from serving.runtimes.paraphrasing import paraphrase_request, paraphrases_in, requested_count
from serving.runtimes.protocol import Message

QUESTION = [Message("customer", "怎么退货？")]


def test_a_request_has_the_conversation_and_says_how_many():
    request = paraphrase_request(QUESTION, 12)
    assert requested_count(request) == 12
    assert request[1:] == QUESTION
    assert requested_count(QUESTION) == requested_count([Message("system", "你是客服"), *QUESTION]) == 0


@pytest.mark.parametrize(
    "reply",
    [
        "退货怎么弄\n想退货",
        "1. 退货怎么弄\n2. 想退货\n",
        "- 退货怎么弄\n\n- “想退货”\n",
        "1) 退货怎么弄\n怎么退货!\n2) 想退货\n想退货。",
    ],
)
def test_each_line_is_a_wording_once_without_bullets_and_never_the_question_itself(reply):
    assert paraphrases_in(reply, "怎么退货？") == ["退货怎么弄", "想退货"]


def test_a_number_at_the_start_of_a_question_stays():
    assert paraphrases_in("2件能便宜吗\n7、8月有货吗\n2.5米", "？") == ["2件能便宜吗", "7、8月有货吗", "2.5米"]


def test_an_overlong_line_is_no_question():
    assert paraphrases_in("很" * 301, "怎么退货") == []
