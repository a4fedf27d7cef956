"""What is said at Lantern Home, in both languages: openings by topic, and each step in a good and a poor wording."""

from __future__ import annotations

from dataclasses import dataclass

from qa_app.conversations.importers.record import Priority

__all__ = ["PRAISE", "PRODUCTS", "SURVEY_WORDS", "TOPICS", "WORDS", "Topic", "Wording"]


@dataclass(frozen=True, slots=True)
class Topic:
    """Why a customer writes or calls."""

    code: str
    need_type: str
    priority: Priority
    opening: dict[str, tuple[str, ...]]
    answer: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Wording:
    """One step of the agent: said well, or as the fault has it."""

    good: dict[str, tuple[str, ...]]
    poor: dict[str, tuple[str, ...]]


PRODUCTS = {
    "en": (
        "Aurora floor lamp",
        "Pebble bedside lamp",
        "Harbour ceiling light",
        "Willow paper lantern",
        "Dune desk lamp",
    ),
    "zh": ("极光落地灯", "卵石床头灯", "海港吸顶灯", "垂柳纸灯笼", "沙丘台灯"),
}

TOPICS = (
    Topic(
        "delivery_delayed",
        "after_sales",
        "medium",
        {
            "en": (
                "My {product} was supposed to arrive on Saturday. Tracking hasn’t moved for four days.",
                "Hi, where is my parcel? The {product} is a birthday present for Thursday.",
            ),
            "zh": (
                "你好，我的{product}说好周六到，物流已经四天没动了。",
                "请问我的包裹到哪里了？{product}是周四的生日礼物。",
            ),
        },
        {
            "en": (
                "The parcel missed a scan at the depot on Friday; it isn’t lost. I have asked the carrier to send it on today, "
                "and it arrives on Wednesday before 18:00.",
            ),
            "zh": ("包裹周五在站点漏扫，没有丢失。我已请承运商今天继续派送，周三 18:00 前送到。",),
        },
    ),
    Topic(
        "damaged_parcel",
        "complaint",
        "high",
        {
            "en": (
                "The glass of the {product} arrived in pieces. The box was wet as well.",
                "I have just unpacked the {product} and the shade is cracked.",
            ),
            "zh": ("{product}的灯罩到手就碎了，箱子也是湿的。", "刚拆开{product}，玻璃裂了一道。"),
        },
        {
            "en": ("I am sending a new shade by express, free of charge; you need not send the broken one back.",),
            "zh": ("我马上给您补发新的灯罩，加急免费，破损的不用寄回。",),
        },
    ),
    Topic(
        "refund",
        "after_sales",
        "medium",
        {
            "en": (
                "I returned the {product} two weeks ago and the money is not back.",
                "When will I get my refund for the {product}?",
            ),
            "zh": ("{product}退回去两周了，钱还没到账。", "请问{product}的退款什么时候到？"),
        },
        {
            "en": (
                "Your return was booked on Monday. The refund goes to your card within three working days; I have set a reminder.",
            ),
            "zh": ("退货周一已入库，退款三个工作日内原路退回，我已设了提醒。",),
        },
    ),
    Topic(
        "exchange",
        "order",
        "low",
        {
            "en": (
                "Can I swap the {product} for the brass version?",
                "The {product} is lovely but too large. Can it be exchanged?",
            ),
            "zh": ("{product}可以换成黄铜款吗？", "{product}很好看，就是太大了，能换小一号吗？"),
        },
        {
            "en": (
                "Yes. I have reserved the smaller one; the courier brings it on Friday and takes the other one with him.",
            ),
            "zh": ("可以。小号已为您预留，快递员周五送新取旧。",),
        },
    ),
    Topic(
        "assembly",
        "inquiry",
        "low",
        {
            "en": (
                "The third screw of the {product} does not fit. What am I doing wrong?",
                "How do I fix the {product} to a concrete ceiling?",
            ),
            "zh": ("{product}第三颗螺丝拧不进去，是我装错了吗？", "{product}怎么固定在水泥顶上？"),
        },
        {
            "en": (
                "The long screw belongs in the middle hole. Loosen the other two half a turn, then it goes in; the picture on "
                "page 4 shows it.",
            ),
            "zh": ("长螺丝装在中间孔。另外两颗先松半圈就能拧进去，说明书第 4 页有图。",),
        },
    ),
    Topic(
        "invoice",
        "inquiry",
        "low",
        {
            "en": (
                "I need an invoice with my company’s name for the {product}.",
                "The invoice shows the old address. Can you change it?",
            ),
            "zh": ("{product}需要开公司抬头的发票。", "发票上还是旧地址，能改吗？"),
        },
        {
            "en": ("Done: the corrected invoice is in your mailbox now, with the order number in its subject.",),
            "zh": ("已处理：更正后的发票刚发到您的邮箱，标题里有订单号。",),
        },
    ),
    Topic(
        "warranty",
        "after_sales",
        "medium",
        {
            "en": (
                "The {product} flickers since last week. Is that covered?",
                "One lamp of the {product} died after five months.",
            ),
            "zh": ("{product}上周开始闪，还在保修期吗？", "{product}用了五个月，有一盏不亮了。"),
        },
        {
            "en": (
                "It is covered until next March. A technician can come on Tuesday between 9 and 12; would that suit you?",
            ),
            "zh": ("保修到明年三月。师傅周二 9 点到 12 点可以上门，您看方便吗？",),
        },
    ),
)

WORDS = {
    "greeting": Wording(
        {"en": ("Hello, this is {agent} from Lantern Home. How can I help you?",
                "Good day, Lantern Home, {agent} speaking. I have read your question."),
         "zh": ("您好，我是灯塔家居的{agent}，请问有什么可以帮您？", "您好，这里是灯塔家居，我是{agent}，您的问题我看到了。")},
        {"en": ("What’s the problem?", "Order number?"), "zh": ("什么问题？", "订单号。")},
    ),
    "need_confirmed": Wording(
        {"en": ("I understand: the order has to be right by the end of the week. May I have the order number?",),
         "zh": ("我理解了：您希望这周内解决。请把订单号告诉我，好吗？",)},
        {"en": ("Number please.",), "zh": ("号码发一下。",)},
    ),
    "progress": Wording(
        {"en": ("Thank you. Please wait a moment, I will check for you at once.",),
         "zh": ("谢谢您，请稍等，我马上为您查询。",)},
        {"en": ("ok",), "zh": ("嗯",)},
    ),
    "empathy": Wording(
        {"en": ("I am sorry for the trouble. I can see why that is annoying.",), "zh": ("非常抱歉给您添麻烦了，我理解您着急的心情。",)},
        {"en": ("That happens.",), "zh": ("这也正常。",)},
    ),
    "solved": Wording(
        {"en": (), "zh": ()},
        {"en": ("You will have to wait and see, I cannot say when.",), "zh": ("您再等等看吧，具体时间我也说不好。",)},
    ),
    "ownership": Wording(
        {"en": (), "zh": ()},
        {"en": ("That’s the logistics department’s mistake, not ours.",), "zh": ("这是物流那边的问题，不归我们管。",)},
    ),
    "polite_forms": Wording(
        {"en": (), "zh": ()},
        {"en": ("As I said already.",), "zh": ("刚才不是说了吗。",)},
    ),
    "patience": Wording(
        {"en": (), "zh": ()},
        {"en": ("Read it again, it is all there.",), "zh": ("您自己再看一遍，上面都写了。",)},
    ),
    "clear_complete": Wording(
        {"en": (), "zh": ()},
        {"en": ("It depends on the process.",), "zh": ("看流程吧。",)},
    ),
    "follow_up": Wording(
        {"en": ("I will write to you tomorrow at 10 to make sure that it has worked.",), "zh": ("明天上午 10 点我再跟您确认一次结果。",)},
        {"en": ("Get in touch again if not.",), "zh": ("不行您再来找。",)},
    ),
    "closing": Wording(
        {"en": ("Is there anything else I can do for you? Thank you for your patience, have a good day.",),
         "zh": ("请问还有其他可以帮您的吗？感谢您的耐心，祝您生活愉快。",)},
        {"en": ("Bye.",), "zh": ("好了。",)},
    ),
    "identity_privacy": Wording(
        {"en": (), "zh": ()},
        {"en": ("Your neighbour’s order went to Birch Lane 12, that one is in her name.",),
         "zh": ("您邻居的订单是寄到白桦路 12 号的，用的是她的名字。",)},
    ),
    "correct_information": Wording(
        {"en": (), "zh": ()},
        {"en": ("You can simply connect the wire without switching the power off.",), "zh": ("接线不用断电，直接接就行。",)},
    ),
    "customer_waits": Wording({"en": ("Are you still there?", "Hello? Is anybody there?"), "zh": ("还在吗？", "你好？有人吗？")}, {"en": (), "zh": ()}),
    "customer_number": Wording(
        {"en": ("LH-{order}, my number is {phone}.", "It is LH-{order}."), "zh": ("LH-{order}，电话 {phone}。", "订单号 LH-{order}。")},
        {"en": (), "zh": ()},
    ),
    "customer_content": Wording(
        {"en": ("Oh, that would be perfect. Thank you!", "Great, that helps."), "zh": ("那太好了，谢谢！", "好的，解决了。")},
        {"en": ("That’s not much help.", "Fine, if it cannot be helped."), "zh": ("这说了等于没说。", "行吧，也没办法。")},
    ),
    "customer_goodbye": Wording({"en": ("No, that’s all.", "That’s all, bye."), "zh": ("没有了，谢谢。", "没了，再见。")}, {"en": (), "zh": ()}),
}  # fmt: skip

LONG_STORY = {
    "en": "It began when we moved in, "
    + "and then the ceiling had to be opened, and the electrician came, and left, and came again, " * 6
    + "and now I would only like to know which cable is the right one.",
    "zh": "事情是这样的，我们上个月搬家，"
    + "先是吊顶要拆开，电工来了又走，走了又来，" * 8
    + "现在我就想知道到底接哪根线。",
}

SURVEY_WORDS = {
    "en": {
        5: "{agent} told me what would happen next. I never had to ask twice.",
        2: "I still do not know when it arrives.",
    },
    "zh": {5: "{agent}会提前告诉我下一步，不用我追问。", 2: "到现在也不知道什么时候能到。"},
}

PRAISE = {
    "en": "Says what happens next before the customer asks.",
    "zh": "在客户追问之前主动告知下一步。",
}
