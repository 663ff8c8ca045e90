"""The operator's desks in queue mode: 派单台, 答复审核, 回访. One frame, and a file for what is special of each."""

from services.console.pages.desks import desks, today

SCREENS = (today.router, desks.router)
"""The routes of these pages."""
