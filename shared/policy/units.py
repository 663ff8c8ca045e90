"""Units (承办单位): who stands above whom, and the handlers (经办人) of each."""

from functools import cached_property
from typing import Literal

from msgspec import Struct

from shared.policy.words import Known, Problem, Slug, Text, repeated


class Handler(Struct, frozen=True, forbid_unknown_fields=True):
    """经办人; ``id`` is unique in the jurisdiction. ``on_duty`` decides whether new tickets come to them."""

    id: Slug
    name: Text
    on_duty: bool = True


class Unit(Struct, frozen=True, forbid_unknown_fields=True):
    """承办单位. ``superior`` takes over a redo where the survey policy says so; None at the very top."""

    id: Slug
    zh: Text
    en: Text
    kind: Literal["authority", "department", "town", "company"]
    """党委政府或管委会, 部门, 镇街, 公用企业."""
    superior: Slug | None = None
    handlers: tuple[Handler, ...] = ()


class Units(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="units", dict=True):
    """All units of a jurisdiction."""

    units: tuple[Unit, ...]

    def find(self, unit_id: str) -> Unit | None:
        """The unit of that id."""
        return self._by_id.get(unit_id)

    @cached_property
    def _by_id(self) -> dict[str, Unit]:
        return {unit.id: unit for unit in self.units}

    def check(self, known: Known) -> list[Problem]:
        """Problems: ids that repeat, superiors that do not exist or go round, units still routed to."""
        ids = [unit.id for unit in self.units]
        handlers = [handler.id for unit in self.units for handler in unit.handlers]
        problems = [
            Problem(f"编号 {one} 重复", f"the id {one} stands twice", ("units",))
            for one in sorted(repeated(ids))
        ]
        for one in sorted(repeated(handlers)):
            problems.append(Problem(f"经办人 {one} 重复", f"the handler {one} stands twice", ("units",)))
        for one in sorted(known.routed - set(ids)):
            zh, en = f"派单目录仍派给 {one},不可删去", f"the catalogue still routes to {one}: it cannot go"
            problems.append(Problem(zh, en, ("units",)))
        return [*problems, *self._superior_problems()]

    def _superior_problems(self) -> list[Problem]:
        above = {unit.id: unit.superior for unit in self.units}
        problems = []
        for i, unit in enumerate(self.units):
            where = ("units", i, "superior")
            if unit.superior is not None and unit.superior not in above:
                zh, en = f"上级单位 {unit.superior} 不存在", f"there is no superior {unit.superior}"
                problems.append(Problem(zh, en, where))
            elif _goes_round(unit.id, above):
                zh, en = f"{unit.id} 的上级关系成环", f"the superiors of {unit.id} go round in a circle"
                problems.append(Problem(zh, en, where))
        return problems


def _goes_round(unit: str, above: dict[str, str | None]) -> bool:
    seen, at = set[str](), above.get(unit)
    while at is not None and at not in seen:
        seen.add(at)
        at = above.get(at)
    return at is not None
