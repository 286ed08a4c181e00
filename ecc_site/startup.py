"""What keeps the site, or one of its processes, from starting."""


class StartupError(SystemExit):
    """One clear sentence for the operator; uncaught, it is printed and the process ends with exit code 1."""
