"""The after-action report and improvement plan of a drill, in the order that exercise programmes use."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from simulator.document.blocks import Block, Break, Document, Heading, bullets, table, text
from simulator.drill import findings
from simulator.drill.evidence import Evidence
from simulator.drill.play import PLAYBOOK
from simulator.drill.rating import GRACE, RULES, WORDS
from simulator.drill.telling import condition, target
from simulator.report.objectives import continuity_rows
from simulator.report.wording import NONE, amount, count, duration
from simulator.scenario.variants import NO_ACTION
from simulator.statistics.measures import measures

if TYPE_CHECKING:
    from simulator.document.blocks import Picture
    from simulator.drill.findings import Finding
    from simulator.drill.review import Review

PLAN_HEAD = (
    "capability", "area for improvement", "corrective action", "element", "responsible", "contact", "start", "due", "status", "from",
)  # fmt: skip
"""The columns of the improvement plan."""
ELEMENTS = "Planning, Organisation, Equipment, Training or Exercise"


def title_of(review: Review) -> str:
    """The name of the exercise."""
    return review.exercise.title or review.drill.scenario.title or review.drill.scenario.name


def report(review: Review, pictures: Sequence[Picture], *, command: str, names: bool = False) -> Document:
    """The whole report. Roles only, unless ``names``."""
    return Document(
        name="report",
        title=title_of(review),
        subtitle="After-action report and improvement plan",
        blocks=tuple(_Report(review, pictures, command, names).blocks()),
        handling=review.exercise.handling,
        draft=True,
        simulated=True,
        landscape=True,
    )


class _Report(Evidence):
    def blocks(self) -> Iterator[Block]:
        yield from self.overview()
        yield from self.summary()
        yield from self.objectives()
        yield from self.events_list()
        yield from self.decisions()
        yield from self.beside()
        yield from self.worth()
        yield from self.luck()
        yield from self.timings()
        yield from self.people()
        yield from self.found()
        yield Break()
        yield from self.plan()
        yield from self.questions()
        yield from self.next_year()
        yield from self.method()
        yield from self.assumptions()

    # -- 1 -----------------------------------------------------------------------------------------------------------

    def overview(self) -> Iterator[Block]:
        exercise, scenario = self.exercise, self.drill.scenario
        yield Heading("Exercise overview")
        rows = [
            ("Exercise", title_of(self.review)), ("Held", exercise.date), ("Type", exercise.type), ("Scope", exercise.scope),
            ("Capabilities", "; ".join(dict.fromkeys(aim.capability for aim in exercise.aims))),
            ("Objectives", "; ".join(f"{aim.id} {aim.text}" for aim in exercise.aims)),
            ("Scenario", scenario.title or scenario.name), ("Question of the scenario", scenario.question),
            ("Played by", "a team, from its log of decisions" if self.review.team else "the playbook, without people"),
            ("Participants", "; ".join(f"{self.who(p.role)}, {p.part}" for p in exercise.participants)),
            ("Sponsor", exercise.sponsor), ("Contact", exercise.contact),
        ]  # fmt: skip
        yield table(("what", "says"), [(name, said or "to be filled in") for name, said in rows], "About the exercise", sheet="Overview")

    # -- 2 -----------------------------------------------------------------------------------------------------------

    def summary(self) -> Iterator[Block]:
        review, played = self.review, self.drill.played
        yield Heading("Summary")
        lost, everyone = review.value(played, "people_never_served"), review.value(played, "customers")
        says = [f"In the played world {count(lost)} of {count(everyone)} people got nobody."]
        back = review.value(played, "time_to_recover")
        if review.model.clock.impact is not None:
            says.append(
                f"The centre was back {duration(back)} after the impact." if math.isfinite(back) else "The centre did not come back."
            )
        yield text(" ".join(says), "strong")
        if review.luck.skill is not None:
            yield text(self.skill(review.luck.skill))
        yield text("What went well, as the data has it:")
        yield bullets([f.observation for f in self.strengths[:3]] or ["Nothing stands out in the data; ask the evaluators."])
        yield text("What to work on:")
        yield bullets([f.observation for f in self.areas[:3]] or ["Nothing stands out in the data; ask the evaluators."])
        yield text("This is a draft from the data of the exercise. People who were there complete it.", "soft")

    # -- 3 -----------------------------------------------------------------------------------------------------------

    def objectives(self) -> Iterator[Block]:
        yield Heading("Objectives and ratings")
        rows = []
        for one in self.review.judged:
            mark = one.aim.mark
            unit = measures[mark.measure].unit if mark else ""
            measured = NONE if one.value is None else amount(one.value, unit)
            tasks = ", ".join(f"{d.id}: {d.status}" for d in one.doings)
            rows.append((
                one.aim.id, one.aim.capability, one.aim.text, target(mark), measured if mark else tasks or NONE,
                NONE if one.passed_in is None else f"{one.passed_in} of {one.worlds}", one.rating.rating if one.rating else "to rate",
                one.suggested.level or NONE, f"{one.suggested.because}" + (f" ({tasks})" if mark and tasks else ""),
                one.rating.notes if one.rating else "",
            ))  # fmt: skip
        head = (
            "no.",
            "capability",
            "objective",
            "target",
            "played world",
            "target met in worlds",
            "evaluator",
            "suggested",
            "because",
            "notes",
        )
        yield table(
            head, rows, "The evaluator's rating comes first; the suggested one follows a rule and is no verdict", sheet="Objectives"
        )
        yield table(
            ("rating", "means", "rule of the suggestion"),
            [(level, WORDS[level], rule) for level, rule in RULES.items()],
            "A step is in time if it takes effect within the time of the inject that asks for it and its own lead time, else no more than "
            f"{duration(GRACE)} after it would by the playbook",
        )
        summaries = self.review.result.summaries
        for name in dict.fromkeys((self.drill.played, PLAYBOOK)):
            found = continuity_rows(summaries[name])
            if found:
                yield table(
                    ("objective", "limit", "verdict", "95 % interval of the share of worlds that met it", "rule"),
                    [(o.name, o.limit, o.word, o.interval, o.says) for o in found],
                    f"Continuity objectives (ISO 22301) over the simulated worlds: {name}",
                )

    # -- 11 ----------------------------------------------------------------------------------------------------------

    def found(self) -> Iterator[Block]:
        yield Heading("Strengths")
        yield _found(self.strengths)
        yield Heading("Areas for improvement")
        yield _found(self.areas)
        yield text("Drafted from the data. What it cannot see (words, faces, silence) the evaluators add.", "soft")

    def plan(self) -> Iterator[Block]:
        yield Heading("Improvement plan")
        yield table(
            PLAN_HEAD, plan_rows(self.review), f"To be completed; element is one of {ELEMENTS}", sheet="Improvement plan", form=True
        )

    def questions(self) -> Iterator[Block]:
        yield Heading("Hot-wash questions")
        yield bullets(findings.questions(self.review))

    def next_year(self) -> Iterator[Block]:
        yield Heading("Next year")
        missed = [one.aim.id for one in self.review.judged if one.suggested.level in ("M", "U")]
        about = f"Look first at {', '.join(missed)}." if missed else "Every objective was met or nearly so: make it harder."
        yield text(f"The file next-exercise.yaml beside this report is this exercise again, with these lessons in it. {about}")
        yield text(
            "When the improvement plan is filled in, `crisis drill FILE --plan improvement-plan.csv` carries it into next year's file."
        )

    def method(self) -> Iterator[Block]:
        yield Heading("How this was worked out")
        worlds = len(self.review.luck.worlds)
        yield text(
            "Each decision of the log took the place of the playbook's own step at its time; what nobody decided did not happen. The "
            f"played world is number {self.drill.world} of seed {self.drill.seed}. In {worlds} worlds the same customers met "
            f"{len(self.review.result.summaries)} responses. A difference is taken world by world; ± is its 95 % interval. The variant "
            f"{NO_ACTION} does nothing at all."
        )
        conditional = [f"{t.inject.id} ({condition(t.inject.when)})" for t in self.review.told if t.inject.when is not None]
        if conditional:
            yield text(f"Injects told when something happened, at the time of the played world: {', '.join(conditional)}.")
        scenario = self.drill.scenario
        yield text(f"Reproduce: {self.command}")
        yield text(f"Scenario {scenario.name}, SHA-256 {scenario.sha256}.", "soft")

    def assumptions(self) -> Iterator[Block]:
        yield Heading("Assumptions and words")
        found = [(a.path, a.value, f"{a.kind}, a range" if a.is_range else a.kind, a.text) for a in self.drill.scenario.assumptions()]
        if found:
            caption = "A range is drawn anew for each world and is the same for all responses"
            yield table(("what", "value", "kind", "source"), found, caption, sheet="Assumptions")
        yield table(("word", "means"), WORDS_USED)


WORDS_USED = (
    ("RTO", "recovery time objective: how soon after the impact the minimum level must be back"),
    ("MTPD", "maximum tolerable period of disruption: the longest stretch below the minimum level"),
    ("MBCO", "minimum business continuity objective: the least share of contacts to be answered"),
    ("T", "the impact; T+1:30 is an hour and a half after it"),
    ("got nobody", "gave up, or still trying when the run ended; people, not calls"),
    ("world", "one simulated day: other callers, other luck, other values of what nobody knows exactly"),
)


def _found(rows: Sequence[Finding]) -> Block:
    made = [(f.observation, f.capability or NONE, f.reference or NONE, f.analysis or "To be completed.", f.recommendation) for f in rows]
    return table(
        ("observation", "capability", "reference", "analysis", "recommendation"), made or [("None from the data.", "", "", "", "")]
    )


def plan_rows(review: Review) -> list[tuple[str, ...]]:
    """Rows of the improvement plan, seeded from what was missed."""
    return [
        (f.capability, f.observation, f.recommendation, f.element, "", "", "", "", "open", f.reference) for f in findings.areas(review)
    ] or [("",) * len(PLAN_HEAD)]
