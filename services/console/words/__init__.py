"""The one catalogue of what people read on the pages: a folder a language, a file a room, the same keys in each."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from string import Formatter
from typing import Any, Literal

from shared.figures import Figure

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")


def _read(language: Language) -> dict[str, str]:
    """The sentences by ``section.name``. The sections of a file lie one deep; each lies in one file."""
    files = sorted(Path(__file__).with_name(language).glob("*.toml"))
    return {
        f"{section}.{name}": sentence
        for file in files
        for section, named in tomllib.loads(file.read_text(encoding="utf-8")).items()
        for name, sentence in named.items()
    }


CATALOGUE: dict[Language, Mapping[str, str]] = {language: _read(language) for language in LANGUAGES}


class Sentence(Formatter):
    """Fills in a sentence; ``{count:day|days}`` is the first word for one and the other for every other number."""

    def format_field(self, value: Any, format_spec: str) -> str:
        """One place."""
        one, several, many = format_spec.partition("|")
        if not several:
            return str(super().format_field(value, format_spec))
        return one if str(value) == "1" else many


SENTENCE = Sentence()


class Words:
    """The catalogue in one language; called with a key and what its sentence has places for."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._sentences = CATALOGUE[language]

    def __call__(self, key: str, **places: object) -> str:
        """The sentence; raises KeyError for a key that is not in the catalogue."""
        sentence = self._sentences[key]
        return SENTENCE.format(sentence, **places) if "|" in sentence else sentence.format(**places)

    def has(self, section: str, code: str) -> bool:
        """Whether the catalogue has that key."""
        return f"{section}.{code}" in self._sentences

    def label(self, action: str, name: str) -> str:
        """What an input of an action's form asks for."""
        own = f"field.{action}_{name}"
        return self._sentences.get(own) or self._sentences[f"field.{name}"]

    def answer(self, name: str, answer: str) -> str:
        """What ``true``, ``false`` or another answer means for that input."""
        word = {"true": "yes", "false": "no"}.get(answer, answer)
        return self._sentences.get(f"field.{name}_{word}") or self._sentences[f"field.{word}"]

    def name_of(self, figure: Figure) -> str:
        """What a figure is called."""
        return figure.zh if self.language == "zh" else figure.en.capitalize()

    def of(self, section: str, code: str | None) -> str:
        """The word for a code of a closed set; a code that is not of the set (a unit, a topic) as it is."""
        return self._sentences.get(f"{section}.{code}", code or "")
