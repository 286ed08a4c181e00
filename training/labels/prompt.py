"""The teacher's prompt, Table II of the paper: role text, N question/answer examples, the conversation.

The role text and the N examples are one system message that is byte for byte the same in every request of a job, so
that a provider's prefix cache works. Examples picked by nearest question, if any, are a message after it.
Tokens are counted as in the daily budget: one a character, about right for Chinese and too many for English.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from dialogues.models import Dialogue
from serving.budget import CHARACTERS_PER_TOKEN
from serving.models import Version
from serving.providers import provider_of
from serving.redaction import DETECTORS, Redactor
from serving.redaction.spans import Detector
from serving.runtimes.protocol import Decoding, Message
from serving.subject import Subject
from training.labels.few_shot import Example, NearestQuestions

PROMPT_VERSION = "table2.1"  # to be changed with any word below
ROLE = (
    "你是一家网店的人工客服。请像下面示例中的客服那样回复顾客：先解决问题，语气亲切，简短，用顾客所用的语言；"
    "不编造订单、物流或政策信息；方括号里的大写字母和编号是隐去的个人信息，需要时原样照抄。只写出给顾客的回复。"
)
EXAMPLES_TITLE = "以下是本店客服的回复示例："
NEAREST_TITLE = "与本次提问相近的示例："
MOST_EXAMPLES = 500  # N of the paper
LABELLING = Decoding(max_new_tokens=1024)  # a teacher that thinks first spends tokens before it speaks
CONVERSATION_TOKENS = 2048  # kept free for the conversation; the oldest turns of a longer one are left out


@dataclass(frozen=True)
class Request:
    """What the teacher is sent, and the dialogues that it quotes: that of the question and those of the examples.

    `origins` are the hashes of the latter, those of the fixed block by themselves.
    """

    messages: list[Message]
    dialogues: frozenset[int]
    question: Any
    origins: tuple[frozenset[str], ...] = ()

    @property
    def about(self) -> Subject:
        """Whom it is about and whom it quotes, for the ledger."""
        return self.question.as_subject.quoting(*self.origins)

    def may_leave(self) -> bool:
        return Dialogue.objects.all_may_leave(self.dialogues)


@dataclass(frozen=True)
class Prompt:
    """What comes before a conversation; `request` puts the conversation after it."""

    head: str
    examples: Sequence[Example] = ()  # those in the head
    nearest: NearestQuestions | None = None
    nearest_count: int = 0
    detectors: Sequence[Detector] = DETECTORS  # of what the examples are shown without

    def request(self, context: Sequence) -> Request:
        """System message, nearest examples if any, then the newest turns of the conversation that fit.

        A question without a dialogue has the dialogue id 0.
        """
        question = context[-1]
        near = self.nearest.of(question.text, question.dialogue_id, self.nearest_count) if self.nearest else []
        opening = [Message("system", self.head)]
        if near:
            opening.append(Message("system", block(NEAREST_TITLE, near, self.detectors)))
        quoted = {example.dialogue_id for example in [*self.examples, *near]} | {question.dialogue_id}
        conversation = [Message(turn.role, turn.text) for turn in newest_that_fit(context)]
        origins = tuple(frozenset(example.origin for example in shown) for shown in (self.examples, near))
        return Request([*opening, *conversation], frozenset(quoted - {0}), question, origins)


def make_prompt(
    teacher: Version,
    examples: Sequence[Example],
    nearest: NearestQuestions | None = None,
    nearest_count: int = 0,
    detectors: Sequence[Detector] = DETECTORS,
) -> Prompt:
    """The prompt with as many of the examples, in their order, as fit into the teacher's window."""
    shown = first_that_fit(examples, room_for_examples(teacher), detectors)
    head = f"{ROLE}\n\n{block(EXAMPLES_TITLE, shown, detectors)}" if shown else ROLE
    return Prompt(head, shown, nearest, nearest_count, detectors)


def first_that_fit(
    examples: Sequence[Example], tokens: int, detectors: Sequence[Detector] = DETECTORS
) -> list[Example]:
    """The first examples that together take at most this many tokens."""
    fitting = []
    for example in examples:
        tokens -= count_tokens(example_text(example, detectors))
        if tokens < 0:
            break
        fitting.append(example)
    return fitting


def prompt_name(example_count: int, nearest_count: int = 0) -> str:
    """What a label stores, at most 20 characters: the version of the words, N, and the number of nearest if any."""
    return f"{PROMPT_VERSION}/{example_count}" + (f"+{nearest_count}" if nearest_count else "")


def default_example_count(teacher: Version) -> int:
    """N where nobody chose one: the paper's 500, of which as many are sent as fit; 0 where the teacher reads none."""
    return MOST_EXAMPLES if provider_of(teacher).reads_examples else 0


def room_for_examples(teacher: Version) -> int:
    """Tokens of the window (CLOUD_WINDOW_TOKENS, else its provider's) that role text, conversation and reply leave."""
    window = settings.CLOUD_WINDOW_TOKENS or provider_of(teacher).window_tokens
    return max(0, window - count_tokens(ROLE) - CONVERSATION_TOKENS - LABELLING.max_new_tokens)


def count_tokens(text: str) -> int:
    return -(-len(text) // CHARACTERS_PER_TOKEN)


def block(title: str, examples: Iterable[Example], detectors: Sequence[Detector] = DETECTORS) -> str:
    return f"{title}\n\n" + "\n\n".join(example_text(example, detectors) for example in examples)


def example_text(example: Example, detectors: Sequence[Detector] = DETECTORS) -> str:
    """Redacted on its own and for good, so that no reply can put another customer's data back."""
    question, answer = Redactor(detectors).redact_all([example.question, example.answer])
    return f"问：{question.text}\n答：{answer.text}"


def newest_that_fit(context: Sequence) -> list:
    """The newest turns that together fit into CONVERSATION_TOKENS; the last one in any case."""
    fitting, room = [context[-1]], CONVERSATION_TOKENS - count_tokens(context[-1].text)
    for turn in reversed(context[:-1]):
        room -= count_tokens(turn.text)
        if room < 0:
            break
        fitting.append(turn)
    return fitting[::-1]
