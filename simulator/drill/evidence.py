"""What a drill shows: events, decisions, what they were worth, luck, timings, people. The middle of the report."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from simulator.document.blocks import Block, Figure, Heading, table, text
from simulator.drill import findings
from simulator.drill.findings import people
from simulator.drill.play import EVERYTHING_SOONER
from simulator.drill.telling import Clockwork, decided, parameters, planned, wallboard
from simulator.drill.worth import all_sooner, gap
from simulator.report.columns import estimated, named
from simulator.report.verdict import most_urgent, with_margin
from simulator.report.wording import NONE, LocalTime, amount, count, duration, share
from simulator.statistics.measures import measures

if TYPE_CHECKING:
    from simulator.document.blocks import Picture
    from simulator.drill.review import Review
    from simulator.drill.worth import Gap


LUCKY = 0.75
"""Share of the other worlds that must end worse before the played one is called lucky."""


class Evidence:
    """Chapters of the report on one drill."""

    def __init__(self, review: Review, pictures: Sequence[Picture], command: str, names: bool) -> None:
        self.review = review
        self.drill = review.drill
        self.exercise = review.exercise
        self.clock = Clockwork(LocalTime(review.model.clock), review.model.clock)
        self.pictures = {picture.name: picture for picture in pictures}
        self.command = command
        self.names = names
        self.strengths = findings.strengths(review)
        self.areas = findings.areas(review)

    def who(self, role: str) -> str:
        """A role; with ``names`` also who sat there, as far as the log says."""
        told = dict.fromkeys(d.name for d in self.drill.decisions if d.role == role and d.name) if self.names else {}
        return f"{role} ({', '.join(told)})" if told else role

    def figure(self, name: str) -> Iterator[Block]:
        if name in self.pictures:
            yield Figure(self.pictures[name])

    def skill(self, skill: Gap) -> str:
        worlds = f"over {skill.worlds} worlds with the same customers"
        if not skill.clear:
            return f"Between these decisions and the playbook there is no clear difference ({worlds})."
        what = "fewer" if skill.mean < 0 else "more"
        return f"The playbook would have left {people(skill)} {what} people with nobody, on average {worlds}."

    # -- 4 -----------------------------------------------------------------------------------------------------------

    def events_list(self) -> Iterator[Block]:
        yield Heading("Events list: planned and played")
        if not self.review.told:
            yield text("The exercise has no injects.")
            return
        rows = []
        for one in self.review.told:
            inject = one.inject
            late = "" if one.answered is None or one.told is None else duration(max(one.answered - one.told, 0.0))
            seen = f"{one.answer}, {self.clock.at(one.answered)}" if one.answered is not None else NONE
            rows.append((
                inject.id, planned(inject, self.clock), self.clock.at(one.told), inject.sender or NONE,
                ", ".join(self.who(r) for r in inject.to), inject.via or NONE, inject.text, ", ".join(inject.expect) or NONE, seen,
                late or NONE, self.clock.at(one.effect),
                NONE if inject.within is None else duration(inject.within), one.status, ", ".join(inject.objectives) or NONE,
            ))  # fmt: skip
        head = (
            "no.",
            "planned",
            "told",
            "from",
            "to",
            "via",
            "inject",
            "expected",
            "seen",
            "latency",
            "in effect",
            "allowed",
            "result",
            "objective",
        )
        yield table(head, rows, "Times are of the simulated day", sheet="Events list")

    # -- 5 -----------------------------------------------------------------------------------------------------------

    def decisions(self) -> Iterator[Block]:
        yield Heading("Decisions, and what the wallboard showed")
        yield from self.figure("plan-and-play")
        yield table(
            ("step", "playbook", "decided", "later than the playbook", "in effect", "note"),
            [
                (
                    s.id,
                    self.clock.at(s.planned),
                    self.clock.at(s.decided),
                    NONE if s.delay is None else duration(s.delay),
                    self.clock.at(s.effect),
                    s.note or ("never decided" if s.decided is None else ""),
                )
                for s in self.review.steps
            ],
            "The steps of the playbook in the played world",
            sheet="Steps",
        )
        if not self.review.met:
            yield text("Nobody played: the steps are those of the playbook.")
            return
        rows = [
            (
                str(number),
                self.clock.at(one.decision.at),
                self.who(one.decision.role),
                decided(one.decision),
                parameters(one.decision.parameters) or NONE,
                self.clock.at(one.effect) if one.decision.kind == "step" else NONE,
                wallboard(one.seen, one.half_hour),
                one.decision.rationale or NONE,
                wallboard(one.later),
                one.note,
            )
            for number, one in enumerate(self.review.met, 1)
        ]
        head = (
            "no.",
            "time",
            "role",
            "decision",
            "parameters",
            "in effect",
            "the wallboard showed",
            "rationale",
            "half an hour later",
            "note",
        )
        yield table(head, rows, "Decisions are judged by what the screen showed, not by how it ended", sheet="Decisions")

    # -- 6 -----------------------------------------------------------------------------------------------------------

    def beside(self) -> Iterator[Block]:
        review, luck = self.review, self.review.luck
        yield Heading("The same customers under other decisions")
        yield from self.figure("the-day")
        policies = [p.name for p in luck.policies]
        urgent = most_urgent(review.model)
        callers = [
            (measure, named(label, scope), scope)
            for scope in review.result.summary.by_channel()
            for measure, label in (
                ("block_rate", "refused at the door"), ("abandon_rate", "hung up while waiting, of those who could queue"),
                ("mean_wait", "mean wait of those who could queue"),
            )
        ]  # fmt: skip
        wanted: list[tuple[str, str, dict[str, str]]] = [
            ("people_never_served", "people who got nobody", {}), ("never_served", "share who got nobody", {}),
            *([("never_served", f"share with need {urgent} who got nobody", {"need": urgent})] if urgent else []),
            ("time_to_recover", "time until the centre was back", {}), ("served", "people served by an agent", {}),
            *callers, ("harm", "harm", {}), ("cost", "cost", {}),
        ]  # fmt: skip
        here = []
        for measure, label, scope in wanted:
            values = [review.value(name, measure, **scope) for name in policies]
            if any(math.isfinite(v) and v for v in values):
                here.append((label, *(amount(v, measures[measure].unit) for v in values)))
        yield table(
            ("measure", *policies), here, f"The played world: world {self.drill.world} of seed {self.drill.seed}", sheet="Played world"
        )
        over = []
        for measure, label, scope in wanted:
            found = [estimated(s, measure, **scope) if (s := review.result.summaries.get(n)) else None for n in policies]
            if any(e is not None and e.n and e.mean for e in found):
                over.append((label, *(NONE if e is None or not e.n else with_margin(e) for e in found)))
        apart = [("people who got nobody, beside as played", *(self._apart(name) for name in policies))]
        worlds = f"All {len(luck.worlds)} worlds: averages with their 95 % intervals"
        yield table(("measure", *policies), [*over, *apart], worlds, sheet="All worlds")
        best = "What was played is the best of everything that was tried here." if luck.best == self.drill.played else (
            f"The best that was tried, {luck.best}, was found afterwards, with every world known: hindsight, not a standard for anybody."
        )  # fmt: skip
        yield text(best, "soft")

    def _apart(self, name: str) -> str:
        if name == self.drill.played:
            return NONE
        found = gap(self.review.result, name, self.drill.played)
        return NONE if found is None else _gap(found)

    # -- 7 -----------------------------------------------------------------------------------------------------------

    def worth(self) -> Iterator[Block]:
        yield Heading("What each decision was worth")
        if not self.review.worths:
            yield text("No step of the playbook was decided, and none could have been.")
            return
        yield from self.figure("worth")
        rows = [
            (
                one.step,
                "nobody took it" if one.added is not None else NONE if one.left_out is None else _gap(one.left_out),
                ", ".join(one.falls) or NONE,
                NONE if one.earlier is None else _gap(one.earlier),
                NONE if one.added is None else _gap(one.added),
                self._why(one.step, one.earlier, one.why_not_earlier),
            )
            for one in self.review.worths
        ]
        head = ("step", "without it", "what falls with it", "half an hour earlier", "with it, as the playbook has it", "note")
        worlds = len(self.review.luck.worlds)
        yield table(head, rows, f"People who got nobody, more or fewer than as played, in the same {worlds} worlds; ± is the 95 % interval",
            sheet="Worth")  # fmt: skip
        together = all_sooner(self.drill, self.review.result)
        if together is not None:
            yield text(f"Everything half an hour earlier (variant “{EVERYTHING_SOONER}”): {_gap(together)} people who got nobody.")

    def _why(self, name: str, earlier: Gap | None, why: str) -> str:
        if why or earlier is None or earlier.mean or earlier.half_width:
            return why
        needs = next((s.needs for s in self.review.model.playbook if s.id == name), ())
        waited = [n for n in needs if n in self.drill.response.ids]
        if waited:
            return f"alone it changes nothing: it waits for {', '.join(waited)}"
        return "alone it changes nothing: what follows it has its own time in the log" if self.review.team else ""

    # -- 8 -----------------------------------------------------------------------------------------------------------

    def luck(self) -> Iterator[Block]:
        luck = self.review.luck
        yield Heading("Luck or skill")
        yield from self.figure("luck-or-skill")
        rows = [
            (
                p.name + (" (best tried)" if p.name == luck.best else ""),
                count(float(p.values[luck.place])),
                count(p.middle),
                f"{count(p.low)} to {count(p.high)}",
            )
            for p in luck.policies
        ]
        yield table(
            ("decisions", "played world", "median world", "nine worlds of ten"), rows, "People who got nobody", sheet="Luck or skill"
        )
        others = len(luck.worlds) - 1
        if others:
            part = luck.luckier_than / others
            kind = "a lucky one" if part >= LUCKY else "an unlucky one" if part <= 1 - LUCKY else "an ordinary one"
            yield text(f"The played world was {kind} for these decisions: in {luck.luckier_than} of {others} other worlds they end worse.")
        if luck.skill is not None:
            yield text(self.skill(luck.skill) + " That difference is not luck: both met the same customers." * luck.skill.clear)

    # -- 9 -----------------------------------------------------------------------------------------------------------

    def timings(self) -> Iterator[Block]:
        yield Heading("Timings")
        yield table(
            ("moment", "as played", "by the playbook", "means"),
            [(t.name, self.clock.after(t.played), self.clock.after(t.playbook), t.says) for t in self.review.timings],
            "Time since the impact, in the played world",
            sheet="Timings",
        )
        back = self.exercise.back
        if back is not None:
            one = next((m for m in self.review.met if m.decision.what == "return-to-normal"), None)
            said = "Nobody decided it." if one is None else f"{self.who(one.decision.role)} decided it at {self.clock.at(one.decision.at)}."
            by = f" It was due by {self.clock.at(back.by)}." if back.by is not None else ""
            yield Heading("Return to normal", 3)
            yield text(f"{said}{by}")
            if one is not None:
                yield text(f"The wallboard then: {wallboard(one.seen, one.half_hour)}.")
            yield table(("criterion", "true then? (evaluator)"), [(c, "") for c in back.criteria], "What should be true before", form=True)

    # -- 10 ----------------------------------------------------------------------------------------------------------

    def people(self) -> Iterator[Block]:
        yield Heading("Who got nobody")
        groups = self.review.groups
        whole = [g for g in groups if not g.phase]
        if not whole:
            yield text("Nobody needed the centre.")
            return
        worst = groups[0]
        when = f", first wanting to call in phase {worst.phase}" if worst.phase else ""
        yield text(
            f"Worst off: people with need {worst.need}{when}. {share(worst.never_served)} of {count(worst.people)} got nobody.", "strong"
        )
        yield table(
            ("need", "first wish to call", "people", "got nobody"),
            [(g.need, g.phase or "any time", count(g.people), share(g.never_served)) for g in groups],
            "As played, averages over the worlds, the worst group first",
            sheet="Groups",
        )


def _gap(found: Gap) -> str:
    if not found.mean and not found.half_width:
        return "the same"
    said = f"{people(found)} {'fewer' if found.mean < 0 else 'more'}"
    return said if found.clear else f"{said} (not clear)"
