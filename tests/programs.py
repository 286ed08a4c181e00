"""python -m tests.programs: install the programs for whose absence tests are skipped, as far as this process may."""

import shutil
import sys

from tests import browser, debian, postgres


def main() -> None:
    missing = []
    if not shutil.which("xgettext"):
        missing.append("gettext")
    if postgres.server_binaries() is None:
        missing.append("postgresql")
    if missing and not (debian.can_install() and debian.install(*missing)):
        sys.exit(f"Not found, and not to be installed by this process: {' and '.join(missing)}.")
    print(browser.bring())


if __name__ == "__main__":
    main()
