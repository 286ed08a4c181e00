"""The registry of versions: the gate before one of them, promotion, rollback, downloads."""
