"""PEFT runs: the form, the data, the preview, the queue, the worker, Teach."""
