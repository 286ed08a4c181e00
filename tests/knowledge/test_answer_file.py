import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from serving.loading import runtime_for
from serving.models import Version
from serving.runtimes.protocol import EVALUATION, Message
from tests.serving.provider import chat, failing

pytestmark = pytest.mark.usefixtures("nothing_loaded")

TURNS = [
    {"role": "customer", "text": "您好"},
    {"role": "agent", "text": "在的"},
    {"role": "event", "text": "the customer has left"},
    {"role": "customer", "text": "可以退货吗？"},
    {"role": "agent", "text": "what the agent said then"},
]
BAD_LINES = [
    ("{}", ", field turns: expected a list of at least one turn"),
    ('{"turns": []}', ", field turns: expected a list of at least one turn"),
    ('{"turns": "您好"}', ", field turns: expected a list of at least one turn"),
    ('{"turns": [{"role": "agent", "text": "a"}]}', ", field turns: expected at least one turn of the customer"),
    ('{"turns": ["您好"]}', ", field turns[0].role: expected one of customer, agent, event"),
    (
        '{"turns": [{"role": "customer", "text": "a"}, {"role": "user", "text": "b"}]}',
        ", field turns[1].role: expected one of customer, agent, event",
    ),
    ('{"turns": [{"role": "customer", "text": 5}]}', ", field turns[0].text: expected a text"),
    ('{"turns": [{"role": "customer"}]}', ", field turns[0].text: expected a text"),
    ("no JSON", ": expected a JSON object"),
]


@pytest.fixture
def paths(tmp_path):
    return tmp_path / "in.jsonl", tmp_path / "out.jsonl"


@pytest.fixture
def end_model(settings, tiny_models):
    settings.END_MODEL = str(tiny_models["qwen3"])
    return settings.END_MODEL


def asked(*questions):
    return [{"turns": [{"role": "customer", "text": question}]} for question in questions]


def write(file, lines):
    file.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines))


def answer_file(infile, outfile, **options):
    said = StringIO()
    call_command("answer_file", infile, outfile, stdout=said, stderr=StringIO(), **options)
    return said.getvalue()


def refused(infile, outfile, **options):
    with pytest.raises(CommandError) as caught:
        answer_file(infile, outfile, **options)
    return str(caught.value)


def results(outfile):
    return [json.loads(line) for line in outfile.read_text(encoding="utf-8").splitlines()]


def direct(model, *messages):
    return runtime_for(Version(kind="end", model=str(model))).reply(messages, EVALUATION).text


def test_each_line_gets_the_end_models_answer_and_keeps_what_it_had(paths, end_model):
    infile, outfile = paths
    questions = ["您好", "我的快递什么时候到？" * 5, "Where is my parcel?"]
    lines = [line | {"id": number} for number, line in enumerate(asked(*questions))]
    write(infile, lines)
    assert answer_file(infile, outfile) == f"3 lines written to {outfile}\n"
    answers = [direct(end_model, Message("customer", question)) for question in questions]
    assert len(set(answers)) == 3
    assert results(outfile) == [line | {"answer": answer} for line, answer in zip(lines, answers, strict=True)]


def test_the_last_turn_of_the_customer_is_answered_without_what_came_after_and_without_events(paths, end_model):
    infile, outfile = paths
    write(infile, [{"turns": TURNS}])
    answer_file(infile, outfile)
    said = [Message("customer", "您好"), Message("agent", "在的"), Message("customer", "可以退货吗？")]
    assert results(outfile)[0]["answer"] == direct(end_model, *said)
    assert results(outfile)[0]["turns"] == TURNS


def test_what_leaves_for_an_end_model_behind_an_address_is_the_conversation(paths, provider, settings):
    infile, outfile = paths
    settings.END_MODEL = f"openai:small@{provider.url}/v1"
    provider.will(chat("可以"))
    write(infile, [{"turns": TURNS}])
    answer_file(infile, outfile)
    sent = provider.seen[0].body
    assert [message["content"] for message in sent["messages"]] == ["您好", "在的", "可以退货吗？"]
    assert sent["temperature"] == 0
    assert results(outfile)[0]["answer"] == "可以"


@pytest.mark.django_db
def test_a_model_on_another_machine_gets_redacted_text_and_a_failure_is_no_answer(paths, provider, settings):
    infile, outfile = paths
    settings.END_MODEL = f"openai:small@{provider.url.replace('127.0.0.1', '127.1')}/v1"
    provider.will(chat("打[PHONE_1]"), failing(400))
    write(infile, asked("我的手机是13800138000", "可以退货吗？"))
    answer_file(infile, outfile)
    assert "13800138000" not in provider.seen[0].raw
    assert [line["answer"] for line in results(outfile)] == ["打13800138000", None]


def test_answering_twice_gives_the_same_file(paths, end_model):
    infile, outfile = paths
    write(infile, asked("您好", "可以退货吗？"))
    answer_file(infile, outfile)
    first = outfile.read_bytes()
    answer_file(infile, outfile)
    assert outfile.read_bytes() == first


@pytest.mark.parametrize(("bad", "place_and_expected"), BAD_LINES)
def test_a_bad_line_is_named_and_nothing_is_written(paths, end_model, bad, place_and_expected):
    infile, outfile = paths
    write(infile, [*asked("您好"), bad])
    assert refused(infile, outfile) == f"{infile}, line 2{place_and_expected}. Nothing was written."
    assert not outfile.exists()


def test_a_model_that_cannot_be_loaded_is_one_sentence(paths, settings, tmp_path):
    infile, outfile = paths
    settings.END_MODEL = str(tmp_path / "gone")
    write(infile, asked("您好"))
    assert refused(infile, outfile).startswith(f"The end model {tmp_path / 'gone'} cannot be loaded: ")
    assert not outfile.exists()


@pytest.mark.django_db
def test_a_registered_version_answers_where_it_is_named(paths, end_model, tiny_models):
    infile, outfile = paths
    Version.objects.create(kind="end", name="the llama", model=str(tiny_models["llama"]))
    write(infile, asked("您好"))
    answer_file(infile, outfile, version="the llama")
    expected = direct(tiny_models["llama"], Message("customer", "您好"))
    assert results(outfile)[0]["answer"] == expected != direct(end_model, Message("customer", "您好"))


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["unknown", "the teacher"])
def test_a_version_that_is_no_registered_end_model_is_named(paths, end_model, name):
    infile, outfile = paths
    Version.objects.create(kind="cloud", name="the teacher", model="recorded")
    write(infile, asked("您好"))
    assert refused(infile, outfile, version=name) == f"There is no end version named '{name}'."
    assert not outfile.exists()


# --- with a memory


MEMORY = [
    {"question": "怎么退货", "reply": "亲，签收7天内都可以退哦"},
    {"question": ["发什么快递", "用哪家快递发货"], "reply": "亲，默认发中通哦"},
]


def test_with_a_memory_the_same_question_is_answered_from_it(end_model, paths, tmp_path):
    infile, outfile = paths
    write(infile, asked("怎么退货？", "用哪家快递发货", "今天星期几"))
    write(tmp_path / "memory.jsonl", MEMORY)
    answer_file(infile, outfile, memory=tmp_path / "memory.jsonl")
    first, second, third = (json.loads(line) for line in outfile.read_text().splitlines())
    assert (first["answer"], first["entries"]) == (MEMORY[0]["reply"], [1])
    assert (second["answer"], second["entries"]) == (MEMORY[1]["reply"], [2])
    assert third["answer"] not in (MEMORY[0]["reply"], MEMORY[1]["reply"])


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ({"reply": "a"}, "field question: expected a text, or a list of texts"),
        ({"question": [], "reply": "a"}, "field question: expected a text, or a list of texts"),
        ({"question": ["a", 5], "reply": "a"}, "field question: expected a text, or a list of texts"),
        ({"question": "a", "reply": " "}, "field reply: expected a text"),
        ("no JSON", "expected a JSON object"),
    ],
)
def test_a_bad_line_of_the_memory_is_named(end_model, paths, tmp_path, line, expected):
    infile, outfile = paths
    write(infile, asked("怎么退货？"))
    write(tmp_path / "memory.jsonl", [MEMORY[0], line])
    with pytest.raises(CommandError, match=r"memory.jsonl, line 2.*" + expected):
        answer_file(infile, outfile, memory=tmp_path / "memory.jsonl")
    assert not outfile.exists()


def test_a_memory_that_is_not_there_is_named(end_model, paths, tmp_path):
    write(paths[0], asked("怎么退货？"))
    with pytest.raises(CommandError, match=r"nowhere.jsonl cannot be read"):
        answer_file(*paths, memory=tmp_path / "nowhere.jsonl")
