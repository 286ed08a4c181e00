"""The Trainer of transformers with our batches, our loss, and checkpoints that are whole or absent."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from peft import PeftModel
from torch.utils.data import DataLoader
from transformers import PrinterCallback, Trainer, TrainingArguments

from training.ml import adapters, checkpoints
from training.ml.batches import Plan
from training.ml.callbacks import RunCallback
from training.ml.examples import IGNORED, Encoded
from training.ml.losses import Collate, dev_loss, learned_loss
from training.ml.methods import method_named
from training.ml.settings import TrainingSettings


class AdapterTrainer(Trainer):
    """Trains the adapter of `model` on `encoded`; evaluates and saves when a callback asks for it."""

    def __init__(
        self,
        model: PeftModel,
        *,
        encoded: Sequence[Encoded],
        plan: Plan,
        dev: Sequence[Encoded],
        collate: Collate,
        settings: TrainingSettings,
        folder: Path,
        base: str,
        precision: str,
        run_callback: RunCallback,
    ):
        self.settings, self.base, self.precision, self.run_callback = settings, base, precision, run_callback
        self.data_hash, self.plan, self.dev, self._writing = checkpoints.data_hash(encoded), plan, dev, None
        super().__init__(
            model,
            _arguments(settings, folder, bool(dev)),
            data_collator=collate,
            train_dataset=[example.features() for example in encoded],
            callbacks=[run_callback],
        )
        self.pop_callback(PrinterCallback)

    def get_train_dataloader(self) -> DataLoader:
        return DataLoader(self.train_dataset, batch_sampler=self.plan, collate_fn=self.data_collator)

    def compute_loss(self, model, inputs, return_outputs=False, num_items_in_batch=None):
        return learned_loss(model, inputs)

    def floating_point_ops(self, inputs) -> int:
        return 0  # walks over all parameters at each step for a figure that nobody reads

    def training_step(self, model, inputs, num_items_in_batch=None) -> torch.Tensor:
        tokens, learned = int(inputs["attention_mask"].sum()), int((inputs["labels"] != IGNORED).sum())
        loss = super().training_step(model, inputs, num_items_in_batch)
        self.run_callback.stepped(loss.item(), self._get_learning_rate(), tokens, learned)
        return loss

    def evaluate(self, *arguments, **named) -> dict[str, float]:
        """The dev loss is remembered in the state, which every checkpoint carries; a wish to stop ends it early."""
        if self.state.global_step and not self.control.should_evaluate:
            return {}  # the Trainer looks at the base first, also where a run resumes
        loss = dev_loss(
            self.model, self.dev, self.data_collator, self.settings.batch_size, self.run_callback.should_stop
        )
        if loss is not None:
            self.state.log_history.append({"step": self.state.global_step, "dev_loss": loss})
        self.control = self.callback_handler.on_evaluate(self.args, self.state, self.control, {})
        return {}

    # --- checkpoints

    def _get_output_dir(self, trial=None) -> str:
        return str(self._writing or self.args.output_dir)

    def _save_checkpoint(self, model, trial=None) -> None:
        folder = Path(self.args.output_dir)
        target = checkpoints.place(folder, self.state.global_step)
        self._writing = folder / f".writing-{target.name}"
        try:
            super()._save_checkpoint(model, trial)
            written = self._writing / target.name
            checkpoints.publish(
                written,
                target,
                settings=self.settings.as_dict(),
                base=self.base,
                data_hash=self.data_hash,
                precision=self.precision,
            )
            self._writing.rmdir()
        finally:
            self._writing = None

    def _save(self, output_dir: str | None = None, state_dict: dict | None = None) -> None:
        """Without the pickled arguments that the Trainer would add."""
        adapters.save(self.model, method_named(self.settings.method), Path(output_dir))

    def _load_from_checkpoint(self, resume_from_checkpoint: str, model=None) -> None:
        adapters.load(self.model, method_named(self.settings.method), Path(resume_from_checkpoint))


def _arguments(settings: TrainingSettings, folder: Path, has_dev: bool) -> TrainingArguments:
    return TrainingArguments(
        output_dir=str(folder),
        max_steps=settings.max_steps,
        per_device_train_batch_size=settings.batch_size,
        learning_rate=settings.learning_rate,
        lr_scheduler_type="linear",
        warmup_steps=settings.warmup_steps,
        weight_decay=settings.weight_decay,
        seed=settings.seed,
        logging_strategy="no",
        save_strategy="no",
        eval_strategy="no",
        eval_on_start=has_dev and settings.eval_every > 0,
        report_to=[],
        remove_unused_columns=False,
        disable_tqdm=True,
        use_cpu=not torch.cuda.is_available(),
        activation_checkpointing=settings.gradient_checkpointing,
        activation_checkpointing_kwargs={"use_reentrant": False} if settings.gradient_checkpointing else None,
    )
