"""12345 city platform: orders (工单) and call-back results pushed as signed JSON; everything is told back.

Fields follow what real city platforms send (domain §5.1–5.3): number, time of acceptance, kind, urgency,
title, content, topic and place codes of the city's catalogue, caller, files. See docs/reference/channels.md.
"""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from shared.channels.form import Account, Citizen, Demanded, PlainFile
from shared.channels.signed_json import RATINGS, Form, Item, SignedJson
from shared.channels.wording import (
    DEMANDS,
    URGENCIES,
    Code,
    DemandZh,
    Short,
    Text,
    Title,
    UrgencyZh,
    moment,
)

FILES = 9
"""Files of one order."""


class Caller(Struct, frozen=True, forbid_unknown_fields=True):
    """来电人."""

    name: Short | None = None
    phone: Short | None = None
    address: Short | None = None

    def citizen(self) -> Citizen:
        """In our words."""
        return Citizen(self.name, self.phone, self.address)


class File(Struct, frozen=True, forbid_unknown_fields=True):
    """附件: ``content`` is base64."""

    name: Short
    type: Annotated[str, Meta(pattern=r"^[a-z]+/[a-z0-9.+-]{1,80}$")]
    content: bytes


class Order(Item, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """工单."""

    title: Title
    content: Text
    accepted_at: datetime
    type: DemandZh = "其他"
    urgency: UrgencyZh = "一般"
    topic: Code | None = None
    place: Code | None = None
    caller: Caller | None = None
    confidential: bool = False
    attachments: Annotated[tuple[File, ...], Meta(max_length=FILES)] = ()


def _demanded(_account: Account, order: Order) -> Demanded:
    return Demanded(
        order.order_no,
        order.title,
        order.content,
        moment(order.accepted_at, "acceptedAt"),
        DEMANDS[order.type],
        URGENCIES[order.urgency],
        order.topic,
        order.place,
        order.caller.citizen() if order.caller else None,
        files=tuple(PlainFile(file.name, file.type, file.content) for file in order.attachments),
        confidential=order.confidential,
    )


HOTLINE = SignedJson(
    {"orders": Form(Order, _demanded), "ratings": RATINGS},
    frozenset({"number", "reply", "survey", "ended"}),
)
