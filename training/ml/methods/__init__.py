"""The PEFT methods. One more is a file beside these and a line in METHODS; nothing else knows their names.

The web process imports this, so torch, transformers and peft are imported inside the functions that need them.
"""

from training.ml.methods.lora import LORA
from training.ml.methods.method import Method, UnknownMethod
from training.ml.methods.prefix_tuning import PREFIX_TUNING
from training.ml.methods.ptuning_v2 import PTUNING_V2

__all__ = ["METHODS", "Method", "UnknownMethod", "choices", "method_named", "of_the_paper"]

# In the order of the columns of Table VI.
METHODS: dict[str, Method] = {method.name: method for method in (PREFIX_TUNING, PTUNING_V2, LORA)}


def method_named(name: str) -> Method:
    """Raises UnknownMethod."""
    if name not in METHODS:
        raise UnknownMethod(f"There is no PEFT method {name!r}; expected {' or '.join(METHODS)}.")
    return METHODS[name]


def choices() -> list[tuple[str, str]]:
    """Name and label of each, as a form takes them."""
    return [(method.name, method.label) for method in METHODS.values()]


def of_the_paper() -> list[str]:
    """Names of those that Table VI of the paper trains."""
    return [method.name for method in METHODS.values() if method.paper_steps]
