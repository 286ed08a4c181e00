"""Records as they stand in a file to import."""


def dialogue(*texts, **fields):
    """A record in which customer and agent speak in turns, the customer first."""
    roles = ("customer", "agent")
    return {"turns": [{"role": roles[i % 2], "text": text} for i, text in enumerate(texts)], **fields}
