"""A file that a look opened, as a browser gets it: what it is told by its own bytes, and it can run nothing (pure)."""

from fastapi import Response

from services.console.attachments.attached import kind_of, name_of
from services.console.proof.looks import OpenedFile

UNRECOGNISED = "application/octet-stream"
ALONE = "default-src 'none'; frame-ancestors 'none'"
"""What a file that is shown by itself may load: nothing."""


def served(file: OpenedFile) -> Response:
    """The file as what its own bytes say that it is: pictures and PDF are shown, anything else is only saved.

    Neither runs anything, and no cache keeps it.
    """
    kind = kind_of(file.content)
    name = name_of(file.file.digest, file.content, file.file.type)
    pdf = kind == "application/pdf"  # browsers show none in a sandbox
    headers = {
        "Content-Disposition": f'{"inline" if kind else "attachment"}; filename="{name}"',
        "Content-Security-Policy": ALONE if pdf else f"{ALONE}; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "View-Token": file.token,
    }
    return Response(file.content, 200, headers, kind or UNRECOGNISED)
