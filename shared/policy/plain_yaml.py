"""The plain part of YAML, with the line of every part: no aliases, no tags, no repeated keys.

Only whole numbers, ``true``, ``false`` and ``null`` are more than text: ``14:00`` and ``no`` stay text.
"""

import re
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

Place = tuple[str | int, ...]
"""The keys and indexes that lead to a part of a document."""

DEEPEST = 20
_WORDS: dict[str, object] = {"true": True, "false": False, "null": None, "~": None, "": None}
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,15})")
_TAGS = {f"tag:yaml.org,2002:{name}" for name in ("str", "seq", "map")}


class BadYaml(ValueError):
    """Text that is not plain YAML: the line (from 1) and what is wrong there, in both languages."""

    def __init__(self, line: int, zh: str, en: str) -> None:
        super().__init__(f"{line}: {zh} / {en}")
        self.line, self.zh, self.en = line, zh, en


def read_yaml(content: bytes) -> tuple[Any, dict[Place, int]]:
    """The values, and the line (from 1) on which each part of them begins; BadYaml for anything not plain."""
    text = _decode(content)
    try:
        root = _compose(text)
        if root is None:
            raise BadYaml(1, "内容为空", "there is nothing in it")
        lines: dict[Place, int] = {}
        return _value(root, (), lines), lines
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise BadYaml(line, "含有不允许的字符", "a character that YAML does not allow") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise BadYaml(line, f"YAML 语法有误: {error.problem}", f"not YAML: {error.problem}") from None


def _decode(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise BadYaml(line, "不是 UTF-8 编码", "not UTF-8") from None


def _compose(text: str) -> Node | None:
    """An alias lets a few lines stand for gigabytes, and depth costs minutes: neither is built."""
    depth = 0
    for event in yaml.parse(text, yaml.BaseLoader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise BadYaml(line, "嵌套过深", "nested too deep")
        if isinstance(event, yaml.AliasEvent):
            raise BadYaml(line, "不得使用别名(*)", "aliases (*) are not allowed")
    return yaml.compose(text, yaml.BaseLoader)


def _value(node: Node, place: Place, lines: dict[Place, int]) -> Any:
    line = lines[place] = node.start_mark.line + 1
    if node.tag not in _TAGS:
        raise BadYaml(line, f"不得使用标签 {node.tag}", f"tags are not allowed: {node.tag}")
    if isinstance(node, MappingNode):
        return _mapping(node, place, lines)
    if isinstance(node, SequenceNode):
        return [_value(item, (*place, i), lines) for i, item in enumerate(node.value)]
    if isinstance(node, ScalarNode) and node.style is None:
        return int(node.value) if _INTEGER.fullmatch(node.value) else _WORDS.get(node.value, node.value)
    return node.value


def _mapping(node: MappingNode, place: Place, lines: dict[Place, int]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, ScalarNode):
            raise BadYaml(line, "键须为单个词", "a key must be a word")
        if key.value in values:
            raise BadYaml(line, f"键 {key.value} 重复", f"the key {key.value} stands twice")
        values[key.value] = _value(value, (*place, key.value), lines)
        lines[(*place, key.value)] = line
    return values
