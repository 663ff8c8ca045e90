"""How soon a list of a hundred tickets is seen on a weak office PC: Chromium slowed down, with a cold cache."""

from statistics import median
from typing import Any

from playwright.async_api import Browser, async_playwright

from bench.figure import Figure
from bench.ledger import all_decided, entries
from bench.past import lay
from bench.rebuild import all_projected
from bench.system import JURISDICTION, System, system
from services.console.people.accounts import Account, Accounts
from services.console.people.logins import Logins
from shared.postgres import open_pool

TICKETS = 300
ROWS = 100
TIMES = 5
CPU_RATE = 6
NETWORK = {"offline": False, "latency": 20, "downloadThroughput": 10e6 / 8, "uploadThroughput": 10e6 / 8}
"""10 Mbit/s and 20 ms."""
WHO, PASSWORD = "painter_1", "bench password 1"
CHROMIUM = "/usr/bin/chromium"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
WATCH = """
const look = () => document.querySelectorAll("tbody tr").length >= ROWS
  ? requestAnimationFrame(() => { window.seen = performance.now(); }) : requestAnimationFrame(look);
look();
""".replace("ROWS", str(ROWS))


async def bench() -> list[Figure]:
    """Open the list of tickets ``TIMES`` times, each in a browser that knows nothing yet; the medians."""
    async with system() as at, async_playwright() as playwright:
        console = at.running.start_all("ledger", "projector", "console")[-1]
        await at.publish()
        before = await entries(at)
        await lay(at, TICKETS)
        await all_decided(at, before + TICKETS)
        await all_projected(at, before + TICKETS)
        await _account(at)
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        seen = [await _seen(browser, console.address) for _ in range(TIMES)]
        await browser.close()
    about = f"{ROWS} rows, CPU ÷{CPU_RATE}, 10 Mbit/20 ms, cold cache, median of {TIMES}"
    weights = [one["bytes"] / 1024 for one in seen]
    return [
        Figure("first_paint", median(one["paint"] for one in seen) / 1000, "s", 1.0, about, at_most=True),
        Figure("rows_visible", median(one["rows"] for one in seen) / 1000, "s", 1.2, about, at_most=True),
        Figure(
            "weight", median(weights), "KB", 60, "scripts and styles, gzipped, without rows", at_most=True
        ),
    ]


async def _account(at: System) -> None:
    pool = await open_pool(at.settings, 1)
    await Accounts(pool).add(Account(WHO, "operator", JURISDICTION, None, (), "bench"))
    await Logins(pool).set_password(WHO, PASSWORD)
    await pool.close()


async def _seen(browser: Browser, address: str) -> dict[str, Any]:
    """Milliseconds until something and until the rows were painted, and the bytes of scripts and styles."""
    context = await browser.new_context(base_url=address, viewport={"width": 1366, "height": 768})
    login = await context.request.post("/login", form={"name": WHO, "password": PASSWORD})
    assert login.ok
    page = await context.new_page()
    devtools = await context.new_cdp_session(page)
    await devtools.send("Network.enable")
    await devtools.send("Network.clearBrowserCache")
    await devtools.send("Network.emulateNetworkConditions", NETWORK)
    await devtools.send("Emulation.setCPUThrottlingRate", {"rate": CPU_RATE})
    await page.add_init_script(WATCH)
    await page.goto("/tickets")
    await page.wait_for_function("window.seen")
    seen: dict[str, Any] = await page.evaluate(
        """() => ({
          paint: performance.getEntriesByName("first-contentful-paint")[0].startTime,
          rows: window.seen,
          bytes: performance.getEntriesByType("resource").reduce((sum, one) => sum + one.transferSize, 0),
        })"""
    )
    await context.close()
    return seen
