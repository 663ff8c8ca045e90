"""The supervisor's screens: figures and what is behind them, what is at risk, who was urged, where time went."""

from services.console.pages.supervising import exporting, figures, ledger, risks, supervision, time, wall

SCREENS = (
    exporting.router,
    risks.router,
    supervision.router,
    figures.router,
    time.router,
    ledger.router,
    wall.router,
)
