"""Intents and topics of customers' turns: suggested by similarity to examples, confirmed by people, sliced by."""
