"""An Excel sheet as the offices keep them: a merged title, a frozen head with filters, every cell text (pure).

An office opens it by double click, so no cell may be a formula, and no number of a ticket may become 2.02611E+13.
"""

import re
from collections.abc import Sequence
from io import BytesIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.cell_range import CellRange

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet, or the next program that reads its CSV, would take for a formula."""
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML cannot have."""
LONGEST = 32_767
"""Characters of a cell in Excel."""
WIDEST = 48
TEXT = "@"
HEAD = 2
"""The row of the column heads, under the title."""


class Book:
    """A workbook of one sheet, written row by row; only the file's bytes are kept.

    The first rows that are added tell how wide the columns are.
    """

    def __init__(self, name: str, title: str, columns: Sequence[str]) -> None:
        self._book = Workbook(write_only=True)
        self._sheet = self._book.create_sheet(_sheet_name(name))
        self._title, self._columns = title, columns
        self._last: str = get_column_letter(len(columns))
        self._rows = 0

    def add(self, rows: Sequence[Sequence[str]]) -> None:
        """Append rows, each with a text for every column."""
        if not self._rows:
            self._begin(rows)
        for row in rows:
            self._sheet.append([self._cell(text) for text in row])
        self._rows += len(rows)

    def _begin(self, rows: Sequence[Sequence[str]]) -> None:
        self._sheet.freeze_panes = f"A{HEAD + 1}"
        self._sheet.print_title_rows = f"1:{HEAD}"
        self._sheet.merged_cells.ranges.add(CellRange(f"A1:{self._last}1"))
        for at, texts in enumerate(zip(self._columns, *rows, strict=True), 1):
            self._sheet.column_dimensions[get_column_letter(at)].width = min(WIDEST, max(map(_width, texts)))
        self._sheet.append([self._cell(self._title, bold=True)])
        self._sheet.append([self._cell(column, bold=True) for column in self._columns])
        self._rows = HEAD

    def file(self) -> bytes:
        """The finished workbook."""
        if not self._rows:
            self._begin([])
        self._sheet.auto_filter.ref = f"A{HEAD}:{self._last}{self._rows}"
        out = BytesIO()
        self._book.save(out)
        return out.getvalue()

    def _cell(self, text: str, bold: bool = False) -> WriteOnlyCell:
        cell = WriteOnlyCell(self._sheet, cell_text(text))
        cell.data_type, cell.number_format = "s", TEXT
        cell.font = BOLD if bold else PLAIN
        cell.alignment = WRAPPED
        return cell


PLAIN, BOLD = Font(), Font(bold=True)
WRAPPED = Alignment(wrap_text=True, vertical="top")


def cell_text(text: str) -> str:
    """A text as a cell may have it: nothing a formula, nothing that cannot be written."""
    clean = UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text)[: LONGEST - 1]
    return f"'{clean}" if clean.startswith(FORMULA) else clean


def _sheet_name(name: str) -> str:
    return re.sub(r"[\[\]:*?/\\']", " ", name)[:31] or " "


def _width(text: str) -> float:
    """Chinese characters are two wide; the filter's button takes room too."""
    return 4 + sum(2 if letter > "\u2e80" else 1 for letter in text)
