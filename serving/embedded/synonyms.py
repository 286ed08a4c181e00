"""Everyday words that can replace each other, listed by hand: a small corpus contains too few of them."""

CHINESE = """
怎么 如何 咋 怎样|为什么 为啥 为何 怎么|什么时候 啥时候 何时 几时|什么 啥|没有 没 未
不能 无法 没法 不可以|可以 能 能够|多少 几|哪里 哪儿 哪|是不是 是否|吗 么 嘛|使用 用
现在 目前 如今|显示 提示|购买 买 下单 拍|需要 要 得|支付 付款 付|多久 多长时间 几天
快递 包裹 物流|退款 退钱|便宜 优惠|一样 相同|更改 修改 改 变更|寄出 发货 发出|清楚 知道 明白
取消 关闭 撤销|衣服 上衣 外套|尺码 尺寸 码数|质量 做工|坏了 破了 有问题|开通 打开 开启|还款 还钱
借款 借钱 贷款|额度 限额|账单 账款|提前 早点|逾期 过期|分期 分几期|手机 电话|号码 号|绑定 关联
更换 换 换成|原因 理由|失败 不成功|商家 店家 卖家 店铺|客户 顾客 买家 用户|地址 住址 位置
金额 钱 款|收费 费用 手续费|利息 利率|银行卡 卡|信用 信誉|查询 查 查看 看|找不到 不见了 没了
删除 删掉|恢复 还原|申请 办理 办|降低 减少|提高 增加 提升|立即 马上 立刻|经常 常常 老是
非常 很 特别 十分|喜欢 爱|漂亮 好看 美丽|生气 愤怒|高兴 开心 快乐|男人 男子 男士 男的
女人 女子 女士 女的|小孩 孩子 儿童 小朋友|父亲 爸爸|母亲 妈妈|汽车 车 轿车|自行车 单车
房子 屋子 房屋|说话 讲话 交谈|跑 奔跑|走 行走|看 观看|吃 进食|大 巨大|小 微小|快 迅速|慢 缓慢
帮助 帮 协助|开始 起|结束 完 停止|收到 到货 签收|不对 错了 有误|重新 再次 再|赠品 礼物 礼品
优惠券 券 红包|会员 积分|发票 票据 开票|保修 质保 维修|颜色 色|材料 材质 面料|库存 现货 有货
缺货 断货 没货|客服 人工|投诉 举报|骗人 假的|谢谢 感谢 多谢|你好 您好 在吗|再见 拜拜
"""
ENGLISH = """
where is|where's|wheres;can i|could i|may i;want to|wanna|would like to;money back|refund;package|parcel|order
buy|purchase|order;you|u;please|pls;send back|return;do not|don't|dont;is not|isn't|isnt
how long|how many days;broken|damaged;cheaper|less;discount|coupon;shipping|delivery|postage;hello|hi|hey
thanks|thank you|thx;when|what time;fast|quick;colour|color;big|large;small|tiny;wrong|incorrect
change|modify|edit;cancel|call off;invoice|receipt|bill;pay|payment;help|assist;fabric|material|cotton
"""
Group = tuple[str, ...]
SYNONYMS: dict[str, list[Group]] = {
    "zh": [tuple(group.split()) for line in CHINESE.split("\n") for group in line.split("|") if group],
    "en": [tuple(group.split("|")) for line in ENGLISH.split("\n") for group in line.split(";") if group],
}
