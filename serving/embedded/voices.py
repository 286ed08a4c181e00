"""The voices that the end model is trained on, as a large model has read all kinds of text; a system message picks one.

Without a system message, or with a neutral one, it replies as a general assistant. Fine-tuning moves that default.
"""

GENERAL = "general"
SYSTEM_TEXTS = {
    GENERAL: {
        "zh": ("你是客服助手。", "你是一个有礼貌的助手，请简短回答。", "请用中文回答。"),
        "en": ("You are a helpful assistant.", "You answer customers politely and briefly."),
    },
    "shop": {
        "zh": (
            "你是本店的客服，请按店里的口吻回复。",
            "用我们店的语气回复顾客。",
            "像店里的客服那样，简短亲切地回答。",
        ),
        "en": ("You are an agent of this shop. Answer in the shop's voice.", "Reply the way our shop's agents do."),
    },
}
