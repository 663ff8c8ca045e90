"""What the sample citizens ask for, and what becomes of each demand: an endless sequence, the same in every run.

Every text is invented and marked 样例; nobody and no place is meant beyond the districts' names.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Literal

from shared.channels.wording import DemandZh, GradeZh, UrgencyZh
from shared.ids import ticket_id

Twist = Literal[
    "plain",
    "fairly",
    "dissatisfied",  # with round 1; round 2 is satisfactory
    "silent",  # never rates: the survey lapses
    "unsigned",  # the unit never signs
    "return_upheld",
    "return_refused",
    "no_topic",  # an operator must find the topic
    "by_hand",  # the catalogue has no line for the topic: an operator chooses the unit
    "repeated",  # pushed twice
    "amended",  # pushed again with more words
    # Left to whoever looks on, at one of the desks; the sample people do all before it and nothing of it.
    "left_triage",
    "left_unit",
    "left_ruling",
    "left_review",
    "left_survey",
    "left_citizen",  # to be rated by whoever looks on as a citizen: no desk of a tour has it
]


@dataclass(frozen=True)
class Subject:
    """A demand's topic and place (codes of the district's catalogue), kind and words."""

    topic: str
    place: str | None
    kind: DemandZh
    words: str

    @property
    def title(self) -> str:
        """样例:…"""
        return f"样例:{self.words}"

    @property
    def text(self) -> str:
        """The demand."""
        return f"样例诉求:{self.words},请有关单位核实处理。"

    @property
    def reply(self) -> str:
        """The unit's answer to the citizen."""
        return f"样例答复:关于“{self.words}”,已到现场核实并处理完毕,感谢您的反映。"


YICHUN = (
    Subject("water_supply", "park_east", "求助", "厂区自来水水压偏低"),
    Subject("water_supply", "town", "投诉", "小区停水未提前通知"),
    Subject("power_supply", "park_west", "求助", "车间夜间多次跳闸"),
    Subject("power_supply", None, "咨询", "如何申请临时用电增容"),
    Subject("road", "park_east", "投诉", "园区道路坑洼积水"),
    Subject("road", "town", "求助", "人行道地砖松动"),
    Subject("noise", "town", "投诉", "夜间施工噪声大"),
    Subject("noise", "park_west", "投诉", "相邻厂房风机噪声"),
    Subject("waste", "town", "投诉", "垃圾桶清运不及时"),
    Subject("waste", "park_east", "建议", "增设分类垃圾投放点"),
    Subject("consumer", None, "投诉", "预付卡余额难退"),
    Subject("wages", "park_east", "求助", "加班工资结算有出入"),
    Subject("enterprise_service", None, "咨询", "小微企业融资对接怎么办"),
    Subject("enterprise_service", None, "表扬", "帮代办人员服务耐心"),
    Subject("policy_benefit", None, "咨询", "技改补助何时兑现"),
    Subject("license", None, "咨询", "施工许可材料清单"),
    Subject("inspection", "park_west", "投诉", "同一事项重复检查"),
)
QINGYUAN = (
    Subject("water_supply", "hedong", "求助", "高层住户水压不足"),
    Subject("power_supply", "zhixia", "求助", "农排线路电压不稳"),
    Subject("road", "hedong", "投诉", "路灯夜间不亮"),
    Subject("road", "xinxu", "投诉", "乡道护栏破损"),
    Subject("noise", None, "投诉", "广场音响扰民"),
    Subject("waste", None, "投诉", "沟渠漂浮物未清理"),
    Subject("consumer", None, "投诉", "网购提货点拒绝退货"),
    Subject("wages", None, "求助", "装修工程尾款未结"),
    Subject("arrears", None, "求助", "供货账款逾期未付"),
    Subject("enterprise_service", None, "咨询", "如何预约企业帮办"),
    Subject("policy_benefit", None, "咨询", "稳岗补贴申报条件"),
    Subject("inspection", None, "投诉", "安静期内上门检查"),
)
LAND_WEST, LAND_TOWN = (
    Subject("land", "park_west", "求助", "厂区围墙与相邻地块界址不清"),
    Subject("land", "town", "咨询", "宅基地证与现状面积不一致"),
)
"""On a topic for which the catalogue has no line."""
FOR_COMMITTEE = (YICHUN[12], YICHUN[16])
"""What comes through 民声通道. Only the units that lead these have logins within its scope."""
POOLS = {"yichun-minsheng": FOR_COMMITTEE, "yichun": YICHUN, "qingyuan": QINGYUAN}


@dataclass(frozen=True)
class Story:
    """A demand as its channel knows it, and its twist."""

    account: str
    external_id: str
    subject: Subject
    twist: Twist = "plain"

    @property
    def jurisdiction(self) -> str:
        """The district."""
        return _district(self.account)

    @property
    def ticket(self) -> str:
        """The ticket that it becomes."""
        return ticket_id(self.jurisdiction, self.account, self.external_id)

    @property
    def urgency(self) -> UrgencyZh:
        """What must be seen overdue soon has the shortest terms."""
        return "特急" if self.twist == "unsigned" else "一般"

    @property
    def better_unit(self) -> str:
        """Whom a unit that returns the ticket suggests."""
        return "environment" if self.jurisdiction == "yichun" else "urban"

    @property
    def classified(self) -> bool:
        """Whether its channel says topic and place."""
        unsaid = self.twist == "no_topic" or (self.twist == "left_triage" and self.subject.topic != "land")
        return not unsaid

    @property
    def chosen(self) -> str:
        """The unit that an operator chooses by hand."""
        return "construction" if self.subject.place == "park_west" else "approval"

    def grade(self, round: int) -> GradeZh | None:
        """How the citizen rates a round; None for one who never does."""
        if self.twist in ("silent", "left_survey", "left_citizen"):
            return None
        if self.twist == "dissatisfied" and round == 1:
            return "不满意"
        return "一般满意" if self.twist == "fairly" else "满意"


OPENING: tuple[tuple[str, Subject, Twist], ...] = (
    ("yichun-12345", YICHUN[0], "unsigned"),
    ("yichun-12345", YICHUN[4], "dissatisfied"),
    ("yichun-12345", YICHUN[6], "return_upheld"),
    ("yichun-12345", YICHUN[10], "return_refused"),
    ("yichun-mini", YICHUN[8], "no_topic"),
    ("yichun-wenzheng", YICHUN[5], "plain"),
    ("yichun-minsheng", YICHUN[16], "plain"),
    ("qingyuan-12345", QINGYUAN[6], "no_topic"),
    ("qingyuan-mini", QINGYUAN[2], "plain"),
    ("qingyuan-12345", QINGYUAN[0], "dissatisfied"),
    ("yichun-12345", YICHUN[2], "repeated"),
    ("yichun-12345", YICHUN[11], "amended"),
    ("yichun-12345", LAND_WEST, "by_hand"),
    ("yichun-12345", LAND_WEST, "by_hand"),
    ("yichun-12345", LAND_TOWN, "by_hand"),
    ("yichun-12345", YICHUN[2], "unsigned"),
    ("yichun-12345", YICHUN[7], "unsigned"),
    ("yichun-12345", YICHUN[9], "unsigned"),
)
"""What happens first, so that everything worth seeing is seen within two minutes."""
LEFT_WORDS = (
    Subject("water_supply", "park_east", "建议", "老旧水管分段更换"),
    Subject("road", "town", "建议", "人行道增设盲道"),
    Subject("noise", "town", "建议", "工地围挡加装隔音板"),
    Subject("waste", "park_west", "建议", "延长垃圾站开放时间"),
)
LEFT_TO_CHOOSE = (
    Subject("land", "park_west", "建议", "闲置边角地改作停车场"),
    Subject("land", "town", "建议", "老厂房用地公开收储计划"),
)
LEFT_TO_RATE = Subject("road", "hedong", "其他", "路口增设夜间照明")
"""In the district at whose desks no tour sits; of a kind that nobody else there asks for, since its clocks are long."""
LEFT: tuple[tuple[str, Subject, Twist], ...] = (
    ("qingyuan-mini", LEFT_TO_RATE, "left_citizen"),
    *(("yichun-12345", subject, "left_triage") for subject in LEFT_TO_CHOOSE * 3),
    *(
        ("yichun-12345", subject, twist)
        for twist in ("left_triage", "left_unit", "left_ruling", "left_review", "left_survey")
        for subject in LEFT_WORDS
        for _ in range(3 if twist == "left_unit" else 1)
    ),
)
"""Work for whoever looks on, at every desk; the demo's terms give it days instead of minutes."""
TURNS = (
    "yichun-12345",
    "yichun-mini",
    "yichun-12345",
    "qingyuan-12345",
    "yichun-wenzheng",
    "yichun-12345",
    "qingyuan-mini",
    "yichun-12345",
    "yichun-minsheng",
    "qingyuan-12345",
    "yichun-12345",
)
"""Who pushes one after the other, for ever."""


def stories(run: str) -> Iterator[Story]:
    """Every demand of a run. ``run`` (digits) makes the external ids differ from those of any other run."""
    told = (*OPENING, *LEFT)
    for number, (account, subject, twist) in enumerate(told):
        yield Story(account, f"{run}{number:05d}", subject, twist)
    for number in count(len(told)):
        account = TURNS[number % len(TURNS)]
        yield Story(account, f"{run}{number:05d}", _subject(account, number), _twist(number))


def _district(account: str) -> str:
    return account.partition("-")[0]


def _subject(account: str, number: int) -> Subject:
    pool: Sequence[Subject] = POOLS.get(account) or POOLS[_district(account)]
    return pool[(number // len(TURNS) * 5 + number % len(TURNS)) % len(pool)]


def _twist(number: int) -> Twist:
    if number % 8 == 5:
        return "dissatisfied"
    if number % 13 == 7:
        return "silent"
    return "fairly" if number % 6 == 2 else "plain"
