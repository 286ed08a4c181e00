"""The page of calibration: its filter bar, its panels, and what can be done there."""
