"""Who speaks, by the names that files have for it."""

from __future__ import annotations

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


def role_map(chosen: Mapping[str, str]) -> dict[str, str]:
    """What every known name is, changed and completed by what a person chose for the names of this file."""
    return KNOWN | {name.strip().lower(): role for name, role in chosen.items() if role in ROLES}
