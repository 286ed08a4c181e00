"""The question that is answered is in view as a whole, also in the longest of real conversations."""

import json
import os
from pathlib import Path

import pytest

from tests.system.people import shown, sit_down

pytestmark = [pytest.mark.system, pytest.mark.browser]

# Fills the shown item with each customer's turn and what was said before it; returns the turns that are not in view.
HIDDEN = """talks => {
  const item = document.querySelector("#items > .item:not([hidden])");
  const [talk, asked, question] = [".talk", ".asked", "[data-question]"].map(name => item.querySelector(name));
  const hidden = [];
  for (const turns of talks) {
    talk.replaceChildren();
    for (const { role, text } of turns) {
      if (role === "customer") {
        question.textContent = text;
        const [box, lines] = [asked.getBoundingClientRect(), question.getBoundingClientRect()];
        const whole = asked.scrollHeight <= asked.clientHeight + 1;
        if (!whole || box.top < 0 || lines.bottom > innerHeight || lines.right > innerWidth) hidden.push(text);
      }
      const said = document.createElement("div");
      said.className = `said ${role}`;
      said.textContent = text;
      talk.append(said);
    }
  }
  return hidden;
}"""


@pytest.fixture(scope="module")
def talks() -> list[list[dict]]:
    """All of jddc_2019, real conversations of a shop with its customers."""
    folder = os.environ.get("ECC_REAL_DATA")
    if not folder:
        pytest.skip("ECC_REAL_DATA is not set: it names the folder of real data")
    lines = (Path(folder) / "jddc_2019" / "dialogues.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["turns"] for line in lines]


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (1920, 1080)])
def test_every_question_of_real_conversations_is_in_view(page, site, talks, width, height):
    name = f"real questions {width}"
    desks = site.ask("tests.system.make_desks", name)
    page.set_viewport_size({"width": width, "height": height})
    sit_down(page, site, desks[name])
    shown(page).wait_for()
    assert sum(turn["role"] == "customer" for turns in talks for turn in turns) > 3_000
    assert page.evaluate(HIDDEN, talks) == []
