"""What a run learns, with the memory before the conversation as the model will meet it when it answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dialogues.models import Turn
from knowledge.live import remembering_at
from knowledge.retrieval.answering import Fits
from serving.loading import place_of
from serving.runtimes.protocol import Message
from training.ml.examples import Example
from training.ml.settings import TrainingSettings
from training.runs.models import Run


def remembering(run: Run, examples: Sequence[tuple[int, Example]]) -> list[Example]:
    """The examples, each given with the id of its turn, behind what the run's memory has for them.

    What was learned from a turn's own dialogue or from the same question is hidden. Without a memory they stay as they
    are. Raises MemoryUnavailable.
    """
    if not (run.base.reads_memory and run.memory_after):
        return [example for _, example in examples]
    memory, fits = remembering_at(run.memory_after), _fits(run)
    turns = Turn.objects.filter(pk__in={turn for turn, _ in examples})
    origins = dict(turns.values_list("pk", "dialogue__content_hash"))
    return [
        replace(example, messages=memory.plan(example.messages, origin=origins[turn], fits=fits).prompt)
        for turn, example in examples
    ]


def _fits(run: Run) -> Fits:
    """Whether a prompt is within the run's limit, so that nothing of a conversation is cut for what is before it."""
    from serving.runtimes.prompt import encode_prompt
    from training.ml.loading import load_tokenizer

    tokenizer = load_tokenizer(place_of(run.base.model))
    most = TrainingSettings.from_dict(run.parameters).max_input_tokens

    def fits(prompt: Sequence[Message]) -> bool:
        return len(encode_prompt(tokenizer, prompt, 10**9)) <= most

    return fits
