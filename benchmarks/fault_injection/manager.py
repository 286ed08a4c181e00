"""A manager who keeps jobs coming: a file is imported, then answered by both models and scored."""

from __future__ import annotations

import json
import re
import threading
import uuid

from benchmarks.fault_injection.visitor import Visitor

PAUSE_S = 0.5
ACTIVE = 'hx-trigger="every 1s"'  # the panel of a job that waits or runs asks for itself again


class Manager(threading.Thread):
    """Starts the next jobs when the earlier ones have ended, until `stop` is set."""

    def __init__(self, visitor: Visitor, dialogues: int, stop: threading.Event):
        super().__init__(name=visitor.name, daemon=True)
        self.visitor, self._dialogues, self._stop_now = visitor, dialogues, stop
        self.imports: list[int] = []  # ids of the import jobs whose start was acknowledged

    def run(self) -> None:
        while not self._stop_now.is_set():
            if (job := self._upload()) is None or not self._repeat(lambda job=job: self._start(job)):
                continue
            self.imports.append(job)
            if (dataset := self._repeat(lambda job=job: self._imported(job))) is None:
                continue
            if self._repeat(lambda dataset=dataset: self._answer_and_score(dataset)):
                self._repeat(lambda dataset=dataset: self._is_idle(f"/datasets/{dataset}/"))

    def _repeat(self, step):
        """What the step returns as soon as that is true; None where the manager has to go."""
        while not self._stop_now.is_set():
            if result := step():
                return result
            self._stop_now.wait(PAUSE_S)
        return None

    def _upload(self) -> int | None:
        if self.visitor.get("/import/") is None:
            self._stop_now.wait(PAUSE_S)
            return None
        name = f"import {uuid.uuid4().hex}"
        file = {"file": (f"{name}.jsonl", dialogue_file(self._dialogues))}
        fields = {"dataset_name": name, "file_format": "jsonl"}
        answer = self.visitor.post("/import/", fields, files=file, allow_redirects=False)
        found = re.search(r"/import/(\d+)/", answer.headers.get("Location", "")) if answer is not None else None
        return int(found[1]) if found else None

    def _start(self, job: int) -> bool:
        return self._press(f"/import/{job}/start/", f"/import/{job}/", {})

    def _imported(self, job: int) -> int | None:
        page = self.visitor.get(f"/import/{job}/")
        found = re.search(r'href="/datasets/(\d+)/"', page.text) if page is not None else None
        return int(found[1]) if found else None

    def _answer_and_score(self, dataset: int) -> bool:
        page = f"/datasets/{dataset}/"
        return self._press(f"{page}jobs/", page, {"work": "all"})

    def _is_idle(self, path: str) -> bool:
        page = self.visitor.get(path)
        return page is not None and ACTIVE not in page.text

    def _press(self, path: str, page: str, fields: dict) -> bool:
        """Press a button of a page; True where the answer leads back to that page."""
        if self.visitor.get(page) is None:
            return False
        answer = self.visitor.post(path, fields, allow_redirects=False)
        return answer is not None and answer.headers.get("Location") == page


def dialogue_file(dialogues: int) -> str:
    """JSONL of dialogues that differ, each with two questions and their answers."""
    lines = []
    for n in range(dialogues):
        said = (f"订单{n}什么时候发货?", "亲,48小时内发货。", f"那订单{n}可以改地址吗?", "可以的,发给我新地址就好。")
        turns = [{"role": ("customer", "agent")[i % 2], "text": text} for i, text in enumerate(said)]
        lines.append(json.dumps({"turns": turns}, ensure_ascii=False))
    return "\n".join(lines)
