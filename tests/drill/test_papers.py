"""Papers of a drill: everybody can read and open them, nothing in them is taken for anything but text, and their numbers are the run's."""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from simulator.api import render
from simulator.document.blocks import brief, calm
from simulator.document.markdown import escaped
from simulator.drill.question import Drilled
from simulator.drill.session import drill
from simulator.errors import ScenarioError
from simulator.report.wording import count
from simulator.scenario import Scenario, exercise_of, load
from tests.report.elements import Elements

BUDGET = 900_000
HOSTILE = "<script>alert(1)</script>"
FORMULA = '=HYPERLINK("http://evil.example","click")'
OFFICE = [path for path in (shutil.which("soffice"), shutil.which("libreoffice")) if path][:1]
BROWSER = [path for path in (shutil.which("chromium"), shutil.which("chromium-browser"), shutil.which("google-chrome")) if path][:1]


def pages(held: Drilled, ends: str) -> list[Path]:
    assert held.folder is not None
    found = sorted(held.folder.rglob(f"*.{ends}"))
    assert len(found) == 7, "a report and six papers of the pack"
    return found


def test_pages_ask_the_network_for_nothing_and_hold_no_script(held: Drilled) -> None:
    for page in pages(held, "html"):
        text = page.read_text(encoding="utf-8")
        assert len(text.encode()) <= BUDGET
        assert "default-src 'none'" in text
        elements = Elements(text)
        assert elements.open == []
        assert not {"script", "link", "iframe", "object"} & {tag for tag, _ in elements.found}
        for tag, attributes in elements.found:
            for name in ("src", "href", "srcset", "action", "data"):
                value = attributes.get(name)
                assert value is None or value.startswith("data:image/png;base64,"), f"<{tag} {name}={value}>"
            assert not any(name.startswith("on") for name in attributes)
        assert "url(" not in text


def test_everybody_can_read_them(held: Drilled) -> None:
    for page in pages(held, "html"):
        elements = Elements(page.read_text(encoding="utf-8")).found
        assert ("html", {"lang": "en"}) in elements
        assert all(len(a.get("alt") or "") > 40 for tag, a in elements if tag == "img")
        assert all("scope" in a for tag, a in elements if tag == "th")
        labels = [a["aria-label"] for _, a in elements if "aria-label" in a]
        assert len(labels) == len(set(labels))
        levels = [int(tag[1]) for tag, _ in elements if re.fullmatch(r"h\d", tag)]
        assert levels[0] == 1
        assert all(after - before <= 1 for before, after in itertools.pairwise(levels)), "no level of heading is skipped"


MAKERS = re.compile(r"(^|\.)(google|googleapis|gstatic|gvt1)\.com(:\d+)?$")
"""Whom the browser itself may ask, for dictionaries and the like."""
AXE = """<script>axe.run().then(r => { document.title = 'AXE' + JSON.stringify(
  r.violations.map(v => [v.id, v.impact, v.nodes.length])) + 'END' })</script></body>"""


@pytest.mark.parametrize("browser", BROWSER)
@pytest.mark.parametrize("name", ["report.html", "pack/one-page-plan.html", "pack/evaluator-sheets.html"])
def test_axe_finds_nothing_in_a_browser_that_asks_for_nothing(root: Path, held: Drilled, tmp_path: Path, browser: str, name: str) -> None:
    assert held.folder is not None
    page = (held.folder / name).read_text(encoding="utf-8")
    quiet = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]

    log = tmp_path / "net.json"
    subprocess.run(
        [*quiet, f"--log-net-log={log}", "--dump-dom", (held.folder / name).as_uri()], capture_output=True, timeout=120, check=True
    )
    asked = re.findall(r'"url":"https?://([^/"]+)', log.read_text(encoding="utf-8"))
    assert [host for host in asked if not MAKERS.search(host)] == []
    axe = (root / "tests/browser/axe-core/axe.min.js").read_text(encoding="utf-8").replace("</script", "<\\/script")
    page = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)  # it forbids scripts, and axe is one
    watched = tmp_path / "page.html"
    watched.write_text(page.replace("</body>", f"<script>{axe}</script>{AXE}"), encoding="utf-8")
    command = [*quiet, "--virtual-time-budget=30000", "--dump-dom", watched.as_uri()]
    dom = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout
    found = re.search(r"<title>AXE(.*?)END</title>", dom, re.DOTALL)
    assert found is not None, "axe did not run"
    assert json.loads(found[1]) == []


def test_documents_open_and_hold_the_same_tables(held: Drilled) -> None:
    from docx import Document

    for file in pages(held, "docx"):
        made = Document(str(file))
        html = Elements(file.with_suffix(".html").read_text(encoding="utf-8")).found
        assert len(made.tables) == sum(tag == "table" for tag, _ in html)
        assert made.sections[0].header.paragraphs[0].text.startswith("For exercise use only")


@pytest.mark.parametrize("office", OFFICE)
def test_documents_become_pages_in_an_office(held: Drilled, tmp_path: Path, office: str) -> None:
    files = [str(file) for file in pages(held, "docx")]
    command = [office, "--headless", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--convert-to", "pdf", "--outdir"]
    subprocess.run([*command, str(tmp_path), *files], capture_output=True, timeout=300, check=True)
    made = sorted(tmp_path.glob("*.pdf"))
    assert len(made) == len(files)
    assert all(pdf.stat().st_size > 8_000 for pdf in made)


def test_the_report_says_the_numbers_of_the_run(held: Drilled) -> None:
    assert held.folder is not None
    page = (held.folder / "report.html").read_text(encoding="utf-8")
    found = held.review
    lost = found.value(found.drill.played, "people_never_served")
    assert f"{count(lost)} of {count(found.value(found.drill.played, 'customers'))} people got nobody" in page
    for policy in found.luck.policies:
        assert f"<td>{count(float(policy.values[found.luck.place]))}</td>" in page
    rows = list(csv.DictReader(io.StringIO((held.folder / "worth.csv").read_text(encoding="utf-8"))))
    assert [row["step"] for row in rows] == [w.step for w in found.worths]
    assert count(round(abs(found.worths[0].left_out.mean))) in rows[0]["without it"]  # type: ignore[union-attr]  # it was taken


def test_the_evaluator_comes_before_the_rule(held: Drilled) -> None:
    assert held.folder is not None
    page = (held.folder / "report.html").read_text(encoding="utf-8")
    assert page.index(">evaluator<") < page.index(">suggested<")
    assert "no verdict" in page


def test_roles_only_unless_names_are_asked_for(held: Drilled, tmp_path: Path) -> None:
    assert held.folder is not None
    kept = [p for p in held.folder.rglob("*") if p.suffix in (".html", ".md", ".csv", ".json", ".yaml")]
    assert not [p.name for p in kept if "Ana Perez" in p.read_text(encoding="utf-8")]
    with zipfile.ZipFile(held.folder / "report.docx") as packed:
        assert b"Ana Perez" not in packed.read("word/document.xml")


def test_names_are_printed_where_they_are_wanted(drilled: Scenario, log_file: Path, tmp_path: Path) -> None:
    made = drill(drilled, log=log_file, replications=2, jobs=1, out=tmp_path, names=True, forms=("md",))
    assert made.folder is not None
    assert "warden (Ana Perez)" in (made.folder / "report.md").read_text(encoding="utf-8")


def test_the_events_list_that_is_written_can_be_read_again(held: Drilled) -> None:
    assert held.folder is not None
    text = (held.folder / "pack" / "events-list.csv").read_text(encoding="utf-8")
    again = exercise_of(held.review.drill.scenario, (text, "events-list.csv"))
    assert again is not None
    assert again.injects == held.review.exercise.injects


def test_next_years_file_carries_what_was_missed(root: Path, held: Drilled, tmp_path: Path) -> None:
    assert held.folder is not None
    for name in ("drill/drilled.yaml", "report/small-quake.yaml"):
        (tmp_path / name).parent.mkdir()
        shutil.copy(root / "tests" / name, tmp_path / name)
    (tmp_path / ".crisis-project").touch()
    shutil.copy(held.folder / "next-exercise.yaml", tmp_path / "drill" / "next.yaml")
    found = exercise_of(load(tmp_path / "drill" / "next.yaml"))
    assert found is not None
    assert found.injects == held.review.exercise.injects
    assert any("open-network" in lesson.text for lesson in found.lessons)


def test_a_drill_is_rendered_again_the_same(held: Drilled, tmp_path: Path) -> None:
    assert held.folder is not None
    render(held.folder, ("html", "csv", "md"), out=tmp_path)
    for name in ("report.html", "report.md", "decisions.csv", "pack/inject-cards.html", "review.json"):
        assert (tmp_path / name).read_bytes() == (held.folder / name).read_bytes(), name


@pytest.fixture(scope="module")
def hostile(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Drilled:
    """A drill whose every text means harm; signs that nobody sees are refused where the file is read."""
    home = tmp_path_factory.mktemp("hostile")
    for name in ("drill/drilled.yaml", "report/small-quake.yaml"):
        (home / name).parent.mkdir()
        shutil.copy(root / "tests" / name, home / name)
    (home / ".crisis-project").touch()
    title = json.dumps(f"{FORMULA} {HOSTILE} {'x' * 10_000}")
    evil = f"""schema: crisis/v1
extends: drilled.yaml
name: hostile
title: {title}
exercise:
  title: {title}
  scope: {json.dumps(HOSTILE)}
  injects:
    - {{id: "=1+1", at: T+5m, to: manager, text: {title}, notes: "| a | b |\\n# not a heading"}}
"""
    (home / "drill" / "evil.yaml").write_text(evil, encoding="utf-8")
    log = home / "log.jsonl"
    said = {"time": "T+20m", "role": "manager", "decision": "decide", "rationale": f"{FORMULA} {HOSTILE}"}
    log.write_text('{"scenario": "hostile"}\n' + json.dumps(said) + "\n", encoding="utf-8")
    return drill(load(home / "drill" / "evil.yaml"), log=log, replications=2, jobs=1, out=home / "results")


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\u0007"])
def test_signs_that_nobody_sees_are_refused_where_they_stand(root: Path, tmp_path: Path, sign: str) -> None:
    drilled = (root / "tests/drill/drilled.yaml").read_text(encoding="utf-8")
    file = tmp_path / "evil.yaml"
    file.write_text(f"title: {json.dumps(f'{sign}evil')}\n{drilled}", encoding="utf-8")
    with pytest.raises(ScenarioError, match=rf"evil.yaml:1:8: error\[encoding\]: a control character \(U\+{ord(sign):04X}\)"):
        load(file)


def test_a_hostile_scenario_harms_no_page(hostile: Drilled) -> None:
    for page in pages(hostile, "html"):
        text = page.read_text(encoding="utf-8")
        assert "<script" not in text
        assert not re.search("[\u202a-\u202e\u2066-\u2069]", text)
        assert Elements(text).open == []
    for page in pages(hostile, "md"):
        text = page.read_text(encoding="utf-8")
        assert "<script" not in text
        assert "\n# not a heading" not in text


def test_a_hostile_scenario_harms_no_document_and_no_sheet(hostile: Drilled) -> None:
    from docx import Document
    from openpyxl import load_workbook

    for file in pages(hostile, "docx"):
        assert len(Document(str(file)).core_properties.title) <= 255
    assert hostile.folder is not None
    for file in hostile.folder.rglob("*.xlsx"):
        for sheet in load_workbook(file).worksheets:
            for row in sheet.iter_rows():
                assert not [cell.coordinate for cell in row if cell.data_type == "f" or cell.hyperlink], f"{file.name} computes something"
    for file in hostile.folder.rglob("*.csv"):
        for row in csv.reader(io.StringIO(file.read_text(encoding="utf-8"), newline="")):
            assert not [cell for cell in row if cell.startswith(("=", "+", "@"))], file.name


def test_a_hostile_list_is_still_the_list(hostile: Drilled) -> None:
    assert hostile.folder is not None
    text = (hostile.folder / "pack" / "events-list.csv").read_text(encoding="utf-8")
    again = exercise_of(hostile.review.drill.scenario, (text, "events-list.csv"))
    assert again is not None
    assert [one.id for one in again.injects] == [one.id for one in hostile.review.exercise.injects]
    assert "=1+1" in {one.id for one in again.injects}


def test_what_nobody_sees_is_left_out() -> None:
    assert calm("a\u202eb\x00c\u2066\ud800") == "abc"
    assert brief("y" * 300, 10) == "yyyyyyyyy…"
    assert escaped("*a* [b](c) <d> | # `e`") == "\\*a\\* \\[b\\](c) &lt;d&gt; \\| \\# \\`e\\`"
