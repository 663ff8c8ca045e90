"""WeChat mini-program (``mini_program``): message push in, customer messages out (domain §5.6).

A text message is a demand. A page of the mini-program sends its form as JSON in ``Content``: a demand with
its topic and place, or a rating. WeChat tries three times if it hears nothing for 5 s; a message's MsgId
makes the tries one. An account with an EncodingAESKey takes safe mode only: a plain message's signature does
not cover its body.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from msgspec import Struct, json

from shared.channels import signing
from shared.channels.form import (
    Account,
    Citizen,
    Demanded,
    Outgoing,
    Rated,
    Rejected,
    Report,
    Request,
    Response,
    SignatureWrong,
    Taken,
)
from shared.channels.signed_json import problem
from shared.channels.strict import Unreadable, read_item, read_json
from shared.channels.wechat_crypto import WrongMessage, decrypt, encrypt, matches, signature
from shared.channels.wechat_message import Fields, is_xml, read_message, write_message
from shared.channels.wording import (
    DEMANDS,
    GRADES,
    OUTCOMES_ZH,
    SHANGHAI,
    Code,
    DemandZh,
    GradeZh,
    Number,
    Round,
    Short,
    Text,
    Title,
    moment,
)

TITLE = 30
"""Characters of a text message that become its title."""
CUSTOMER_MESSAGE = 600
"""Characters of a reply that fit into a customer message (2,048 bytes)."""
UNREADABLE = {
    "wrong_appid": ("消息不属于本小程序(appid 不符)", "the message is for another appid"),
    "not_decryptable": ("消息无法解密,请核对 EncodingAESKey", "not decryptable: compare the EncodingAESKey"),
}


class DemandForm(Struct, frozen=True, forbid_unknown_fields=True):
    """诉求表单."""

    text: Text
    title: Title | None = None
    topic: Code | None = None
    place: Code | None = None
    type: DemandZh = "其他"
    name: Short | None = None
    phone: Short | None = None
    address: Short | None = None


class RatingForm(Struct, frozen=True, forbid_unknown_fields=True):
    """评价表单: ``demand`` is the MsgId under which the demand came."""

    demand: Number
    round: Round
    rating: GradeZh
    solved: bool | None = None
    words: Short | None = None


class MiniProgram:
    """The channel. ``Account.keys`` holds the Token (two while one replaces the other)."""

    def verified(self, account: Account, request: Request, now: datetime) -> None:
        """Nothing to remember: WeChat repeats a push with the same nonce, and MsgId makes the repeats one.

        Raises SignatureWrong: ``wrong_signature`` or ``stale_timestamp``.
        """
        query, tokens = request.query, list(account.keys.values())
        timestamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
        if account.aes_key and request.method == "POST":
            given, signed = query.get("msg_signature", ""), [timestamp, nonce, _encrypted(request.body)]
        else:
            given, signed = query.get("signature", ""), [timestamp, nonce]
        if not matches(given, tokens, *signed):
            raise SignatureWrong("wrong_signature")
        if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 11):
            raise SignatureWrong("stale_timestamp")
        if abs(now.timestamp() - int(timestamp)) > signing.WINDOW.total_seconds():
            raise SignatureWrong("stale_timestamp")

    def read(self, account: Account, request: Request) -> Sequence[Demanded | Rated | Rejected]:
        """The one item of a message; none for URL verification and for events that ask for nothing."""
        if request.method == "GET":
            return []
        try:
            return _meant(_message(account, request.body))
        except Unreadable as error:
            return [error.rejected]

    def answer(
        self, account: Account, request: Request, fared: Sequence[Taken | Rejected], now: datetime
    ) -> Response:
        """The echo of a URL verification; else a passive reply in the form of the message, or "success".

        A demand that is not taken is answered 200 as well, with the reason for the citizen: anything else
        would make WeChat repeat what cannot succeed, and then tell the citizen that the service is down.
        """
        if request.method == "GET":
            return Response(200, request.query.get("echostr", "").encode(), "text/plain; charset=utf-8")
        try:
            message = _message(account, request.body)
        except Unreadable as error:
            return problem(error.rejected)
        if not fared:
            return Response(200, b"success", "text/plain")
        return _passive(account, request, message, _said(fared[0]), now)

    def report(
        self, account: Account, report: Report, nonce: str, now: datetime | None = None
    ) -> Outgoing | None:
        """A customer message (客服消息) to the citizen.

        It goes to the account's gateway, which holds the access token of the mini-program's server interface;
        the headers sign it with the Token. ``now`` is the moment of sending (the event's own if left out).
        """
        if account.report_to is None or report.reply_to is None:
            return None
        message = {"touser": report.reply_to, "msgtype": "text", "text": {"content": _told(report)}}
        body = json.encode(message)
        headers = signing.signed(account, body, nonce, now or report.at)
        return Outgoing(account.report_to, headers | {"Idempotency-Key": report.id}, body)


def _encrypted(body: bytes) -> str:
    try:
        return read_message(body).get("Encrypt", "")
    except Unreadable:
        raise SignatureWrong("wrong_signature") from None


def _message(account: Account, body: bytes) -> Fields:
    """The message's fields, decrypted in safe mode; raises Unreadable."""
    if not account.aes_key:
        return read_message(body)
    try:
        return read_message(
            decrypt(account.aes_key, account.app_id or "", read_message(body).get("Encrypt", ""))
        )
    except WrongMessage as error:
        raise Unreadable(Rejected(None, error.code, "Encrypt", *UNREADABLE[error.code])) from None


def _meant(message: Fields) -> list[Demanded | Rated | Rejected]:
    kind, sender = message.get("MsgType", ""), message.get("FromUserName", "")
    if kind == "event":
        return []
    external_id = message.get("MsgId", "")
    envelope = read_item(message, _Envelope, "", "MsgId")
    if isinstance(envelope, Rejected):
        return [envelope]
    try:
        at = moment(datetime.fromtimestamp(int(envelope.create_time), UTC), "CreateTime")
    except (ValueError, OverflowError, OSError):
        zh, en = "CreateTime 不是合理的时间", "CreateTime is not a time within 2000–2100"
        return [Rejected(external_id, "invalid_field", "CreateTime", zh, en)]
    if kind != "text":
        zh, en = "暂只接收文字诉求,请用文字描述", "only text is taken: describe it in words"
        return [Rejected(external_id, "unsupported_message", "MsgType", zh, en)]
    return [_from_content(external_id, sender, envelope.content, at)]


class _Envelope(Struct, frozen=True, rename="pascal"):
    """What we need of WeChat's envelope."""

    msg_id: Number
    from_user_name: Number
    create_time: str
    msg_type: str
    content: str = ""


def _from_content(external_id: str, openid: str, content: str, at: datetime) -> Demanded | Rated | Rejected:
    form = _form(content)
    if form is None:
        form = {"text": content}
    if "rating" in form:
        rating = read_item(form, RatingForm, "Content", "demand")
        if isinstance(rating, Rejected):
            return rating
        return Rated(rating.demand, rating.round, GRADES[rating.rating], at, rating.solved, rating.words)
    demand = read_item(form, DemandForm, "Content", "")
    if isinstance(demand, Rejected):
        return Rejected(external_id, demand.code, demand.field, demand.zh, demand.en)
    return _demanded(external_id, openid, demand, at)


def _form(content: str) -> dict[str, object] | None:
    """The form inside a text, if it is one; a citizen's own words that look like JSON stay words."""
    if not content.startswith("{"):
        return None
    try:
        value = read_json(content.encode("utf-8", "surrogateescape"))
    except Unreadable:
        return None
    return value if isinstance(value, dict) else None


def _demanded(external_id: str, openid: str, form: DemandForm, at: datetime) -> Demanded:
    citizen = Citizen(form.name, form.phone, form.address)
    return Demanded(
        external_id,
        form.title or form.text.strip()[:TITLE] or form.text[:TITLE],
        form.text,
        at,
        DEMANDS[form.type],
        topic=form.topic,
        place=form.place,
        citizen=citizen if citizen != Citizen() else None,
        reply_to=openid,
    )


def _said(fared: Taken | Rejected) -> str:
    if isinstance(fared, Rejected):
        return f"未能登记: {fared.zh}"
    if fared.number is None:
        return "您的诉求已收到,工单编号稍后告知。"
    return f"您的诉求已登记,工单编号 {fared.number}。"


def _passive(account: Account, request: Request, message: Fields, text: str, now: datetime) -> Response:
    xml = is_xml(request.body)
    timestamp, nonce = int(now.timestamp()), request.query.get("nonce", "")
    reply: dict[str, str | int] = {
        "ToUserName": message.get("FromUserName", ""),
        "FromUserName": message.get("ToUserName", ""),
        "CreateTime": timestamp,
        "MsgType": "text",
        "Content": text,
    }
    body = write_message(reply, xml)
    if account.aes_key:
        body = _encrypted_reply(account, body, timestamp, nonce, xml)
    return Response(200, body, "application/xml" if xml else "application/json")


def _encrypted_reply(account: Account, reply: bytes, timestamp: int, nonce: str, xml: bool) -> bytes:
    encrypted = encrypt(account.aes_key or "", account.app_id or "", reply, nonce)
    token = next(iter(account.keys.values()))
    return write_message(
        {
            "Encrypt": encrypted,
            "MsgSignature": signature(token, str(timestamp), nonce, encrypted),
            "TimeStamp": timestamp,
            "Nonce": nonce,
        },
        xml,
    )


def _told(report: Report) -> str:
    """A report in words for the citizen."""
    number = f"工单 {report.number}"
    if report.purpose == "number":
        code = f",查询码 {report.query_code}" if report.query_code else ""
        until = f",将于 {_day(report.due)} 前答复" if report.due else ""
        return f"您的诉求已登记,{number}{code}{until}。"
    if report.purpose == "reply":
        return f"{number} 已答复: {(report.reply or '')[:CUSTOMER_MESSAGE]}"
    if report.purpose == "survey":
        return f"{number} 已答复,请在小程序“我的诉求”中评价第 {report.round} 轮办理: 满意、一般满意或不满意。"
    outcome = OUTCOMES_ZH.get(report.outcome, "") if report.outcome else ""
    return f"{number} 已办理完毕: {outcome or '办结'}。"


def _day(due: datetime) -> str:
    return due.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


MINI_PROGRAM = MiniProgram()
