"""What waits for a manager, the most urgent first."""
