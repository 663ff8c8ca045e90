"""The auditor's screens: a ticket as it was, an entry and its hashes, the chain, who looked, a figure of the past."""

from services.console.pages.auditor import as_of, chain, entries, looks, then

SCREENS = (as_of.router, entries.router, chain.router, looks.router, then.router)
"""The routes of these pages."""
