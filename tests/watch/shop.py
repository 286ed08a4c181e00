"""A shop whose champion answers one question a dialogue, and goes on to answer more."""

from collections.abc import Sequence

import numpy as np
from django.db.models import F

from dialogues.models import Answer, Comparison, Dataset, Turn
from dialogues.removing import remove
from ecc_site.models import Measurement
from ecc_site.watch.measuring import watch
from scoring.models import Score
from serving.models import Alias, Version
from tests import build


class Shop:
    """Its answers are those of `v1`, beside the human agent's."""

    def __init__(self, name: str = "shop"):
        self.version = Version.objects.filter(name="v1").first() or build.version("v1")
        Alias.objects.get_or_create(name="champion", defaults={"version": self.version})
        self.name, self.asked, self.finals, self.rng = name, 0, [], np.random.default_rng(7)

    @property
    def dataset(self) -> Dataset:
        return Dataset.objects.get(name=self.name)

    def goes_on(
        self, count: int = 0, *, finals: Sequence = (), texts: Sequence[str] = (), finish: str = "stop"
    ) -> None:
        """So many more dialogues are imported, answered and scored: finals around .6, unless they are given."""
        count = count or len(finals) or len(texts)
        finals = list(finals) or self.rng.normal(0.6, 0.1, count).clip(0, 1).tolist()
        start, self.asked = self.asked, self.asked + count
        records = [build.record(f"question {start + i}", f"reply {start + i}", split="train") for i in range(count)]
        dataset = build.dataset(*records, name=self.name)
        turns = list(Turn.objects.open_in(dataset).without_answer_by(self.version, "x"))
        said = {"source": "model", "version": self.version, "settings_hash": "x", "finish_reason": finish}
        texts = list(texts) or ["in stock"] * count
        answers = [Answer(turn=turn, text=text, **said) for turn, text in zip(turns, texts, strict=True)]
        Answer.objects.keep(answers, dataset, self.version)
        Comparison.objects.pair([turn.pk for turn in turns])
        self.finals += finals
        build.graded(dataset, self.version, self.finals)
        above = {"match_cloud": 0.9, "match_end": F("similarity")}  # of Θ; both parts of Eq. 1 are the final score
        Score.objects.filter(dataset=dataset, match_cloud=0.1).update(**above)

    def forgets(self, count: int) -> None:
        """The oldest so many dialogues are removed."""
        remove(self.dataset, list(self.dataset.dialogues.order_by("pk").values_list("pk", flat=True)[:count]))
        self.finals = self.finals[count:]

    def measured(self, subject: str) -> Measurement | None:
        """Looks now; the newest measurement of the subject."""
        watch()
        return Measurement.objects.filter(dataset=self.dataset, subject=subject).first()
