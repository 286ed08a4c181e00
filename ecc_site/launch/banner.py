"""What the operator reads when the site is ready."""

import os
from collections.abc import Sequence

from ecc_site.launch.options import Options

ACCOUNTS = "annotator, annotator2, manager, admin"


def banner(options: Options, missing: list[str], notes: Sequence[str] = ()) -> str:
    lines = ["", f"  The site is ready:  http://127.0.0.1:{options.port}/"]
    if not options.production:
        password = f"{demo_password(options)}  (of each new account; one that was changed since is kept)"
        lines += [f"  Demo accounts:      {ACCOUNTS}", f"  Their password:     {password}"]
    lines += [
        f"  Data and logs:      {options.data_dir}",
        "  Stop everything:    Ctrl-C",
    ]
    if missing:
        lines.append(f"  Not seen so far:    {', '.join(missing)}; their jobs wait (see {options.logs})")
    lines += [f"  Note:               {note}" for note in notes]
    return "\n".join([*lines, ""])


def demo_password(options: Options) -> str:
    file = options.data_dir / "demo-password"
    given = os.environ.get("ECC_DEMO_PASSWORD", "").strip()
    return given or (file.read_text().strip() if file.exists() else "(none yet: run manage.py seed_demo)")
