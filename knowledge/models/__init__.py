"""What the shop stands by: replies to questions, facts and rules. One module a subject."""

from knowledge.models.clock import Clock
from knowledge.models.entries import Entry, EntryRevision, Wording
from knowledge.models.fixed import FixedItem, FixedMemory
from knowledge.models.pairs import Pair
from knowledge.models.trials import TrialJob

__all__ = ["Clock", "Entry", "EntryRevision", "FixedItem", "FixedMemory", "Pair", "TrialJob", "Wording"]
