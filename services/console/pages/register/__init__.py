"""来电登记: what a caller says becomes a ticket, with what may be the same and who will get it beside the form."""

from services.console.pages.register import registered, screen

SCREENS = (screen.router, registered.router)
"""The routes of these pages."""
