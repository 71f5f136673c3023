"""Whatever text stands in Markdown, it stands there as text: held by a parser of CommonMark and its tables."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from simulator.document.markdown import escaped, fenced, table_lines

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
SIGNS = st.sampled_from(list("\\`*_[]|#~$<>&!+-=.()1234:/@ wx\n\t"))
TEXTS = st.one_of(
    st.text(SIGNS, max_size=30),
    st.text(st.characters(exclude_categories=("Cc", "Cs"), include_characters="\n\t"), max_size=30),
)
PLACES = {"paragraph": "{}", "heading": "## {}", "item": "- {}", "quote": "> Note: {}", "bold": "a **b {} c** d"}
"""Where text is put."""


def shown(source: str) -> tuple[set[str], str]:
    """The kinds of what stands in the lines of a document, and its text."""
    inline = [child for token in PARSER.parse(source) for child in token.children or ()]
    return {child.type for child in inline}, "".join(child.content for child in inline)


@pytest.mark.parametrize("place", PLACES)
@given(text=TEXTS)
@example(text="1. first")
@example(text="2017) b")
@example(text="- a")
@example(text="+ a")
@example(text="===")
@example(text="> a")
@example(text="a | b <script>alert(1)</script> [x](y) *z* _u_ ~~v~~ `w` &amp; \\")
@example(text="![x](http://example.org)")
@example(text="\\*")
def test_text_stays_text_wherever_it_stands(place: str, text: str) -> None:
    kinds, said = shown(PLACES[place].format(escaped(text)))
    assert kinds <= {"text", "text_special", "strong_open", "strong_close"}
    around = shown(PLACES[place].format("§"))[1]
    assert said.strip() == around.replace("§", " ".join(text.split())).strip()


@given(text=TEXTS)
def test_text_stays_in_its_cell(text: str) -> None:
    tokens = PARSER.parse("\n".join(table_lines(("who", text), [(text, "last"), ("second", text)])))
    cells = [token.content for token in tokens if token.type == "inline"]
    assert len(cells) == 6
    assert [token.type for token in tokens].count("tr_open") == 3


@given(text=st.text(SIGNS.filter(lambda sign: sign != "\n"), max_size=20))
def test_a_command_stays_in_its_block(text: str) -> None:
    tokens = PARSER.parse("\n".join(fenced(text, "console")))
    assert [token.type for token in tokens] == ["fence"]
    assert tokens[0].content.rstrip("\n") == text


@pytest.mark.parametrize(
    ("text", "made"), [("http://example.org", "http\\://example.org"), ("www.example.org", "www\\.example.org"), ("$x$", "\\$x\\$")]
)
def test_what_only_some_readers_take_for_links_and_formulas(text: str, made: str) -> None:
    assert escaped(text) == made


def test_there_is_one_escaper_of_markdown(root: Path) -> None:
    """Nobody else escapes a column's edge, which no text may hold unescaped in a table."""
    own = re.compile(r"""replace\(\s*["']\|["']""")
    found = [path.name for path in (root / "simulator").rglob("*.py") if own.search(path.read_text(encoding="utf-8"))]
    defined = [path.name for path in (root / "simulator").rglob("*.py") if "def escaped(" in path.read_text(encoding="utf-8")]
    assert (found, defined) == ([], ["markdown.py"])
