"""The states of every screen, as data: how somebody gets it there, or why it is never in that state."""

from collections.abc import Awaitable, Callable
from typing import Literal, NamedTuple

from playwright.async_api import Page

from services.console.people.accounts import AccountRole

State = Literal["filled", "empty", "error", "dialog"]
Who = Literal[AccountRole, "nobody", "citizen"]
Step = Callable[[Page], Awaitable[None]]


class Way(NamedTuple):
    """How somebody gets a screen into a state, and by what (a selector) it is known to be in it.

    ``{signed}`` in an address stands for a ticket by its story; ``bare`` is where there are no tickets at all.
    """

    address: str
    shows: str = "main"
    does: Step | None = None
    status: int = 200
    bare: bool = False


def none(address: str, shows: str = "main") -> Way:
    """The screen where there are no tickets at all."""
    return Way(address, shows, bare=True)


Ways = tuple[Way, ...] | str
"""The ways into a state, or why the screen is never in it."""


class Screen(NamedTuple):
    """Who has it, and its states."""

    who: Who
    filled: Ways
    empty: Ways
    error: Ways
    dialog: Ways


def sends(form: str, **fields: str) -> Step:
    """Send a form as its own checks would not let it go: nothing required, some fields otherwise."""

    async def step(page: Page) -> None:
        await page.locator(form).first.evaluate(
            """(form, fields) => {
              form.noValidate = true;
              for (const [name, value] of Object.entries(fields)) {
                const field = form.querySelector(`[name="${name}"]`) ||
                  form.appendChild(Object.assign(document.createElement("input"), { name, type: "hidden" }));
                field.value = value;
              }
              (form.querySelector("button:not([type=button])") || form).click();
            }""",
            fields,
        )

    return step


def presses(key: str) -> Step:
    """A key, typed nowhere."""

    async def step(page: Page) -> None:
        await page.evaluate("document.activeElement.blur()")
        await page.keyboard.press(key)

    return step


def writes(field: str, text: str) -> Step:
    """Type into a field of a form that may be folded."""

    async def step(page: Page) -> None:
        await unfolds(page)
        await page.locator(field).first.press_sequentially(text)

    return step


async def urges(page: Page) -> None:
    """Tick the first row and urge it, twice: the second time is refused beside the outcome."""
    await page.locator("[data-select]").first.check()
    await page.locator("#selection [value=urge]").click()
    await page.locator("main [name=because]").first.wait_for()
    await sends("main form:has([name=because])", because="slow")(page)


async def unfolds(page: Page) -> None:
    await page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")


def clicks(*selectors: str) -> Step:
    async def step(page: Page) -> None:
        for selector in selectors:
            await page.locator(selector).first.click()

    return step


WALKED = "test_every_screen reads it as the roles' links lead to it"
OF_A_TICKET = "it is about one ticket, which is there or is not known"
NOTHING_TO_GET_WRONG = "it has no form of its own, and its address takes nothing"
BACK = "it leads back to where one was, and is no page"
PART = "a part of other pages, read on them"


def helps(address: str, *more: Way) -> tuple[Way, ...]:
    """The help of the keys over a page; every page with the frame has it."""
    return (Way(address, "dialog[open]", presses("?")), *more)


def desks(**held: str) -> Screen:
    """The screen of queue mode, at each desk: ``held`` is the ticket that it hands out."""
    at = {queue: f"/desk/{queue}" for queue in held}
    return Screen(
        "operator",
        tuple(Way(at[queue], f"[data-ticket='{ticket}']") for queue, ticket in held.items()),
        tuple(none(one, ".notice") for one in at.values()),
        (
            *(Way(one, ".refusal", sends(".skipping form", reason=" ")) for one in at.values()),
            Way("/desk/none", ".refusal", status=400),
        ),
        (
            *helps("/desk/review"),
            *(Way(one, "#opened .opened", presses("o")) for one in at.values()),
            *(Way(one, "main", unfolds) for one in at.values()),
        ),
    )


SCREENS: dict[str, Screen] = {
    "/": Screen("operator", WALKED, (none("/"),), NOTHING_TO_GET_WRONG, helps("/")),
    "/login": Screen(
        "nobody",
        (Way("/login", "form"),),
        "it has nothing to show but its form",
        (Way("/login", "[role=alert]", sends("main form", name="nobody", password="wrong")),),
        "nothing opens on it, and it has no keys",
    ),
    "/styleguide": Screen(
        "operator",
        (Way("/styleguide", ".state"),),
        "it shows its own samples, not what there is",
        NOTHING_TO_GET_WRONG,
        helps("/styleguide"),
    ),
    "/tickets": Screen(
        "operator",
        (Way("/tickets", "#views .view"),),
        (none("/tickets", ".notice"),),
        (
            Way("/tickets?from=yesterday", ".refusal", status=400),
            Way("/tickets", ".refusal", clicks("#selection [value=urge]")),
            Way("/tickets", ".refusal", sends(".naming form", name="样" * 41)),
        ),
        helps(
            "/tickets",
            Way("/tickets", ".naming[open] button", unfolds),
            Way("/tickets", "[name=because]", clicks("[data-select]", "#selection [value=urge]")),
        ),
    ),
    "/search": Screen(
        "operator",
        (Way("/search?q=样例", "tbody tr"), Way("/search?q=ylgs", ".found-names")),
        (Way("/search", "#search-how"), Way("/search?q=没有这样的", "[role=status]")),
        (Way(f"/search?q={'样' * 65}", ".refusal", status=400),),
        helps("/search?q=样例"),
    ),
    "/queues/{queue}": Screen(
        "operator",
        (Way("/queues/review", "tbody tr"),),
        (none("/queues/review", ".notice"),),
        (Way("/queues/none", ".refusal", status=400), Way("/queues/review?start=x", ".refusal", status=400)),
        helps("/queues/review"),
    ),
    "/tickets/{ticket}": Screen(
        "unit",
        WALKED,
        OF_A_TICKET,
        (
            Way("/tickets/nobody-knows", ".refusal", status=404),
            Way("/tickets/{signed}", ".refusal", sends("#do-contact form", _version="0")),
            Way("/tickets/{signed}", "#opened .refusal", sends(".sight form", purpose="survey")),
        ),
        helps(
            "/tickets/{signed}",
            Way("/tickets/{signed}", "#do-contact[open]", presses("a")),
            Way("/tickets/{signed}", "#opened .opened", sends(".sight form")),
            Way("/tickets/{signed}", "#phrases [data-phrase]", writes("#do-contact textarea", ";;")),
        ),
    ),
    "/tickets/{ticket}/as-of": Screen(
        "auditor",
        WALKED,
        (Way("/tickets/{signed}/as-of?at=2001-01-01T00:00", "#then.notice"),),
        (
            Way("/tickets/nobody-knows/as-of", ".refusal", status=404),
            Way("/tickets/{signed}/as-of?asof=x", ".refusal", status=400),
        ),
        helps("/tickets/{signed}/as-of"),
    ),
    "/tickets/{ticket}/print/{form}": Screen(
        "supervisor",
        (Way("/tickets/{signed}/print/assignment", ".sheet"),),
        (Way("/tickets/{registered}/print/assignment", "[role=status]", status=409),),
        (
            Way("/tickets/{signed}/print/none", ".refusal", status=400),
            Way("/tickets/nobody-knows/print/assignment", ".refusal", status=404),
        ),
        "a paper has no keys and opens nothing",
    ),
    "/register": Screen(
        "operator",
        WALKED,
        (none("/register"),),
        (Way("/register", ".refusal", sends("main form", title="样例")),),
        helps("/register", Way("/register", "details[open] [value=decline]", unfolds)),
    ),
    "/registered/{ticket}": Screen(
        "operator",
        (
            Way("/registered/{registered}", ".tell .code"),
            Way("/registered/{signed}?said=sent", "[role=status]"),
        ),
        (none("/registered/nobody-knows?token=0:999999999", "main a"),),
        (Way("/registered/nobody-knows", ".refusal", status=404),),
        helps("/registered/{registered}"),
    ),
    "/returns": Screen(
        "operator",
        WALKED,
        (none("/returns", ".notice"),),
        "its form is that of the one return it lays out: /returns/{ticket}",
        helps("/returns"),
    ),
    "/returns/{ticket}": Screen(
        "operator",
        WALKED,
        OF_A_TICKET,
        (
            Way("/returns/nobody-knows", ".refusal", status=404),
            Way("/returns/{returning}", ".refusal", sends("#actions form", reason=" ")),
        ),
        helps("/returns/{returning}", Way("/returns/{returning}", "#opened .opened", sends(".sight form"))),
    ),
    "/circulating": Screen(
        "operator", WALKED, (none("/circulating", ".notice"),), NOTHING_TO_GET_WRONG, helps("/circulating")
    ),
    "/desk/{queue}": desks(triage="{triage}", review="{answered}", survey="{surveying}"),
    "/desk/{queue}/done": Screen(
        "operator",
        WALKED,
        (none("/desk/review/done", "h1"),),
        (Way("/desk/none/done", ".refusal", status=400),),
        helps("/desk/review/done"),
    ),
    "/desk/{queue}/skipped": Screen(
        "operator",
        (Way("/desk/survey/skipped", "tbody tr"),),
        (none("/desk/review/skipped", "h1"),),
        (Way("/desk/none/skipped", ".refusal", status=400),),
        helps("/desk/survey/skipped"),
    ),
    "/inbox": Screen(
        "unit",
        WALKED,
        (none("/inbox", ".notice"), none("/inbox?group=sign", ".notice")),
        (
            Way("/inbox?group=none", ".refusal", status=400),
            Way("/inbox?group=sign", ".outcomes", sends("#bulk", ticket="nobody-knows")),
        ),
        helps("/inbox"),
    ),
    "/signoffs/{ticket}": Screen(
        "unit",
        (Way("/signoffs/{written}", "[data-ctrl-enter]"),),
        (Way("/signoffs/{signed}", ".notice"),),
        (
            Way("/signoffs/nobody-knows", ".refusal", status=404),
            Way("/signoffs/{passed}", ".refusal", status=403),
            Way("/signoffs/{written}", ".refusal", sends("details.action form", reason=" ")),
        ),
        helps(
            "/signoffs/{written}",
            Way("/signoffs/{written}", "details.action[open] textarea", clicks("details.action summary")),
        ),
    ),
    "/applications": Screen(
        "unit", WALKED, (none("/applications", ".notice"),), NOTHING_TO_GET_WRONG, helps("/applications")
    ),
    "/views": Screen(
        "operator",
        (Way("/views", "tbody tr"),),
        (none("/views", ".notice"),),
        (Way("/views", ".refusal", sends(".naming form", name=" ")),),
        helps("/views", Way("/views", ".naming[open] form", unfolds)),
    ),
    "/phrases": Screen(
        "operator",
        (Way("/phrases", "tbody tr", sends("section.panel form", text="样例:您好")),),
        (none("/phrases", ".notice"),),
        (Way("/phrases", ".refusal", sends("section.panel form", text=" ")),),
        helps("/phrases"),
    ),
    "/desk/{queue}/left/{ticket}": Screen("operator", PART, PART, PART, PART),
    "/phrases/offered": Screen("operator", PART, PART, PART, PART),
    "/views/strip": Screen("operator", PART, PART, PART, PART),
    "/risks": Screen(
        "supervisor",
        (Way("/risks?group=passed_on", "tbody tr"),),
        (none("/risks", ".notice"),),
        (
            Way("/risks?group=none", ".refusal", status=400),
            Way("/risks?group=passed_on", ".refusal", clicks("#selection [value=urge]")),
            Way("/risks?group=passed_on", ".outcomes", urges),
        ),
        helps("/risks?group=passed_on"),
    ),
    "/supervision": Screen(
        "supervisor",
        WALKED,
        (none("/supervision"),),
        (Way("/supervision?rung=none", ".refusal", status=400),),
        helps("/supervision"),
    ),
    "/figures": Screen(
        "supervisor",
        WALKED,
        (none("/figures"),),
        (
            Way("/figures?sort=none", ".refusal", status=404),
            Way("/figures?from=1800-01-01", ".refusal", status=400),
        ),
        helps("/figures", Way("/figures", "details.panel[open]", unfolds)),
    ),
    "/figures/{figure}/{part}": Screen(
        "supervisor",
        WALKED,
        (none("/figures/received/count", ".notice"),),
        (Way("/figures/none/count", ".refusal", status=404),),
        helps("/figures/received/count"),
    ),
    "/figures/then": Screen(
        "auditor",
        (Way("/figures/then?of=units/water&figure=received", "main table"),),
        (none("/figures/then", "form"),),
        (Way("/figures/then?figure=none", ".refusal", status=404),),
        helps("/figures/then"),
    ),
    "/time": Screen(
        "supervisor",
        WALKED,
        (none("/time", ".notice"),),
        (Way("/time?from=1800-01-01", ".refusal", status=400),),
        helps("/time"),
    ),
    "/time/tickets": Screen(
        "supervisor",
        WALKED,
        (none("/time/tickets?holder=hotline&cause=all", ".notice"),),
        (Way("/time/tickets?holder=hotline&cause=none", ".refusal", status=400),),
        helps("/time/tickets?holder=hotline&cause=all"),
    ),
    "/ledger": Screen(
        "supervisor",
        WALKED,
        (none("/ledger"),),
        (Way("/ledger?from=1800", ".refusal", status=400),),
        helps("/ledger"),
    ),
    "/ledger/{part}": Screen(
        "supervisor",
        WALKED,
        (none("/ledger/received?month=2026-01", ".notice"),),
        (Way("/ledger/none?month=2026-01", ".refusal", status=404),),
        helps("/ledger/received?month=2026-01"),
    ),
    "/wall": Screen(
        "supervisor",
        WALKED,
        (none("/wall", ".ok"),),
        NOTHING_TO_GET_WRONG,
        "a board on a wall has no keys and opens nothing",
    ),
    "/wall/board": Screen("supervisor", PART, PART, PART, PART),
    "/wall/{tally}": Screen(
        "supervisor",
        WALKED,
        (none("/wall/received", ".notice"),),
        (Way("/wall/none", ".refusal", status=404),),
        helps("/wall/received"),
    ),
    "/chain": Screen(
        "auditor",
        WALKED,
        "every house has a record, if only of its policies",
        NOTHING_TO_GET_WRONG,
        helps("/chain"),
    ),
    "/entries/{partition}/{source}": Screen(
        "auditor",
        WALKED,
        (none("/entries/{entry}", "main .notice"),),
        (Way("/entries/0/999999999", ".refusal", status=404),),
        helps("/entries/{entry}"),
    ),
    "/looks": Screen(
        "auditor",
        (
            Way("/looks", ".looks tbody tr"),
            Way("/looks", "#trespasses tbody tr"),
            Way("/looks", "#exports tbody tr"),
        ),
        (none("/looks", ".notice"),),
        (Way("/looks?odd=perhaps", ".refusal", status=400),),
        helps("/looks"),
    ),
    "/t": Screen(
        "nobody",
        (Way("/t", "form"),),
        "it has nothing to show but its form",
        (Way("/t", "[role=alert]", sends("main form", number="2099", code="0")),),
        "nothing opens on it, and it has no keys",
    ),
    "/t/size/{size}": Screen("nobody", BACK, BACK, BACK, BACK),
    "/t/progress": Screen(
        "citizen",
        (Way("/t/progress", "h1"),),
        OF_A_TICKET,
        (Way("/t/progress", "[role=alert]", sends("form[action='/t/rating']")),),
        (Way("/t/progress", "details[open]", unfolds),),
    ),
}
