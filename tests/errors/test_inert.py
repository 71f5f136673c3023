"""What can have no effect is told at its place, in small files; and a lever that some variant pulls is not doubted."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.crisis.world import SWITCH
from simulator.scenario import facts, load

FILE = """
schema: crisis/v1
name: port
clock: {timezone: Europe/Rome, start: 2026-05-04T08:00, impact: 2026-05-04T10:00, duration: 8h, interval: 30m, phases: {all: start}}
needs: {ferries: {urgency: 1, talk_time: 3m, patience: 4m}, freight: {urgency: 2, talk_time: 6m, patience: 8m}}
demand: {ferries: {rate: 90/h}, freight: {rate: 30/h}}
channels: {voice: {target: 80% in 30s, redial: {busy: {probability: 50%, after: 3m}}}}
platforms: {ivr: {at: quay}}
links: {sea: {lines: 40}, land: {lines: 40}}
sites: {quay: {seats: 20, links: sea}, hill: {seats: 20, links: land}}
teams:
  quay-desk: {headcount: 10, site: quay, skills: {ferries: 1, freight: 1}}
  hill-desk: {headcount: 10, site: hill, skills: {ferries: 1, freight: 1}}
roles: {harbour master: {busy: {after: fog, for: 1h}}}
events:
  - {id: fog, at: T+0, do: site.lose, site: quay}
playbook:
  - {id: decide, when: {after: fog, by: 30m}, do: decision, role: harbour master}
  - {id: over, needs: decide, do: numbers.reroute, to: hill}
  - {id: tell, needs: decide, do: ivr.message, prevents: {ferries: 20%}}
variants:
"""

LATE = "{{need: freight, team: {}-desk, after: 30s}}"


def told(tmp_path: Path, *changes: tuple[str, str], variants: str = "") -> list[tuple[str, str]]:
    """The path and the code of every warning that something has no effect."""
    text = FILE
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    (tmp_path / "s.yaml").write_text(text + variants, encoding="utf-8")
    codes = {"no-effect", "no-calls", "closed-door", "after-the-end", "no-people", "same-variant", "never-free", "nobody-at-once"}
    return [(d.path, d.code) for d in load(tmp_path / "s.yaml").warnings if d.code in codes]


def test_the_file_is_fine(tmp_path: Path) -> None:
    assert told(tmp_path) == []


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ([("do: numbers.reroute, to: hill", "do: staff.overtime, stays: 1h")], [
            ("links.land", "no-calls"), ("playbook.over.do", "no-effect"),
        ]),
        ([("sea: {lines: 40}", "sea: {lines: 0}")], [("links.sea.lines", "no-calls")]),
        ([("hill: {seats: 20, links: land}", "hill: {seats: 20, links: land, state: closed}")], [("teams.hill-desk.site", "closed-door")]),
        ([("hill: {seats: 20", "hill: {seats: {from: 5, to: 20, over: 1h}")], [("sites.hill.seats.over", "no-effect")]),
        ([("hill: {seats: 20", "hill: {seats: {from: 20, to: 20, over: 1h}")], [("sites.hill.seats.over", "no-effect")]),
        ([("freight: {rate: 30/h}", "freight: {rate: 30/h, days: sun}")], [("demand.freight", "no-people")]),
        ([("freight: {rate: 30/h}", "freight: {after: fog, people: 0, spread: 1h}")], [("demand.freight", "no-people")]),
        (
            [("freight: {rate: 30/h}", "freight: {after: fog, people: 50, spread: {empirical: [7h, 9h]}}")],
            [("demand.freight.spread", "after-the-end")],
        ),
        (
            [("freight: {rate: 30/h}", "freight: {after: fog, people: 50, spread: 1h, repaired: {constant: 9h}}")],
            [("demand.freight.repaired", "no-effect")],
        ),
        ([("skills: {ferries: 1, freight: 1}}\nroles", "skills: {ferries: 1, freight: 1}, roster: []}\nroles")], [
            ("teams.hill-desk.roster", "no-effect"),
        ]),
        ([("for: 1h}}}", "for: 20m}}}")], [("roles.harbour master.busy", "no-effect")]),
        ([("after: fog, for: 1h", "after: tell, for: 1h")], [("roles.harbour master.busy", "no-effect")]),
        ([("after: fog, for: 1h", "after: fog, for: 0s")], [("roles.harbour master.busy", "no-effect")]),
        ([("for: 1h}}}", "for: 1h}, approves_in: 5m}}")], [("roles.harbour master.approves_in", "no-effect")]),
        ([("for: 1h}}}", "for: 1h}}, mayor: {approves_in: 5m}}")], [("roles.mayor", "no-effect")]),
        ([("platforms: {ivr: {at: quay}}", "platforms: {ivr: {at: quay}, radar: {at: quay}}")], [("platforms.radar", "no-effect")]),
        ([("redial: {busy: {probability: 50%, after: 3m}}", "redial: {spacing: x2}")], [("channels.voice.redial.spacing", "no-effect")]),
        ([("after: 3m}}", "after: 3m}, max_attempts: 1}")], [("channels.voice.redial.busy", "no-effect")]),
        ([("after: 3m}}", "after: 3m}, max_attempts: 2, spacing: x2}")], [("channels.voice.redial.spacing", "no-effect")]),
        ([("freight: {rate: 30/h}", ""), (", freight: {urgency: 2", ", freight: {urgency: 3")], [("needs.freight", "no-effect")]),
        ([("prevents: {ferries: 20%}", "prevents: {ferries: 0%}")], [("playbook.tell.prevents", "no-effect")]),
        ([("freight: {rate: 30/h}", "freight: {rate: {likely: 30/h, low: 30/h, high: 30/h}}")], [("demand.freight.rate", "no-effect")]),
        ([("events:\n", f"routing: {{overflow: [{LATE.format('quay')}]}}\nevents:\n")], []),
        ([("events:\n", f"routing: {{overflow: [{LATE.format('quay')}, {LATE.format('hill')}]}}\nevents:\n")], [
            ("routing.overflow.0.after", "nobody-at-once"), ("routing.overflow.1.after", "nobody-at-once"),
        ]),
        ([("variants:", "budget: 500\nvariants:")], [("budget", "no-effect")]),
        ([("site: quay}\nplay", "site: quay, calls: cut}\n  - {id: dry, at: start, do: link.mend, link: sea}\nplay")], [
            ("events.dry.link", "no-effect"),
        ]),
        ([("site: quay}\nplay", "site: quay}\n  - {id: more, at: start, do: demand.scale, need: ferries, factor: 1}\nplay")], [
            ("events.more.factor", "no-effect"),
        ]),
        ([("needs: decide, do: ivr.message, prevents: {ferries: 20%}", "needs: decide, do: role.go, role: harbour master, to: quay")], [
            ("platforms.ivr", "no-effect"), ("playbook.tell.do", "no-effect"),
        ]),
        ([("needs: decide, do: ivr.message", "when: {measure: lines_free, below: 3, need: ferries}, do: ivr.message")], [
            ("playbook.tell.when.need", "no-effect"),
        ]),
    ],
)  # fmt: skip
def test_it_is_told_where_it_is(tmp_path: Path, changes: list[tuple[str, str]], where: list[tuple[str, str]]) -> None:
    assert told(tmp_path, *changes) == where


def test_a_lever_that_a_variant_pulls_is_not_doubted(tmp_path: Path) -> None:
    idle = ("prevents: {ferries: 20%}", "prevents: {ferries: 0%}")
    assert told(tmp_path, idle, variants="  loud: {playbook.tell.prevents.ferries: 30%}\n") == []
    assert told(tmp_path, variants="  silent: {playbook.tell.prevents.ferries: 0%}\n") == []
    # A thing that only variants have is told where none of them has a use for it.
    step = "{at: start, do: lines.add, link: sea, lines: 0}"
    assert told(tmp_path, variants=f"  more: {{playbook.more: {step}}}\n") == [("playbook.more.lines", "no-effect")]
    assert told(tmp_path, variants=f"  more: {{playbook.more: {step}}}\n  most: {{playbook.more: {step.replace('0}', '9}')}}}\n") == []


def test_variants_that_are_the_same(tmp_path: Path) -> None:
    assert told(tmp_path, variants="  as-planned: {}\n  same: {sites.hill.seats: 20}\n") == [("variants.same", "same-variant")]
    assert told(tmp_path, variants="  a: {sites.hill.seats: 9}\n  b: {sites.hill.seats: 9}\n") == [("variants.b", "same-variant")]
    wide = "{likely: 90/h, low: 80/h, high: 99/h}"
    narrow = ("ferries: {rate: 90/h}", "ferries: {rate: {likely: 90/h, low: 85/h, high: 95/h}}")
    assert told(tmp_path, narrow, variants=f"  wide: {{demand.ferries.rate: {wide}}}\n") == []


def test_the_switch_is_called_as_the_world_calls_it() -> None:
    assert facts.SWITCH == SWITCH
