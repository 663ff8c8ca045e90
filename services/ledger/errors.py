"""Why a ledger process ends. It ends rather than goes on: memory that ran ahead of the log must not survive.

LedgerError
└── AnotherWriter
"""


class LedgerError(Exception):
    """The process ends with status 70 and is started again by its supervisor."""


class AnotherWriter(LedgerError):
    """An entry landed at another offset than expected: somebody else writes this partition too.

    Operator: nothing, if it restarts once. If two processes keep ending in turn, two ledgers run with different
    consumer groups: stop one of them.
    """
