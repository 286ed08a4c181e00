"""Whether this runs in continuous integration, where nothing may be skipped for want of a program."""

from ecc_site.env import env_str


def in_ci() -> bool:
    return env_str("CI").lower() not in {"", "0", "false", "no"}
