"""The report: one file, no network, no script, readable by everybody, nothing of the user's text taken for markup."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from simulator.api import Result
from tests.report.elements import Elements

BUDGET = 600_000
FIGURE_BUDGET = 60_000


@pytest.fixture(scope="module", params=["report.html", "late/report.html"])
def page(several: Result, request: pytest.FixtureRequest) -> str:
    assert several.folder is not None
    return (several.folder / str(request.param)).read_text(encoding="utf-8")


def test_it_is_one_small_file_that_asks_the_network_for_nothing(page: str) -> None:
    assert len(page.encode()) <= BUDGET
    assert "default-src 'none'; img-src data:; style-src 'unsafe-inline'" in page
    elements = Elements(page)
    assert elements.open == []
    assert "script" not in {tag for tag, _ in elements.found}
    for tag, attributes in elements.found:
        for name in ("src", "href", "srcset", "action", "data"):
            value = attributes.get(name)
            assert value is None or value.startswith(("data:image/png;base64,", "#")), f"<{tag} {name}={value}>"
        assert not any(name.startswith("on") for name in attributes)
    assert "url(" not in page
    assert "@import" not in page


def test_hostile_text_of_a_scenario_stays_text(page: str) -> None:
    assert "<script" not in page
    assert "Does &lt;script&gt;alert(1)&lt;/script&gt; stay text?" in page
    assert "A small quake &amp; &lt;its&gt;" in page


def test_it_says_that_it_is_simulated_and_how_to_reproduce_it(page: str) -> None:
    assert "Simulated – not observed" in page
    assert "--replications 3 --seed 2 --variant all" in page
    assert "± " in page
    assert re.search(r"SHA-256 [0-9a-f]{64}", page)


def test_everybody_can_read_it(page: str) -> None:
    elements = Elements(page).found
    assert ("html", {"lang": "en"}) in elements
    images = [attributes for tag, attributes in elements if tag == "img"]
    assert len(images) >= 7
    assert all(len(image.get("alt") or "") > 20 for image in images)
    assert all("scope" in attributes for tag, attributes in elements if tag == "th")
    targets = {attributes["id"] for _, attributes in elements if "id" in attributes}
    links = {(attributes.get("href") or "")[1:] for tag, attributes in elements if tag == "a"}
    assert links <= targets
    assert len([a for _, a in elements if "id" in a]) == len(targets), "no id twice"


def test_numbered_steps_are_explained(page: str) -> None:
    for step in ("quake", "decide", "reroute", "spare site", "open network"):
        assert re.search(rf'<th scope="row">{step}</th><td><span class="flag', page), step


def test_the_top_page_compares_the_variants(several: Result) -> None:
    assert several.folder is not None
    top = (several.folder / "report.html").read_text(encoding="utf-8")
    assert 'id="figure-variants-over-time"' in top
    assert 'class="bars"' in top
    assert ">Late</span>" in top


def test_figures_are_small_and_are_pictures(several: Result) -> None:
    assert several.folder is not None
    pictures = list(Path(several.folder).rglob("*.png"))
    assert len(pictures) == 18
    for picture in pictures:
        content = picture.read_bytes()
        assert content.startswith(b"\x89PNG\r\n\x1a\n")
        assert 4_000 < len(content) <= FIGURE_BUDGET, picture.name
