"""The frame of channels that push signed JSON: one item, or lists of up to 500, answered item by item.

A channel of this frame says which lists it takes, the form of their items, and what an item means; see
``hotline``.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from msgspec import Struct, json

from shared.channels import signing
from shared.channels.form import (
    Account,
    Demanded,
    Outgoing,
    Rated,
    Rejected,
    Report,
    Request,
    Response,
    Taken,
)
from shared.channels.strict import Unreadable, read_item, read_json
from shared.channels.wording import (
    GRADES,
    GRADES_ZH,
    OUTCOMES_ZH,
    GradeZh,
    Number,
    Round,
    Short,
    WrongTime,
    moment,
)
from shared.ticket.refusals import REFUSALS

MOST = 500
"""Items of one push."""
STATUS = {"too_many_items": 413, "command_too_large": 413, "entry_too_large": 413}
"""Of a rejection that is the whole answer; a refusal by the ledger is 409, any other 400."""


class Item(Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """What every item has: its channel's own number (``orderNo``)."""

    order_no: Number


class Form(NamedTuple):
    """One list of a push: the struct of an item, and what an item means."""

    item: type[Item]
    meant: Callable[[Account, Any], Demanded | Rated | Rejected]


class Rating(Item, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """回访结果: the citizen's answer to the survey of a round (办理轮次)."""

    round: Round
    grade: GradeZh
    rated_at: datetime
    solved: bool | None = None
    words: Short | None = None


def rated(_account: Account, rating: Rating) -> Rated:
    """A rating in our words."""
    at = moment(rating.rated_at, "ratedAt")
    return Rated(rating.order_no, rating.round, GRADES[rating.grade], at, rating.solved, rating.words)


RATINGS = Form(Rating, rated)
NUMBER = "orderNo"
"""The field of every form that holds the channel's own number of the item."""


class SignedJson:
    """A channel of this frame.

    forms     name of a list → its form; a body that is one item is of the first's
    purposes  of the reports that this channel is sent
    graded    whether a report names the citizen's grade
    """

    def __init__(self, forms: dict[str, Form], purposes: frozenset[str], graded: bool = True) -> None:
        self.forms = forms
        self.purposes = purposes
        self.graded = graded

    def verified(self, account: Account, request: Request, now: datetime) -> str:
        """The nonce to remember; see ``signing.verified``."""
        return signing.verified(account, request, now)

    def read(self, account: Account, request: Request) -> Sequence[Demanded | Rated | Rejected]:
        """The items, list after list; one rejection without id if nothing can be read."""
        try:
            return [self._meant(account, form, value, at) for form, value, at in self._items(request.body)]
        except Unreadable as error:
            return [error.rejected]

    def _meant(self, account: Account, form: Form, value: object, at: str) -> Demanded | Rated | Rejected:
        item = read_item(value, form.item, at, NUMBER)
        if isinstance(item, Rejected):
            return item
        try:
            return form.meant(account, item)
        except WrongTime as error:
            field = f"{at}.{error.field}" if at else error.field
            zh, en = "时间不在 2000–2100 年之间", "a time outside 2000–2100"
            return Rejected(item.order_no, "invalid_field", field, zh, en)

    def _items(self, body: bytes) -> Iterator[tuple[Form, object, str]]:
        value = read_json(body)
        if not isinstance(value, dict):
            raise Unreadable(
                Rejected(None, "malformed_json", "body", "请求体须为对象", "the body is no object")
            )
        if not self._is_batch(value):
            yield next(iter(self.forms.values())), value, ""
            return
        self._check(value)
        for name, form in self.forms.items():
            for index, item in enumerate(value.get(name, [])):
                yield form, item, f"{name}[{index}]"

    def _is_batch(self, value: object) -> bool:
        return isinstance(value, dict) and any(name in value for name in self.forms)

    def _check(self, value: dict[str, Any]) -> None:
        for name, part in value.items():
            if name not in self.forms or not isinstance(part, list):
                code = "invalid_field" if name in self.forms else "unknown_field"
                raise Unreadable(
                    Rejected(None, code, name[:100], f"字段 {name[:100]} 不合约定", "not in the form")
                )
        if sum(len(part) for part in value.values()) > MOST:
            zh, en = f"一次最多推送 {MOST} 件", f"at most {MOST} items in a push"
            raise Unreadable(Rejected(None, "too_many_items", None, zh, en))

    def answer(
        self, _account: Account, request: Request, fared: Sequence[Taken | Rejected], _now: datetime
    ) -> Response:
        """A batch is answered 200 with a result per item, in their order; one item with its own status.

        202 stands for 200 where a number is still to come.
        """
        waiting = any(isinstance(one, Taken) and one.number is None for one in fared)
        if self._answers_per_item(request.body, fared):
            body = json.encode({"results": [_result(one) for one in fared]})
            return Response(202 if waiting else 200, body)
        if isinstance(fared[0], Rejected):
            return problem(fared[0])
        return Response(202 if waiting else 200, json.encode(_result(fared[0])))

    def _answers_per_item(self, body: bytes, fared: Sequence[Taken | Rejected]) -> bool:
        try:
            value = read_json(body)
            if isinstance(value, dict) and self._is_batch(value):
                self._check(value)
                return True
        except Unreadable:
            return False
        return not fared

    def report(
        self, account: Account, report: Report, nonce: str, now: datetime | None = None
    ) -> Outgoing | None:
        """A signed callback; ``now`` is the moment of sending (the event's own if left out)."""
        if report.purpose not in self.purposes or account.report_to is None:
            return None
        body = json.encode(self._told(report))
        headers = signing.signed(account, body, nonce, now or report.at)
        return Outgoing(account.report_to, headers | {"Idempotency-Key": report.id}, body)

    def _told(self, report: Report) -> dict[str, object]:
        told = {
            "reportId": report.id,
            "purpose": report.purpose,
            NUMBER: report.external_id,
            "ticketNo": report.number,
            "round": report.round,
            "at": report.at,
            "due": report.due,
            "queryCode": report.query_code,
            "reply": report.reply,
            "outcome": OUTCOMES_ZH.get(report.outcome) if report.outcome else None,
            "grade": GRADES_ZH.get(report.grade or "") if self.graded else None,
        }
        return {name: value for name, value in told.items() if value is not None}


def _result(fared: Taken | Rejected) -> dict[str, object]:
    if isinstance(fared, Taken):
        return {"id": fared.external_id, "accepted": True, "ticket": fared.ticket, "ticketNo": fared.number}
    return {
        "id": fared.external_id,
        "accepted": False,
        "code": fared.code,
        "field": fared.field,
        "detail": fared.zh,
        "detail_en": fared.en,
    }


def problem(rejected: Rejected) -> Response:
    """RFC 9457, as ``shared.problems`` writes it at the edge."""
    status = STATUS.get(rejected.code, 409 if rejected.code in REFUSALS else 400)
    members = {
        "type": f"urn:huiyin:problem:{rejected.code}",
        "status": status,
        "code": rejected.code,
        "detail": rejected.zh,
        "detail_en": rejected.en,
    }
    body = members | ({"field": rejected.field} if rejected.field else {})
    return Response(status, json.encode(body), "application/problem+json")
