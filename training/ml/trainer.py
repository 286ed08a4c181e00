"""The Trainer of transformers with our batches, our loss and our checkpoints."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from peft import PeftModel
from torch.utils.data import DataLoader
from transformers import PrinterCallback, Trainer, TrainerCallback, TrainerControl, TrainingArguments

from training.ml import adapters
from training.ml.callbacks import DEV_LOSS, StepMeter
from training.ml.data import TrainingData
from training.ml.examples import IGNORED
from training.ml.losses import dev_loss, learned_loss
from training.ml.methods import Method, method_named
from training.ml.progress import memory_mb

LOGGED_POINTS = 200  # of a run, roughly; a curve needs no more, and each waits until it is written


class AdapterTrainer(Trainer):
    """Trains the adapter of `model` on `data` and writes checkpoints to `folder`."""

    control: TrainerControl  # from the base class, which does not declare it

    def __init__(
        self,
        model: PeftModel,
        data: TrainingData,
        *,
        folder: Path,
        meter: StepMeter,
        callbacks: Sequence[TrainerCallback],
        should_stop: Callable[[], bool] = lambda: False,
        resumes: bool = False,
    ):
        self.data, self.meter, self.should_stop = data, meter, should_stop
        super().__init__(
            model,
            _arguments(data, folder, resumes=resumes),
            data_collator=data.collate,
            train_dataset=[example.features() for example in data.train],
            eval_dataset=data.dev,
            callbacks=[meter, *callbacks],
        )
        self.pop_callback(PrinterCallback)

    def get_train_dataloader(self) -> DataLoader:
        plan = self.data.plan(self.data.settings.max_steps)
        return DataLoader(self.train_dataset, batch_sampler=plan, collate_fn=self.data_collator)

    def compute_loss(self, model, inputs, return_outputs=False, num_items_in_batch=None):
        return learned_loss(model, inputs)

    def floating_point_ops(self, inputs) -> int:
        return 0  # walks over all parameters at each step for a figure that nobody reads

    def training_step(self, model, inputs, num_items_in_batch=None) -> torch.Tensor:
        tokens, learned = int(inputs["attention_mask"].sum()), int((inputs["labels"] != IGNORED).sum())
        loss = super().training_step(model, inputs, num_items_in_batch)
        self.meter.add(loss.item(), tokens, learned)
        return loss

    def evaluate(self, *arguments, **named) -> dict[str, float]:
        """The dev loss, which the state and so every checkpoint remembers; empty where it was asked to stop."""
        size = self.data.settings.batch_size
        loss = dev_loss(self.model, self.data.dev, self.data.collate, size, self.should_stop)
        metrics = {} if loss is None else {DEV_LOSS: loss}
        if metrics:
            self.log(dict(metrics))
        self.control = self.callback_handler.on_evaluate(self.args, self.state, self.control, metrics)
        return metrics

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        """Adds speed and memory to the training loss."""
        if "loss" in logs:
            tokens_per_s, learned_per_s = self.meter.throughput.rates()
            logs |= {"tokens_per_s": tokens_per_s, "learned_tokens_per_s": learned_per_s, "memory_mb": memory_mb()}
        super().log(logs, start_time)

    # --- checkpoints

    def save_model(self, output_dir: str | None = None, _internal_call: bool = False) -> None:
        """The adapter, without the pickled arguments that the Trainer would add."""
        adapters.save(self.model, self._method, Path(output_dir or self.args.output_dir))

    # The one private method of transformers==5.23.0: it would ask PEFT for a trainable prefix, which PEFT refuses.
    def _load_from_checkpoint(self, resume_from_checkpoint: str, model=None) -> None:
        adapters.load(self.model, self._method, Path(resume_from_checkpoint))

    @property
    def _method(self) -> Method:
        return method_named(self.data.settings.method)


def _arguments(data: TrainingData, folder: Path, *, resumes: bool) -> TrainingArguments:
    settings = data.settings
    evaluates = bool(data.dev and settings.eval_every)
    return TrainingArguments(
        output_dir=str(folder),
        max_steps=settings.max_steps,
        per_device_train_batch_size=settings.batch_size,
        learning_rate=settings.learning_rate,
        lr_scheduler_type="linear",
        warmup_steps=settings.warmup_steps,
        weight_decay=settings.weight_decay,
        seed=settings.seed,
        logging_steps=max(1, settings.max_steps // LOGGED_POINTS),
        save_steps=settings.save_every,
        eval_strategy="steps" if evaluates else "no",
        eval_steps=settings.eval_every or None,
        eval_on_start=evaluates and not resumes,
        report_to=[],  # would write into `folder`, which is gone in the end: the caller gives a TensorBoardCallback
        remove_unused_columns=False,
        disable_tqdm=True,
        use_cpu=not torch.cuda.is_available(),
        activation_checkpointing=settings.gradient_checkpointing,
        activation_checkpointing_kwargs={"use_reentrant": False} if settings.gradient_checkpointing else None,
    )
