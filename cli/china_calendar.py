"""Makes ``policies/cn/calendar.yaml`` from ``chinesecalendar``, which keeps the State Council's notices."""

from datetime import date

from chinese_calendar.constants import Holiday, holidays, workdays

NOTICES = {2024: "国办发明电〔2023〕7号", 2025: "国办发明电〔2024〕12号", 2026: "国办发明电〔2025〕7号"}
"""The notice behind each year. A new year is a line here, a new version, and a run of the command."""
NAMES = {
    Holiday.tomb_sweeping_day: "清明节",
    Holiday.dragon_boat_festival: "端午节",
    Holiday.mid_autumn_festival: "中秋节",
}
"""As the notices write them where the package writes them short."""
VERSION = 1
EFFECTIVE_FROM = date(2024, 1, 1)

HEAD = """\
# 由 `huiyin policy make-calendar` 生成,勿手改。 Made by that command: not edited by hand.
jurisdiction: cn
version: {version}
effective_from: {effective_from}
source: 国务院办公厅关于部分节假日安排的通知:{notices}
body:
  kind: calendar
  # 放假安排出自上述通知;工作时段全国并无统一规定,此处每日八小时为样例。
  # The days are the notices'. No rule fixes hours for the whole country: these eight a day are a sample.
  working_hours: [["08:30", "12:00"], ["13:30", "18:00"]]
  day_end: "24:00"
  years: [{years}]
  days:
"""


def calendar_yaml() -> str:
    """The whole file: every day off and make-up workday of the years in ``NOTICES``, in order."""
    notices = "、".join(f"{year}年 {notice}" for year, notice in NOTICES.items())
    years = ", ".join(str(year) for year in NOTICES)
    head = HEAD.format(version=VERSION, effective_from=EFFECTIVE_FROM, notices=notices, years=years)
    days = {day: (True, name) for day, name in holidays.items()}
    days |= {day: (False, name) for day, name in workdays.items()}
    lines = [_line(day, off, name) for day, (off, name) in sorted(days.items()) if day.year in NOTICES]
    return head + "".join(lines)


def _line(day: date, off: bool, name: str) -> str:
    holiday = Holiday(name)
    written = NAMES.get(holiday, holiday.chinese)
    return f"    - {{date: {day}, off: {str(off).lower()}, name: {written}}}\n"
