"""The registry of versions: the gate of each, promotion, rollback, downloads."""
