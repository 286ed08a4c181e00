"""Which column of a table holds what, by the names that people give columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dialogues.importing.refused import Refused
from dialogues.importing.texts import is_plain, plain

NAMES = {
    "dialogue": "dialogue dialogue_id dialogueid dialog_id conversation_id conversation session_id sessionid session "
    "chat_id thread_id 会话id 会话编号 会话 对话id 对话编号 对话 会话号 對話編號 會話編號",
    "role": "role speaker sender from author sender_type send_type who "
    "角色 发送方 发送者 发言人 发送人 说话人 身份 发言者 發送者 發言人",
    "text": "text content message msg utterance body value "
    "内容 消息 消息内容 聊天内容 文本 话语 发言内容 內容 訊息 消息內容",
    "time": "time timestamp date datetime created_at create_time sent_at send_time "
    "时间 发送时间 日期 消息时间 聊天时间 時間 發送時間",
    "question": "question query q prompt instruction ask user_question 问题 提问 客户问题 用户问题 问 問題 提問",
    "answer": "answer reply response a completion output agent_reply 答案 回答 回复 客服回复 答 回覆 客服回覆",
    "id": "id source_id 编号 序号 編號 序號",
    "split": "split",
    "end": "end end_answer end_model 端侧回答 端侧答案",
    "cloud": "cloud cloud_answer cloud_model 云端回答 云端答案",
    "verdict": "verdict preference 评价 评审结果",
    "correction": "correction corrected corrected_reply 更正 修改后的回复",
    "by": "by annotator reviewer 评审人 标注人",
}
FIELDS = {name: field for field, names in NAMES.items() for name in names.split()}


def all_of(sample: Iterable[Mapping[str, object]]) -> tuple[str, ...]:
    """The names in these records of what is no list and no object, in the order in which they come."""
    names = (name for record in sample for name, value in record.items() if not isinstance(value, list | dict))
    return tuple(dict.fromkeys(names))


def guessed(columns: Iterable[str], fields: Iterable[str]) -> dict[str, str]:
    """For each of the fields the column that it is likely in; without those that none is named for."""
    wanted, found = set(fields), {}
    for column in columns:
        field = FIELDS.get(column.strip().lower().replace(" ", "_"))
        if field in wanted and field not in found:
            found[field] = column
    return found


def mapping(columns: Iterable[str], fields: Iterable[str], chosen: Mapping[str, str]) -> dict[str, str]:
    """As guessed, but with what a person chose; a field chosen as empty is in no column."""
    columns = list(columns)
    found = guessed(columns, fields) | {field: column for field, column in chosen.items() if field in set(fields)}
    return {field: column for field, column in found.items() if column}


def cell(record: Mapping[str, object], names: Mapping[str, str], field: str) -> str:
    """The text in the field's column, without spaces around it; empty where there is none. Raises Refused."""
    name = names.get(field, field)
    if not is_plain(value := record.get(name)):
        raise Refused("plain", name)
    return plain(value).strip()


def text(record: Mapping[str, object], names: Mapping[str, str], field: str) -> str:
    """What was said, as the field's column has it; empty where there is none. Raises Refused."""
    name = names.get(field, field)
    value = record.get(name)
    if value is not None and not isinstance(value, str):
        raise Refused("text", name)
    return value or ""
