"""How many dialogues a second are imported, in how much memory, and how the site feels meanwhile.

    python benchmarks/import_scale.py [--quick] [--json]

Dialogues of six turns are generated, each different: a third of the texts carries an order number, a telephone number,
full-width letters or an emoticon code, as shops' logs do. One file is imported into an empty SQLite database with every
step of cleaning, then another database gets the same file without near-duplicate search and redaction. The baseline is
what cannot be saved: reading the lines, json.loads, and inserting the rows as they are with executemany.

Peak memory is that of the process that stores, and of the largest of those that read for it. `where` says where the
time of the full import goes, by a profile over the first thousands of its dialogues.
"""

from __future__ import annotations

import cProfile
import json
import os
import pstats
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import report
from tests import ready_database

SIZES = {"full": (100_000, 1_000_000), "quick": (20_000, 60_000), "smoke": (100,)}
ALL_STEPS, FEWER_STEPS = 1_500, 4_000  # dialogues a second that are needed
FLAT = 1.3  # times the memory at the smaller size
SLOWEST_MS = 500  # 95th percentile of a page during an import
PAGES = ("/", "/dialogues/?q=您好", "/dialogues/", "/import/")
LEFT_OUT = ["near_duplicates", "redaction"]
PROFILED = {"full": 5_000, "quick": 5_000, "smoke": 100}

WORDS = 4_000  # different ones, of two random common characters
NEAR = 0.02  # of the dialogues repeat an earlier one but for a few words
EXTRAS = (*[""] * 12, " 订单号{0}", " 电话138{0:08d}", " ｎｏ．{0}", "#E-s{1}", " {0}号", "。尺码{1}")
REPLY = "您好,请问有什么可以帮您"


def main() -> None:
    options = report.parser(__doc__, quick="60,000 dialogues instead of a million").parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measured(Path(folder), SIZES[options.size], PROFILED[options.size])
    if options.json:
        print(report.as_json(holds(found), found))
        return
    show(found)


def measured(folder: Path, sizes: tuple[int, ...], profiled: int) -> dict:
    """The figures by size, and where the time goes."""
    by_size = {}
    for size in sizes:
        file = folder / f"{size}.jsonl"
        write(file, size)
        by_size[size] = {
            "all_steps": imported(folder, file, []),
            "fewer_steps": imported(folder, file, LEFT_OUT),
            "baseline": baseline(folder, file),
            "bytes": file.stat().st_size,
        }
        file.unlink()
    return {"by_size": by_size, "page_ms": visited(folder, sizes[0]), "where": profile(folder, profiled)}


def write(file: Path, size: int) -> None:
    """So many dialogues of six turns, all different."""
    rng, earlier = Random(size), []
    words = ["".join(chr(rng.randrange(0x4E00, 0x5800)) for _ in range(2)) for _ in range(WORDS)]
    with file.open("w") as out:
        for i in range(size):
            said = [*rng.choice(earlier)[:-1], sentence(rng, words)] if earlier and rng.random() < NEAR else None
            said = said or [text for _ in range(3) for text in (sentence(rng, words), sentence(rng, words))]
            earlier = [*earlier[-50:], said]
            turns = [{"role": ("customer", "agent")[k % 2], "text": text} for k, text in enumerate(said)]
            out.write(json.dumps({"id": f"d{i}", "turns": turns}, ensure_ascii=False) + "\n")


def sentence(rng: Random, words: list[str]) -> str:
    """Four to twelve words, at times with what shops' logs have besides."""
    extra = rng.choice(EXTRAS).format(rng.randrange(10**7, 10**8), rng.randrange(1, 99))
    said = "".join(rng.choices(words, k=rng.randrange(2, 12))) + extra
    return f"{REPLY},{said}" if rng.random() < 0.05 else said


# --- one import, in a process of its own


def imported(folder: Path, file: Path, without: list[str]) -> dict[str, float]:
    """Dialogues a second and peak memory (MiB) of one import into an empty database."""
    command = [sys.executable, __file__, "--import", str(file), *without]
    environment = empty_site(folder, "imported")
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def empty_site(folder: Path, name: str) -> dict[str, str]:
    """The environment of a site whose database has its tables and nothing in them."""
    data = folder / name
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir()
    ready_database.copy_to(data / "ecc.sqlite3")
    return os.environ | {"ECC_DATA_DIR": str(data), "DATABASE_URL": "", "PYTHONHASHSEED": "0"}


def import_here(file: Path, without: list[str]) -> None:
    """Import the file into the database of this process's settings, and print the figures as JSON."""
    job = prepare(file, without)
    before = os.times()
    began = time.perf_counter()
    run(job)
    seconds, after = time.perf_counter() - began, os.times()
    job.refresh_from_db()
    peak, largest_reader = (
        resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    busy = after.user - before.user + after.system - before.system
    found = {"per_second": job.done / seconds, "per_busy_second": job.done / busy, "added": job.added}
    found |= {"peak_mib": peak, "reader_mib": largest_reader}
    print(json.dumps({name: round(value, 1) for name, value in found.items()}))


def set_up() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ecc_site.settings")
    import django

    django.setup()


def prepare(file: Path, without: list[str]):
    set_up()
    from dialogues.models import ImportJob

    named = {"dataset_name": "scale", "path": str(file), "file_name": file.name}
    return ImportJob.objects.create(left_out_steps=without, **named)


def run(job) -> None:
    from dialogues.importing.run import import_file

    job.run(import_file)


def visited(folder: Path, size: int) -> dict[str, float]:
    """Milliseconds of the pages of a manager while so many dialogues are imported."""
    file = folder / "visited.jsonl"
    write(file, size)
    environment = empty_site(folder, "visited")
    importing = subprocess.Popen(
        [sys.executable, __file__, "--import", str(file)], env=environment, stdout=subprocess.DEVNULL
    )
    try:
        done = subprocess.run(
            [sys.executable, __file__, "--visit", str(importing.pid)],
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        )
    finally:
        importing.wait()
    return json.loads(done.stdout.splitlines()[-1])


def visit_here(importing: int) -> None:
    """Open pages, one after the other, as long as that process lives."""
    set_up()
    from django.contrib.auth.models import Group, User
    from django.test import Client

    manager = User.objects.create_user("visitor")
    manager.groups.add(Group.objects.get_or_create(name="manager")[0])
    visitor, times = Client(SERVER_NAME="localhost"), []
    visitor.force_login(manager)
    while len(times) < 12 or (Path(f"/proc/{importing}").exists() and not _is_over(importing)):
        for address in PAGES:
            began = time.perf_counter()
            response = visitor.get(address)
            times.append(1000 * (time.perf_counter() - began))
            if response.status_code != 200:
                raise RuntimeError(f"{address} answered {response.status_code}")
        time.sleep(0.05)
    times = sorted(times[len(PAGES) :])  # the first of each loads its templates
    p50, p95 = (times[min(len(times) - 1, round(share * len(times)))] for share in (0.5, 0.95))
    print(json.dumps({"pages": len(times), "p50": round(p50, 1), "p95": round(p95, 1)}))


def _is_over(process: int) -> bool:
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"


def profile(folder: Path, size: int) -> dict[str, float]:
    """The share of the time of each part of a full import, in percent."""
    file = folder / "profiled.jsonl"
    write(file, size)
    command = [sys.executable, __file__, "--profile", str(file)]
    done = subprocess.run(command, env=empty_site(folder, "profiled"), check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


PARTS = {
    "reading": ("messages.py", "dialogue"),
    "checking and hashing": ("records.py", "parsed"),
    "cleaning": ("cleaning/__init__.py", "cleaned"),
    "redaction": ("redacting.py", "redact"),
    "near duplicates": ("near_search.py", "__init__"),
    "comparing near duplicates": ("near_search.py", "near"),
    "rows": ("bulk.py", "insert_rows"),
    "report": ("report.py", "kept"),
}


def profile_here(file: Path) -> None:
    job = prepare(file, [])
    profiler = cProfile.Profile()
    profiler.runcall(run, job)
    stats = pstats.Stats(profiler)
    total = stats.total_tt
    shares = {name: _cumulative(stats, *where) / total for name, where in PARTS.items()}
    print(json.dumps({name: round(100 * share, 1) for name, share in shares.items()}))


def _cumulative(stats: pstats.Stats, module: str, function: str) -> float:
    rows = stats.stats.items()  # type: ignore[attr-defined]
    return sum(row[3] for (path, _line, name), row in rows if path.endswith(module) and name == function)


# --- the baseline


def baseline(folder: Path, file: Path) -> dict[str, float]:
    """Dialogues a second of reading the lines and inserting rows as they are, with the same columns indexed."""
    path = folder / "baseline.sqlite3"
    database = sqlite3.connect(path)
    database.executescript(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
        "CREATE TABLE dialogue (id INTEGER PRIMARY KEY, source_id TEXT UNIQUE);"
        "CREATE TABLE turn (id INTEGER PRIMARY KEY, dialogue INTEGER, position INTEGER, role TEXT, text TEXT);"
        "CREATE UNIQUE INDEX turn_place ON turn (dialogue, position);"
    )
    began, count, dialogues, said = time.perf_counter(), 0, [], []
    with file.open() as lines:
        for count, line in enumerate(lines, start=1):
            record = json.loads(line)
            dialogues.append((count, record["id"]))
            said += [(count, i, turn["role"], turn["text"]) for i, turn in enumerate(record["turns"])]
            if count % 500 == 0:
                _insert(database, dialogues, said)
    _insert(database, dialogues, said)
    seconds = time.perf_counter() - began
    database.close()
    for left in folder.glob("baseline.sqlite3*"):
        left.unlink()
    return {"per_second": round(count / seconds, 1)}


def _insert(database: sqlite3.Connection, dialogues: list, said: list) -> None:
    with database:
        database.executemany("INSERT INTO dialogue VALUES (?, ?)", dialogues)
        database.executemany("INSERT INTO turn (dialogue, position, role, text) VALUES (?, ?, ?, ?)", said)
    dialogues.clear()
    said.clear()


# --- the outcome


def holds(found: dict) -> bool:
    rows = list(found["by_size"].values())
    fast = all(
        row["all_steps"]["per_second"] >= ALL_STEPS and row["fewer_steps"]["per_second"] >= FEWER_STEPS for row in rows
    )
    peaks = [[row["all_steps"][name] for row in rows] for name in ("peak_mib", "reader_mib")]
    return fast and all(of_size[-1] <= FLAT * of_size[0] for of_size in peaks) and found["page_ms"]["p95"] <= SLOWEST_MS


def show(found: dict) -> None:
    for size, row in found["by_size"].items():
        plain = row["baseline"]["per_second"]
        for name in ("all_steps", "fewer_steps"):
            rate, peak, reader = (row[name][figure] for figure in ("per_second", "peak_mib", "reader_mib"))
            said = f"{size:>9,} dialogues, {name:<12} {rate:8,.0f}/s  ({rate / plain:.2f} of baseline)"
            print(f"{said}  {peak:6.0f} MiB, a reader {reader:6.0f} MiB")
        print(f"{size:>9,} dialogues, baseline     {plain:8,.0f}/s")
    print("a page meanwhile, ms: " + ", ".join(f"{name} {value}" for name, value in found["page_ms"].items()))
    print("where the time goes, %: " + ", ".join(f"{name} {share}" for name, share in found["where"].items()))


if __name__ == "__main__":
    if "--import" in sys.argv:
        at = sys.argv.index("--import")
        import_here(Path(sys.argv[at + 1]), sys.argv[at + 2 :])
    elif "--visit" in sys.argv:
        visit_here(int(sys.argv[sys.argv.index("--visit") + 1]))
    elif "--profile" in sys.argv:
        profile_here(Path(sys.argv[sys.argv.index("--profile") + 1]))
    else:
        main()
