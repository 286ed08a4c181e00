"""Who speaks, by the names that files have for it."""

from __future__ import annotations

import re
from collections.abc import Mapping

CUSTOMER, AGENT, EVENT, LEFT_OUT = "customer", "agent", "event", ""
ROLES = (CUSTOMER, AGENT, EVENT, LEFT_OUT)

NAMES = {
    CUSTOMER: "customer user human buyer client guest visitor consumer q prompter "
    "买家 客户 顾客 用户 消费者 访客 会员 我 買家 客戶 顧客 用戶 訪客",
    AGENT: "agent assistant gpt bot chatbot model seller shop merchant waiter staff service support a system_reply "
    "卖家 客服 商家 店铺 店家 机器人 智能客服 人工客服 人工 坐席 导购 小二 服务方 賣家 店鋪 機器人 小編",
    EVENT: "event notice action 事件 系统消息 系统通知 系统提示",
    LEFT_OUT: "system developer tool function observation function_call tool_call 系统",
}
KNOWN = {name: role for role, names in NAMES.items() for name in names.split()}
"""A file's names in lower case and what they are here; an empty text: left out."""


OTHERS = "*"
"""Stands for every name that nobody has said anything about: in the log of a shop each customer has another."""

_OF_A_SHOP = re.compile("客服|客户服务|旗舰|专卖|官方|售后|售前|掌柜|店小二|seller|support|service|agent", re.I)
_OF_A_CUSTOMER = re.compile("^(?:买家|顾客|客户|访客|buyer|customer|visitor)", re.I)


class Roles:
    """Who the speakers of one file are."""

    def __init__(self, chosen: Mapping[str, str]) -> None:
        """`chosen` is what a person said about the names of this file, or about OTHERS."""
        self._known = KNOWN | {_key(name): role for name, role in chosen.items() if role in ROLES}

    def of(self, name: str) -> str | None:
        """The role; None where nobody has said it and the name does not tell."""
        key = _key(name)
        role = self._known.get(key)
        if role is None and (role := self._told_by(key)) is not None:
            self._known[key] = role
        return role

    def _told_by(self, key: str) -> str | None:
        if _OF_A_SHOP.search(key):
            return AGENT
        return CUSTOMER if _OF_A_CUSTOMER.match(key) else self._known.get(OTHERS)

    @property
    def of_others(self) -> str | None:
        return self._known.get(OTHERS)


def _key(name: str) -> str:
    return name.strip().lower()
