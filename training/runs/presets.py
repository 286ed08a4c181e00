"""From the name of a preset to settings that fit the base model."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from serving.loading import place_of
from serving.models import Version
from training.ml import presets
from training.ml.compatibility import parameter_count
from training.ml.settings import TrainingSettings

PRESET_NAMES = {"recommended": _("recommended"), "paper": _("paper (Table IV)")}
PRESETS = tuple(PRESET_NAMES)


def example_count(mix: dict[str, int], repeats: int) -> int:
    """How many examples a pass has at most: those of the mix, each label by people `repeats` times."""
    return sum(mix.values()) + mix.get("person", 0) * (repeats - 1)


def from_preset(preset: str, method: str, base: Version, example_count: int) -> TrainingSettings:
    """Table IV of the paper, or what is recommended for this many examples and a base of this size."""
    if preset == "paper":
        return presets.paper(method)
    size = parameter_count(Path(place_of(base.model)))
    return presets.recommended(method, example_count, *([size] if size else []))
