"""TensorBoard event files beside a run, where a package that writes them is installed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from training.ml.progress import Progress

SHOWN = ("loss", "dev_loss", "learning_rate", "tokens_per_s", "learned_tokens_per_s", "memory_mb")


@contextmanager
def recorded(folder: Path, on_progress: Callable[[Progress], None]) -> Iterator[Callable[[Progress], None]]:
    """`on_progress` that also writes to `folder/events`; without tensorboardX or tensorboard the same as it was."""
    summary_writer = _summary_writer()
    if summary_writer is None:
        yield on_progress
        return
    writer = summary_writer(str(folder / "events"), flush_secs=10)

    def told(progress: Progress) -> None:
        values = asdict(progress)
        for name in SHOWN:
            if values[name] is not None:
                writer.add_scalar(name, values[name], progress.step)
        on_progress(progress)

    try:
        yield told
    finally:
        writer.close()


def _summary_writer():
    try:
        from tensorboardX import SummaryWriter
    except ImportError:
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ImportError:
            return None
    return SummaryWriter
