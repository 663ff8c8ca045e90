"""退单裁定 and 流转中: whose duty a ticket is, ruled by precedent, and the tickets that nobody has taken."""

from services.console.pages.returns import circulating, ruling

SCREENS = (ruling.router, circulating.router)
"""The routes of these pages."""
