"""What the import does with files that are broken in every way: ten thousand, made from files of every format.

    python benchmarks/fuzz_import.py [--quick] [--json]

A file of each format, container and packing is mutated: bytes flipped, cut, doubled, filled with signs that mean
something to a parser, spliced with another file, or all of that inside its archive, which stays whole. Each is read as
the preview reads it and then to its end, and every fiftieth is imported into a temporary SQLite database. Allowed are
dialogues, refused records and BadFile, nothing else: no other exception, no crash of the process, no file that takes
longer than LIMIT_S, no text that a page or a database cannot hold, nothing left open or on the disk. The seed of a file
is its number, so `--file N` reads that one again and shows the traceback.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import report
from tests import ready_database

SIZES = {"full": 10_000, "quick": 1_000, "smoke": 60}
IMPORTED = 50  # every so many-th file is imported
LIMIT_S = 20

SIGNS = [
    *(
        b'"',
        b"'",
        b"[",
        b"]",
        b"{",
        b"}",
        b",",
        b":",
        b"\t",
        b"\n",
        b"\r",
        b"\x00",
        b"\\",
        b"\\ud800",
        b"\\u0000",
        b"-----\n",
    ),
    *(
        b"\xff",
        b"\xfe\xff",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\xed\xa0\x80",
        b"\xe2\x80\xae",
        b"\x81",
        b"null",
        b"NaN",
        b"1e999",
    ),
    *(b"9" * 5_000, b"[" * 3_000, b'{"a":' * 3_000, b"x" * 30_000, b"true", b"-1", b"0", b'{"id": []}', b"<script>"),
    *(
        b"PK\x03\x04",
        b"PK\x01\x02",
        b"\x1f\x8b",
        b"PAR1",
        b"2026-11-11 10:00:00",
        b"2026-99-99 99:99:99",
        b"0001-01-01 00:00",
    ),
]


def main() -> None:
    options = report.parser(__doc__, quick="a thousand files").parse_args()
    found = fuzzed(SIZES[options.size])
    if options.json:
        print(report.as_json(holds(found), found))
        return
    for name, value in found.items():
        print(f"{name}: {value}")


def fuzzed(size: int) -> dict:
    """The figures of all files. A process that dies is named with its file, and the next goes on after that one."""
    found: Counter[str] = Counter()
    wrong: list[dict] = []
    slowest, start = 0.0, 0
    with tempfile.TemporaryDirectory() as folder:
        while start < size:
            done, part = run_slice(Path(folder), start, size)
            found.update(part["counts"])
            wrong += part["wrong"]
            slowest = max(slowest, part["slowest_s"])
            if done < size:
                wrong.append({"file": done, "what": "the process died"})
            start = done + 1
    counts = dict(sorted(found.items()))
    return {
        "files": size,
        "counts": counts,
        "wrong": wrong[:50],
        "wrong_count": len(wrong),
        "slowest_s": round(slowest, 2),
    }


def holds(found: dict) -> bool:
    return not found["wrong_count"]


def run_slice(folder: Path, start: int, stop: int) -> tuple[int, dict]:
    """Read the files from `start` on in a process of its own; where it stopped, and what it found."""
    log = folder / "found.json"
    log.unlink(missing_ok=True)
    data = folder / f"data{start}"
    data.mkdir()
    ready_database.copy_to(data / "ecc.sqlite3")
    environment = os.environ | {"ECC_DATA_DIR": str(data), "DATABASE_URL": "", "PYTHONHASHSEED": "0"}
    command = [sys.executable, __file__, "--slice", str(start), str(stop), str(log)]
    with (folder / "output.txt").open("w") as output:
        ended = subprocess.run(command, env=environment, stdout=output, stderr=output, check=False).returncode
    lines = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
    if not lines:
        raise SystemExit((folder / "output.txt").read_text()[-2000:])
    last = lines[-1]
    return (stop if ended == 0 else last["next"]), last


# --- one process


def read_slice(start: int, stop: int, log: Path) -> None:
    """Read the files, and write after each hundred what was found, before each one which it is."""
    set_up()
    counts: Counter[str] = Counter()
    wrong: list[dict] = []
    slowest = 0.0
    folder = log.parent / f"files{start}"
    folder.mkdir()
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
    with log.open("a") as out:
        for number in range(start, stop):
            out.write(json.dumps({"next": number, "counts": counts, "wrong": wrong, "slowest_s": slowest}) + "\n")
            out.flush()
            began = time.perf_counter()
            try:
                counts.update(outcome(folder, number))
            except BaseException as error:
                wrong.append({"file": number, "what": f"{type(error).__name__}: {error}"[:300]})
            slowest = max(slowest, time.perf_counter() - began)
        wrong += left_behind(folder)
        out.write(json.dumps({"next": stop, "counts": counts, "wrong": wrong, "slowest_s": slowest}) + "\n")


def left_behind(folder: Path) -> list[dict]:
    """What should not be there any more: files, and open ones."""
    files = [path.name for path in folder.iterdir()]
    opened = [
        os.readlink(f"/proc/self/fd/{fd}")
        for fd in os.listdir("/proc/self/fd")
        if os.path.islink(f"/proc/self/fd/{fd}")
    ]
    files += [name for name in opened if str(folder) in name]
    return [{"file": -1, "what": f"left behind: {name}"} for name in files]


def set_up() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ecc_site.settings")
    import django

    django.setup()


def outcome(folder: Path, number: int) -> list[str]:
    """What came of the file with this number: counted words. Raises whatever is not expected."""
    path = folder / "file"
    path.write_bytes(mutated(number))

    def too_long(*_: object) -> None:
        raise TimeoutError(f"longer than {LIMIT_S} s")

    signal.signal(signal.SIGALRM, too_long)
    signal.alarm(LIMIT_S)
    try:
        return read(path) + (import_whole(path) if number % IMPORTED == 0 else [])
    finally:
        signal.alarm(0)
        path.unlink()


def read(path: Path) -> list[str]:
    """Read it as the preview does, and then to its end."""
    from dialogues.importing.cleaning import STEPS
    from dialogues.importing.formats import Choices
    from dialogues.importing.preview import preview_of
    from dialogues.importing.problems import BadFile, sentence
    from dialogues.importing.records import ParsedDialogue
    from dialogues.importing.refused import Refused
    from dialogues.importing.report import ReadReport
    from dialogues.importing.roles import Roles
    from dialogues.importing.upload import Rules, Upload, prepared

    upload = Upload(path, "file", choices=Choices(roles={"小店": "agent"}))
    rules = Rules(Roles(upload.choices.roles), STEPS)
    shown = preview_of(upload, rules)
    said = [shown.error, *shown.columns, *shown.problems, *[name for name, _count, _role in shown.speakers]]
    report_, counts = ReadReport(), Counter[str]()
    try:
        for record in upload.records():
            result = prepared(record.content, rules, report_)
            if isinstance(result, ParsedDialogue):
                counts["dialogues"] += 1
                said += [result.source_id, *[turn.text for turn in result.turns], *[turn.raw for turn in result.turns]]
            elif isinstance(result, Refused):
                counts["refused"] += 1
                said.append(sentence(result.kind, result.general_field, result.values))
                json.dumps(result.values)
            said = check(said)
    except BadFile as error:
        counts["bad files"] += 1
        said.append(str(error))
    check([*said, json.dumps(report_.as_json(), ensure_ascii=False)])
    return list(counts.elements())


def check(said: list[str]) -> list[str]:
    """Everything that is stored or shown can be encoded, and has no NUL. Returns an empty list."""
    text = "\n".join(said)
    text.encode()
    if "\x00" in text:
        raise ValueError("NUL is kept")
    return []


def import_whole(path: Path) -> list[str]:
    from dialogues.importing.run import import_file
    from dialogues.models import Dataset, Dialogue, ImportJob

    job = ImportJob.objects.create(dataset_name="fuzz", path=str(path), file_name="file")
    job.run(import_file)
    job.refresh_from_db()
    if job.state not in ("done", "failed") or job.error.startswith("Unexpected"):
        raise RuntimeError(f"the job is {job.state}: {job.error}")
    dataset = Dataset.objects.filter(name="fuzz").first()
    stored = Dialogue.objects.filter(dataset=dataset).count() if dataset else 0
    if stored != (dataset.dialogue_count if dataset else 0) or (dataset and not stored):
        raise RuntimeError(f"{stored} dialogues are stored, the dataset says otherwise")
    Dataset.objects.filter(name="fuzz").delete()
    return [f"imports {job.state}"]


# --- making files


def mutated(number: int) -> bytes:
    rng = Random(number)
    name, content = rng.choice(SEEDS)
    if name.startswith(("zip", "xlsx")) and rng.random() < 0.7:
        return inside_zip(rng, content)
    if name.startswith("gz") and rng.random() < 0.7:
        return gzip.compress(mutate(rng, gzip.decompress(content)), mtime=0)
    return mutate(rng, content)


def inside_zip(rng: Random, content: bytes) -> bytes:
    """The archive with one of its files mutated."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    chosen = rng.choice(list(files))
    return zipped(files | {chosen: mutate(rng, files[chosen])})


def mutate(rng: Random, content: bytes) -> bytes:
    for _ in range(rng.choice((1, 1, 1, 2, 3, 8))):
        content = rng.choice(WAYS)(rng, content)
    return content


def _flip(rng: Random, content: bytes) -> bytes:
    changed = bytearray(content)
    for _ in range(rng.randrange(1, 5)):
        if changed:
            changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def _cut(rng: Random, content: bytes) -> bytes:
    return content[: rng.randrange(len(content) + 1)]


def _remove(rng: Random, content: bytes) -> bytes:
    start = rng.randrange(len(content) + 1)
    return content[:start] + content[start + rng.randrange(1, 60) :]


def _insert(rng: Random, content: bytes) -> bytes:
    at = rng.randrange(len(content) + 1)
    return content[:at] + rng.choice(SIGNS) + content[at:]


def _replace(rng: Random, content: bytes) -> bytes:
    """One sign that means something takes the place of another, everywhere."""
    return content.replace(rng.choice(SIGNS[:12]), rng.choice(SIGNS), rng.choice((1, 3, -1)))[: 2**20]


def _double(rng: Random, content: bytes) -> bytes:
    start = rng.randrange(len(content) + 1)
    part = content[start : start + rng.randrange(1, 200)]
    return content[:start] + part * rng.randrange(2, 20) + content[start:]


def _splice(rng: Random, content: bytes) -> bytes:
    other = rng.choice(SEEDS)[1]
    return content[: rng.randrange(len(content) + 1)] + other[rng.randrange(len(other)) :]


def _encode(rng: Random, content: bytes) -> bytes:
    try:
        return content.decode().encode(
            rng.choice(("gbk", "utf-16", "utf-16-le", "utf-16-be", "big5", "utf-8-sig")), "replace"
        )
    except UnicodeDecodeError:
        return content


WAYS = (_flip, _cut, _remove, _insert, _insert, _replace, _double, _splice, _encode)


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 11, 11, 0, 0, 0)), content)
    return out.getvalue()


def seeds() -> list[tuple[str, bytes]]:
    """A small file of every format, in every container, alone and packed."""
    texts = texts_of_every_format()
    rows = [["question", "answer", "编号"], *[[f"什么时候发货 {i}", f"亲，{i} 小时内", i + 0.5] for i in range(5)]]
    made = [(name, text.encode()) for name, text in texts.items()]
    made += [("xlsx", xlsx(rows)), ("parquet", parquet())]
    made += [(f"gz {name}", gzip.compress(content, mtime=0)) for name, content in made]
    whole = {f"{i} {name}.x": content for i, (name, content) in enumerate(made[:8])}
    made += [("zip of all", zipped(whole)), ("zip of xlsx", zipped({"a.xlsx": xlsx(rows), "b.csv": made[5][1]}))]
    return made


def texts_of_every_format() -> dict[str, str]:
    def said(role: str, text: str) -> list[dict]:
        return [
            {role: "user", text: f"什么时候发货 {i}"} if i % 2 == 0 else {role: "agent", text: "亲，今天"}
            for i in range(4)
        ]

    records = {
        "turns": [{"id": i, "turns": said("role", "text"), "split": "test"} for i in range(4)],
        "messages": [{"messages": [*said("role", "content"), {"role": "user", "content": [{"type": "image"}, "x"]}]}]
        * 3,
        "conversations": [{"conversations": said("from", "value")}] * 3,
        "label_studio": [{"id": i, "data": {"dialogue": said("author", "text")}, "annotations": [1]} for i in range(3)],
        "pairs": [{"instruction": f"q{i}", "output": "a", "id": i} for i in range(4)],
    }
    texts = {f"lines {name}": "\n".join(map(_json, rows)) + "\n" for name, rows in records.items()}
    texts |= {f"array {name}": json.dumps(rows, ensure_ascii=False, indent=1) for name, rows in records.items()}
    rows = "".join(
        f'd{i % 3},{"客户" if i < 3 else "客服"},"说, {i}\n""好""",2026-11-11 10:0{i}:00\n' for i in range(6)
    )
    log = "小鹿 2026-11-11 10:00:00\n你好\n2026 年的\n小店 2026-11-11 10:00:30\n在的\n---------\n"
    return texts | {
        "wrapped": json.dumps({"v": 1, "items": records["turns"]}, ensure_ascii=False),
        "csv": "会话ID,角色,内容,时间\n" + rows,
        "tsv": "question\tanswer\n" + "".join(f"q {i}\ta {i}\n" for i in range(6)),
        "unknown": "a1,b1,c1\n1,user,hi\n2,user,ho\n",
        "ecd": "1\t你好 在 吗\t在 的 亲\n0\t你好\t随便\n" * 3,
        "jddc": "s1\tu\t0\t0\t0\t在吗\ns1\tu\t1\t0\t0\t在的\n" * 2 + "s2\tu\t0\t0\t0\t好\n",
        "log": log.replace("小鹿", "买家") * 3,
        "one line": "[2026-11-11 10:00] 买家: 你好\n[2026-11-11 10:01] 小店: 在\n" * 3,
    }


def _json(record: dict) -> str:
    return json.dumps(record, ensure_ascii=False)


def xlsx(rows: list[list]) -> bytes:
    from openpyxl import Workbook

    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    with zipfile.ZipFile(out) as archive:  # without the time at which it was made
        return zipped({name: archive.read(name) for name in archive.namelist() if "docProps" not in name})


def parquet() -> bytes:
    import pyarrow
    import pyarrow.parquet

    messages = [{"role": "user", "content": "什么时候发货"}, {"role": "assistant", "content": "亲，今天"}]
    out = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist([{"id": i, "messages": messages} for i in range(9)]), out)
    return out.getvalue()


SEEDS: list[tuple[str, bytes]] = seeds()


def show(number: int) -> None:
    """Read one file again; what it is stays in the folder that is printed."""
    folder = Path(tempfile.mkdtemp())
    ready_database.copy_to(folder / "ecc.sqlite3")
    os.environ |= {"ECC_DATA_DIR": str(folder), "DATABASE_URL": ""}
    set_up()
    kept = folder / "kept"
    kept.write_bytes(mutated(number))
    print(kept)
    try:
        print(outcome(folder, number))
    except Exception:
        traceback.print_exc()


if __name__ == "__main__":
    if "--slice" in sys.argv:
        first, last, log_file = sys.argv[sys.argv.index("--slice") + 1 :]
        read_slice(int(first), int(last), Path(log_file))
    elif "--file" in sys.argv:
        show(int(sys.argv[sys.argv.index("--file") + 1]))
    else:
        main()
