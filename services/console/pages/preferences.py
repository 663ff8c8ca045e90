"""What a person switches off in this browser: the sound of new tickets, the keys."""

from typing import get_args

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from services.console.pages.door import A_YEAR, local
from services.console.pages.inside import Anyone
from services.console.pages.rendering import Preference

router = APIRouter(include_in_schema=False)


@router.post("/preferences")
async def prefer(request: Request, _caller: Anyone) -> Response:
    """Remember it and go back."""
    typed = request.state.fields
    answer = RedirectResponse(local(typed.get("next", "/")), 303)
    for preference in get_args(Preference):
        if typed.get(preference) in ("on", "off"):
            answer.set_cookie(f"huiyin_{preference}", typed[preference], max_age=A_YEAR, samesite="lax")
    return answer
