"""What stops the projector, or a partition of it.

ProjectorError
├── StaleProjector
├── OtherViews
├── Unfit
└── BrokenPartition
"""


class ProjectorError(Exception):
    """The views are whole, but go no further until what is named here is mended."""


class StaleProjector(ProjectorError):
    """The stored offsets are not those that this process wrote last: another projector writes them too.

    Nothing was written; the process reads the offsets anew and goes on. Operator: run one projector, not two.
    """


class OtherViews(ProjectorError):
    """The views were made by another version of ``views.sql``.

    Operator: ``./huiyin rebuild --swap`` makes them anew beside the old ones and swaps; nothing is lost.
    """


class Unfit(ProjectorError):
    """A batch holds an entry that Postgres cannot take; nothing of the batch was written.

    The projector reads it again, record by record, and stops the partition of the entry that it is.
    """


class BrokenPartition(ProjectorError):
    """An entry that counts cannot be read while the views are rebuilt; the message names partition and offset.

    Operator: ``./huiyin verify`` says whether the record was altered, or was written by a newer version.
    """
