"""python -m tests.system.make_desks NAME…: for each a round of twelve items and an annotator, both of this name.

NAME:EXTRA,EXTRA… has extras: phrases, tags, blind, another_round. Runs in the environment of the site that the stories
look at. Prints, as JSON by name, the number of each round and a session of its annotator.
"""

import json
import os
import sys

import django


def main(names: list[str]) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "ecc_site.settings"
    django.setup()
    from django.contrib.auth.hashers import make_password

    from ecc_site.demo_accounts import password

    hashed = make_password(password())  # once: to make it slowly is its purpose
    desks = {}
    for asked in names:
        name, _, extras = asked.partition(":")
        desks[name] = make_desk(name, hashed, extras.split(","))
    print(json.dumps(desks))


def make_desk(name: str, hashed: str, extras: list[str]) -> dict:
    from django.conf import settings
    from django.contrib.auth.models import Group, User
    from django.test import Client

    from tests import build

    annotator = User.objects.create(username=name, password=hashed)
    annotator.groups.add(Group.objects.get(name="annotator"))
    dataset, version = build.dataset(*map(long_talk, range(12)), name=name), build.champion()
    build.answered(dataset, version)
    if "phrases" in extras:
        add_phrases()
    if "tags" in extras:
        add_tags(dataset)
    rules: dict = {}
    if "blind" in extras:
        rules = {"blind": True, "sides": "random", "signals": ["as_is", "wrong_fact"]}
        rules |= {"error_tags": ["wrong price", "rude"], "guideline": "**Read** the question first."}
    rules |= {"version": version, "order": "random", "size": 12}
    client = Client()
    client.force_login(annotator)
    desk = {
        "round": make_round(dataset, name, rules, annotator),
        "session": client.cookies[settings.SESSION_COOKIE_NAME].value,
    }
    if "another_round" in extras:
        desk["other"] = make_round(dataset, f"{name}, the other", rules, annotator)
    return desk


def make_round(dataset, name: str, rules: dict, annotator) -> int:
    """Only its annotator sees it, so that the demo stays among the rounds that others see on one page."""
    from review.rounds import making
    from tests import build

    return making.make_round(*build.round_spec(dataset, name=name, **rules), None, [annotator]).pk


def add_phrases() -> None:
    from review.phrases.views import replace

    replace(["Happy to help.", "The refund takes three days.", "退款三天内到账。"])


def add_tags(dataset) -> None:
    """Three tags, of which one is suggested for every question."""
    from dialogues.models import Turn
    from review.models import Tag, TurnTag

    names = ("returns", "shipping", "invoices")
    tags = [Tag.objects.get_or_create(name=name, kind="intent")[0] for name in names]
    for turn in Turn.objects.open_in(dataset):
        TurnTag.objects.create(turn=turn, tag=tags[0], kind="intent", similarity=0.8)


def long_talk(i: int) -> dict:
    """A dialogue whose only question comes after more than a window can show."""
    greeting = {"role": "agent", "text": "亲，感谢您的耐心等待，这边马上为您查询。" * 60}
    question, reply = {"role": "customer", "text": f"question {i}"}, {"role": "agent", "text": f"reply {i}"}
    return {"turns": [greeting, question, reply], "split": "train"}


if __name__ == "__main__":
    main(sys.argv[1:])
