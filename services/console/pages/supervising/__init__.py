"""The supervisor's screens: figures and what is behind them, what is at risk, who was urged, where time went."""

from services.console.pages.supervising import figures

SCREENS = (figures.router,)
