"""What a drill needs on the table before it starts: manual, events list, inject cards, evaluators' sheets, feedback, one page to pin up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from simulator.document.blocks import Block, Break, Document, Heading, Lines, Text, bullets, table, text
from simulator.drill.rating import RULES, WORDS
from simulator.drill.telling import Clockwork, condition, listed_time, planned, target
from simulator.model.world import After, At
from simulator.report.wording import NONE, LocalTime, duration
from simulator.scenario.calendar import spoken
from simulator.scenario.events_list import COLUMNS
from simulator.scenario.reference import meaning

if TYPE_CHECKING:
    from simulator.model.exercise import Exercise
    from simulator.model.world import Model, Step
    from simulator.scenario import Scenario

FEEDBACK = (
    "The scenario was believable", "I knew my role and what I may decide", "The plan helped me", "The information was enough to decide",
    "We told each other what we knew", "I would know what to do tomorrow",
)  # fmt: skip


def papers(exercise: Exercise, scenario: Scenario, model: Model) -> tuple[Document, ...]:
    """Everything that is handed out or pinned up."""
    pack = _Pack(exercise, scenario, model)
    made = (
        ("situation-manual", "Situation manual", pack.manual(), False), ("events-list", "Master scenario events list", pack.events(), True),
        ("inject-cards", "Inject cards", pack.cards(), False), ("evaluator-sheets", "Evaluator's sheets", pack.sheets(), False),
        ("feedback-form", "Participant feedback form", pack.feedback(), False),
        ("one-page-plan", "The plan on one page", pack.page(), False),
    )  # fmt: skip
    return tuple(
        Document(
            name, exercise.title or scenario.title or scenario.name, subtitle, tuple(blocks), handling=exercise.handling, landscape=wide
        )
        for name, subtitle, blocks, wide in made
    )


def list_rows(exercise: Exercise, clock: Clockwork) -> list[tuple[str, ...]]:
    """The events list as a table that can be read again: columns as in :data:`~simulator.scenario.events_list.COLUMNS`."""
    return [
        (
            i.id, listed_time(i, clock), i.sender, "; ".join(i.to), i.via, i.text, "; ".join(i.expect),
            spoken(i.within) if i.within else "", i.default, "; ".join(i.objectives), i.look_for, i.notes,
        )
        for i in exercise.injects
    ]  # fmt: skip


class _Pack:
    def __init__(self, exercise: Exercise, scenario: Scenario, model: Model) -> None:
        self.exercise = exercise
        self.scenario = scenario
        self.model = model
        self.clock = Clockwork(LocalTime(model.clock), model.clock)

    def manual(self) -> Iterator[Block]:
        """What every participant reads before: nothing of what will happen."""
        exercise, clock = self.exercise, self.model.clock
        yield Heading("What this is")
        kinds = {"seminar": "We talk the crisis through.", "tabletop": "We play the crisis at a table.",
                 "functional": "We play the crisis with the tools we would really use."}  # fmt: skip
        yield text(f"{kinds[exercise.type]} A simulator works out what our decisions do to callers and staff. It is not a test of people.")
        rows = [("Held", exercise.date), ("Scope", exercise.scope), ("Sponsor", exercise.sponsor), ("Contact", exercise.contact)]
        yield table(("what", "says"), [(n, said or "to be filled in") for n, said in rows])
        yield Heading("Objectives")
        aims = [(a.id, a.capability, a.text) for a in exercise.aims]
        yield table(("no.", "capability", "objective"), aims)
        yield Heading("Who is at the table")
        yield table(("role", "part", "answers for"), [(p.role, p.part, p.does) for p in exercise.participants])
        yield Heading("Ground rules")
        yield bullets(exercise.ground_rules or ("Agree on them together before the start.",))
        yield Heading("Where we stand when it begins")
        start = self.clock.time.at(0)
        begins = f"{start:%A} {start.day} {start:%B %Y, %H:%M}"
        yield text(
            f"{self.scenario.title or self.scenario.name}. It begins on {begins} ({clock.timezone}) and lasts {duration(clock.duration)}."
        )
        yield table(
            ("site", "seats", "at the start"),
            [(s.name, f"{s.seats.total:,}", "open" if s.open else "closed") for s in self.model.sites],
            "Where people work",
        )
        yield table(("team", "people"), [(t.name, f"{t.headcount:,}") for t in self.model.teams], "Who answers")
        yield table(("need", "urgency"), [(n.name, str(n.urgency)) for n in self.model.needs], "Why people call; 1 is the most urgent")
        yield Heading("What can be decided")
        steps = [
            (s.id, _act(s), duration(float(s.takes)) if s.takes else "at once", ", ".join(s.needs) or NONE) for s in self.model.playbook
        ]
        yield table(
            ("step", "what it does", "takes", "needs"), steps, "Steps of the plan; saying one aloud, with role and time, is deciding it"
        )
        if exercise.tasks:
            yield table(("task", "what", "role"), [(t.id, t.text, t.role) for t in exercise.tasks], "And what no switch shows")
        if exercise.back:
            yield text(f"The crisis ends when {exercise.back.role} says so (return-to-normal):")
            yield bullets(exercise.back.criteria)
        if exercise.lessons:
            yield Heading("What earlier exercises left to do")
            yield table(
                ("found", "capability", "to be done", "who", "due", "status"),
                [(one.text, one.capability, one.action, one.owner, one.due, one.status) for one in exercise.lessons],
            )

    def events(self) -> Iterator[Block]:
        """The facilitator's list."""
        yield text("For the facilitator and the evaluators only.", "warning")
        rows = [
            (
                i.id, planned(i, self.clock), i.sender or NONE, ", ".join(i.to), i.via or NONE, i.text, ", ".join(i.expect) or NONE,
                NONE if i.within is None else duration(i.within), i.default or NONE, ", ".join(i.objectives) or NONE,
                "; ".join(x for x in (i.look_for, i.notes) if x) or NONE, "", "",
            )
            for i in self.exercise.injects
        ]  # fmt: skip
        head = (
            "no.",
            "time",
            "from",
            "to",
            "via",
            "inject",
            "expected action",
            "allowed",
            "default",
            "objective",
            "notes",
            "told at",
            "seen at",
        )
        yield table(head, rows, "Times are of the simulated day", form=True)

    def cards(self) -> Iterator[Block]:
        """One card an inject, to hand out."""
        for number, inject in enumerate(self.exercise.injects):
            if number:
                yield Break()
            yield Heading(f"Inject {inject.id}")
            yield table(
                ("to", "from", "by", "when"),
                [(", ".join(inject.to), inject.sender or NONE, inject.via or NONE, planned(inject, self.clock))],
            )
            yield Text(text(inject.text).text, "strong")
            if inject.within is not None:
                yield text(f"Answer within {duration(inject.within)}.")
            yield Lines("What we decided, who, when", 4)

    def sheets(self) -> Iterator[Block]:
        """One sheet an objective."""
        for number, aim in enumerate(self.exercise.aims):
            if number:
                yield Break()
            yield Heading(f"{aim.id}: {aim.capability}")
            yield text(aim.text, "strong")
            yield text(f"Target: {target(aim.mark)}.")
            if aim.tasks:
                yield table(
                    ("critical task", "what it is", "seen? (Y/N)", "at", "notes"),
                    [(t, self._task(t), "", "", "") for t in aim.tasks],
                    form=True,
                )
            if aim.criteria:
                yield table(("look for", "seen? (Y/N)", "notes"), [(c, "", "") for c in aim.criteria], form=True)
            asked = [i for i in self.exercise.injects if aim.id in i.objectives]
            if asked:
                rows = [(i.id, planned(i, self.clock), i.text, i.look_for or NONE, "") for i in asked]
                yield table(("inject", "time", "text", "look for", "seen at"), rows, form=True)
            yield table(
                ("rating", "means", "choose one"), [(level, f"{WORDS[level]}: {rule}", "") for level, rule in RULES.items()], form=True
            )
            yield Lines("Strengths", 3)
            yield Lines("To improve", 3)

    def _task(self, name: str) -> str:
        task = next((t for t in self.exercise.tasks if t.id == name), None)
        if task is not None:
            return f"{task.text}, within {duration(task.within)}"
        step = next((s for s in self.model.playbook if s.id == name), None)
        return _act(step) if step else "the crisis is over"

    def feedback(self) -> Iterator[Block]:
        """What participants say, without a name."""
        yield text("No name, please. Your role if you like: ______________________")
        yield table(("", "not at all", "partly", "mostly", "fully"), [(line, "", "", "", "") for line in FEEDBACK], form=True)
        for label in ("What worked", "What did not", "What the plan lacks", "What I will change in my own work", "For the next exercise"):
            yield Lines(label, 3)

    def page(self) -> Iterator[Block]:
        """One page of the playbook that works without power: who, when, by what sign, whom to call."""
        rows = [(str(n), s.id, _act(s), _who(s), self._sign(s), duration(float(s.takes)) if s.takes else "at once", "")
                for n, s in enumerate(self.model.playbook, 1)]  # fmt: skip
        rows += [(str(len(rows) + n), t.id, t.text, t.role, f"within {duration(t.within)} of {t.after or 'the impact'}", NONE, "")
                 for n, t in enumerate(self.exercise.tasks, 1)]  # fmt: skip
        head = ("no.", "step", "what", "who decides", "when", "takes", "number to call")
        yield table(head, rows, "Fill in the numbers, print, laminate, pin up. Check them every quarter.", form=True)
        if self.exercise.back:
            yield text(f"Over when {self.exercise.back.role} says so: {'; '.join(self.exercise.back.criteria)}.")
        yield Lines("Checked on, by", 1)

    def _sign(self, step: Step) -> str:
        parts = []
        if isinstance(step.when, At):
            parts.append(self.clock.at(step.when.instant))
        elif isinstance(step.when, After):
            by = f"within {duration(float(step.when.by))} of" if step.when.by else "right after"
            parts.append(f"{by} {step.when.step}")
        elif step.when is not None:
            parts.append(condition(step.when))
        parts += [f"once {name} is done" for name in step.needs]
        return ", ".join(parts)


def _act(step: Step) -> str:
    said = meaning(type(step.act)).rstrip(".")
    where = next((str(getattr(step.act, key)) for key in ("site", "to", "team", "link", "platform") if getattr(step.act, key, None)), "")
    return f"{said} ({where})" if where else said


def _who(step: Step) -> str:
    role, approval = getattr(step.act, "role", ""), getattr(step.act, "approval", None)
    if not role:
        return ""  # to be filled in by hand
    return f"{role}; {approval} agrees" if approval else str(role)


HEAD = tuple(COLUMNS)
"""The columns of the events list as a table."""
