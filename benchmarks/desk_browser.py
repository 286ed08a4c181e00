"""What a cut network does to an annotator's verdicts in a real browser, and how soon after the key the next is painted.

    python benchmarks/desk_browser.py [--quick] [--json]

A script in the page gives verdicts without a pause, ten thousand of them, while the network is cut and comes back at
random moments and the page is reloaded now and then. Which verdict an item gets follows from its id: afterwards the
database is asked whether each is there (`lost`), once (`doubled`), and about its own item (`elsewhere`). The time from
the key to the next painted item is taken in the page, beside a baseline: two frames of the browser without any work.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from playwright.sync_api import Error, Page, sync_playwright

from benchmarks import report
from tests import browser as browsers
from tests.running_site import Site, two_free_ports
from tests.system.people import sign_in

VERDICTS = {"full": 10_000, "quick": 1_000, "smoke": 60}
IN_SITE = "benchmarks.desk_load.in_site"
DRIVE = Path(__file__).parent / "desk_load" / "drive.js"
CUT_S, WHOLE_S, RELOADED = (0.2, 3.0), (0.5, 4.0), 0.15  # lengths of cuts and of what is between; share with a reload
PAINTED_MS = 50.0
PREFERENCES = ("end", "tie", "reference", "both_bad")  # of the keys of drive.js
FRAMES = """() => new Promise(done => {
  const began = performance.now();
  requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
})"""


def quantile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1) if ordered else 0.0


def review(page: Page, wanted: int, draw: random.Random) -> dict[str, Any]:
    """Until so many items have had their key and nothing waits to be sent any more."""
    cuts = reloads = 0
    while len(judged(page)) < wanted:
        page.context.set_offline(True)
        time.sleep(draw.uniform(*CUT_S))
        page.context.set_offline(False)
        cuts += 1
        time.sleep(draw.uniform(*WHOLE_S))
        if draw.random() < RELOADED:
            page.reload()
            reloads += 1
    page.evaluate("window.stopped = true")
    page.locator("[data-sync] [data-state=saved]").wait_for(timeout=120_000)
    times = page.evaluate("JSON.parse(localStorage.getItem('driven-times') || '[]')")
    return {"items": judged(page), "times": times, "cuts": cuts, "reloads": reloads}


def judged(page: Page) -> list[int]:
    try:
        return page.evaluate("JSON.parse(localStorage.getItem('driven-items') || '[]')")
    except Error:  # while it is reloaded
        return []


def measured(wanted: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as started:
        site = Site(Path(folder), two_free_ports(), ECC_DEMO_DIALOGUES="16", DESK_QUICKEST_MS="0")
        chromium = started.chromium.launch(executable_path=str(browsers.bring()), args=["--no-sandbox"])
        try:
            site.wait_for("The site is ready")
            return _measured(site, chromium.new_page(), wanted)
        finally:
            chromium.close()
            site.kill_all()


def _measured(site: Site, page: Page, wanted: int) -> dict[str, Any]:
    made = site.ask(IN_SITE, "prepare", wanted + 400, 1, 1, 1, site.password)
    sign_in(page, site, made["annotators"][0])
    frames = [page.evaluate(FRAMES) for _ in range(50)]
    page.add_init_script(path=DRIVE)
    page.goto(f"{site.url}/review/{made['rounds'][0]}/")
    found = review(page, wanted, random.Random(7))
    stored = site.ask(IN_SITE, "by-item", made["rounds"][0])
    given = set(found["items"])
    return {
        "verdicts": len(given),
        "cuts": found["cuts"],
        "reloads": found["reloads"],
        "lost": len(given - {item for item, _preference in stored}),
        "doubled": len(stored) - len({item for item, _preference in stored}),
        "elsewhere": sum(
            preference != ("end", "tie", "reference", "both_bad")[item % 4] for item, preference in stored
        ),
        "painted_p50_ms": quantile(found["times"], 0.5),
        "painted_p95_ms": quantile(found["times"], 0.95),
        "frames_p95_ms": quantile(frames, 0.95),
    }


def main() -> None:
    options = report.parser(__doc__, quick="1,000 verdicts").parse_args()
    found = measured(VERDICTS[options.size])
    nothing_wrong = not any(found[name] for name in ("lost", "doubled", "elsewhere"))
    holds = nothing_wrong and found["painted_p95_ms"] <= PAINTED_MS
    if options.json:
        print(report.as_json(holds, found))
        return
    for name, value in found.items():
        print(f"{name:>15} {value}")
    print(
        f"key to painted item: {found['painted_p95_ms'] / max(found['frames_p95_ms'], 0.1):.1f} times two bare frames"
    )
    print("holds:", holds)


if __name__ == "__main__":
    main()
