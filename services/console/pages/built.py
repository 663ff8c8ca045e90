"""What ``make env`` built for browsers, in memory: CSS and JavaScript under names that change with the content."""

import gzip
from pathlib import Path

from fastapi import APIRouter, Request, Response
from msgspec import Struct, json

from shared.problems import Problem

BUILT = Path(__file__).resolve().parents[3] / ".run" / "assets"
TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
FOREVER = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}

router = APIRouter(include_in_schema=False)


class Built(Struct, frozen=True):
    """The addresses by the names of their sources, and the files by their built names: plain, and gzipped."""

    addresses: dict[str, str]
    files: dict[str, tuple[bytes, bytes]]


class NotBuilt(SystemExit):
    """The assets are missing: the console does not start."""


def read_built() -> Built:
    """The assets; raises NotBuilt where there are none."""
    try:
        names = json.decode((BUILT / "manifest.json").read_bytes(), type=dict[str, str])
    except FileNotFoundError:
        raise NotBuilt("the console's assets are not built: run `make env`") from None
    contents = {built: (BUILT / built).read_bytes() for built in names.values()}
    return Built(
        {name: f"/assets/{built}" for name, built in names.items()},
        {built: (plain, gzip.compress(plain, mtime=0)) for built, plain in contents.items()},
    )


@router.get("/assets/{name}")
async def asset(request: Request, name: str) -> Response:
    """A built file; its content never changes under this name."""
    files = request.app.state.built.files
    if name not in files:
        raise Problem(404, "not_found", "没有这个文件。", "There is no such file.")
    headers = {**FOREVER, "Content-Type": TYPES[Path(name).suffix], "Vary": "Accept-Encoding"}
    plain, zipped = files[name]
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(zipped, headers={**headers, "Content-Encoding": "gzip"})
    return Response(plain, headers=headers)


@router.get("/favicon.ico")
async def icon() -> Response:
    """Browsers ask for one unasked; there is none."""
    return Response(status_code=204)
