"""The one way in which the start-up says no."""


class StartupError(SystemExit):
    """One clear sentence for the operator; uncaught, it is printed and the process ends with exit code 1."""
