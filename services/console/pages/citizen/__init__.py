"""The citizen's page ``/t``: no account, no login, no script; number and code let in to one ticket for half an hour."""

from services.console.pages.citizen import door, progress, saying
from services.console.pages.citizen.rendering import is_theirs, trouble

ROUTERS = (door.router, progress.router, saying.router)
"""Its routers."""

__all__ = ["ROUTERS", "is_theirs", "trouble"]
