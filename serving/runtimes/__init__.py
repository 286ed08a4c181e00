"""The runtimes that answer: one class for each way to reach a model, with the protocol `Runtime`. No Django here."""
