"""What somebody is told whose role is not let in."""

from services.console.words import Words
from shared.problems import Problem


def not_your_role(*roles: str) -> Problem:
    """403: who may, as people here call them."""
    zh = "、".join(Words("zh").of("role", role) for role in roles)
    en = ", ".join(Words("en").of("role", role) for role in roles)
    return Problem(403, "not_your_role", f"此处只对{zh}开放。", f"This is open to these only: {en}.")
