"""Brings up the whole site with one command and takes it down again (`python -m ecc_site.launch`)."""


class StartupError(SystemExit):
    """One clear sentence for the operator; uncaught, it is printed and the process ends with exit code 1."""
