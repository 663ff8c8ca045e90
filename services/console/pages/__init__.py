"""The console in the browser: one file a screen, each a function of what ``queries`` answers."""

from services.console.pages import (
    acting,
    auditor,
    built,
    desks,
    door,
    drafts,
    exporting,
    home,
    live,
    preferences,
    printing,
    register,
    search,
    styleguide,
    supervising,
    ticket,
    tickets,
    unit,
)

SCREENS = (
    built.router,
    *auditor.SCREENS,
    *desks.SCREENS,
    door.router,
    home.router,
    *register.SCREENS,
    search.router,
    exporting.router,
    printing.router,
    tickets.router,
    ticket.router,
    acting.router,
    *unit.SCREENS,
    styleguide.router,
    drafts.router,
    live.router,
    preferences.router,
    *supervising.SCREENS,
)
"""The routes of every page."""
