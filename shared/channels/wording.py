"""The words that channels write in Chinese, and the times that they write without a zone."""

from datetime import UTC, datetime
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from msgspec import Meta

from shared.ticket.words import Demand, Grade, Urgency

DemandZh = Literal["咨询", "求助", "投诉", "举报", "建议", "感谢", "表扬", "其他"]
UrgencyZh = Literal["一般", "紧急", "特急"]
GradeZh = Literal["满意", "一般满意", "不满意"]

DEMANDS: dict[DemandZh, Demand] = {
    "咨询": "consult",
    "求助": "help",
    "投诉": "complaint",
    "举报": "report",
    "建议": "suggestion",
    "感谢": "praise",
    "表扬": "praise",
    "其他": "other",
}
"""诉求类型 as used in practice (domain §5.1)."""
URGENCIES: dict[UrgencyZh, Urgency] = {"一般": "ordinary", "紧急": "urgent", "特急": "critical"}
GRADES: dict[GradeZh, Grade] = {"满意": "satisfied", "一般满意": "fairly", "不满意": "dissatisfied"}
GRADES_ZH: dict[str, GradeZh] = {grade: zh for zh, grade in GRADES.items()}
OUTCOMES_ZH: dict[str, str] = {
    "completed": "办结",
    "answered_directly": "直接答复",
    "declined": "不予受理",
    "terminated": "终止办理",
    "transferred": "转其他途径",
    "merged": "并入",
}

Number = Annotated[str, Meta(min_length=1, max_length=64)]
"""A channel's own number of an order, a post or a letter."""
Title = Annotated[str, Meta(min_length=1, max_length=300)]
Text = Annotated[str, Meta(min_length=1, max_length=100_000)]
Short = Annotated[str, Meta(max_length=500)]
Code = Annotated[str, Meta(min_length=1, max_length=64)]
Round = Annotated[int, Meta(ge=1, le=99)]

SHANGHAI = ZoneInfo("Asia/Shanghai")
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


class WrongTime(ValueError):
    """A time outside 2000–2100, in the named field: a unit or a zone was mistaken at its source."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


def moment(written: datetime, field: str) -> datetime:
    """A channel's time in UTC; without a zone it is Beijing time. Raises WrongTime."""
    aware = written if written.tzinfo else written.replace(tzinfo=SHANGHAI)
    if not EARLIEST <= aware < LATEST:
        raise WrongTime(field)
    return aware.astimezone(UTC)
