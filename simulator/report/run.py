"""The report of a run as a document: the answer, what happened, and an appendix with everything else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from simulator.document.blocks import (
    Bullets,
    Cell,
    Code,
    Contents,
    Document,
    Figure,
    Fold,
    Heading,
    Table,
    Text,
    Tile,
    Tiles,
    Verdict,
)
from simulator.report import answering, columns, tolerances, variants, verdict
from simulator.report.lead import alone, lead
from simulator.report.manifest import cpu, versions
from simulator.report.objectives import continuity_of_needs, continuity_table, threshold_table
from simulator.report.parts import parts
from simulator.report.plan import timeline
from simulator.report.rests import NOT_CALIBRATED, key_in_words, rests_on
from simulator.report.wording import LocalTime, duration
from simulator.report.yardsticks import said
from simulator.statistics.measures import measures

if TYPE_CHECKING:
    from simulator.document.blocks import Block, Picture
    from simulator.report.lead import Lead
    from simulator.report.relabel import Telling
    from simulator.statistics.summary import Comparison


def document(told: Telling, variant: str, pictures: Sequence[Picture], *, command: str, compared: Sequence[Picture] = ()) -> Document:
    """The report about ``variant``; with ``compared`` pictures it opens with the comparison of all variants."""
    result = told.result
    made = _Report(told, variant, {picture.name: picture for picture in (*pictures, *compared)}, command)
    made.comparison = told.comparison if compared else None
    return Document(
        name="report",
        title=result.scenario.title or result.scenario.name,
        subtitle=result.scenario.question,
        blocks=tuple(made.blocks()),
        simulated=True,
        calibrated=NOT_CALIBRATED,
    )


class _Report:
    """One report while it is being written."""

    comparison: Comparison | None = None

    def __init__(self, told: Telling, variant: str, drawn: Mapping[str, Picture], command: str) -> None:
        self.told = told
        self.result = told.result
        self.variant = variant
        self.summary = told.summaries[variant]
        self.model = told.models[variant]
        self.time = LocalTime(self.model.clock)
        self.drawn = drawn
        self.command = command
        self.labels = told.labels

    def about(self) -> str:
        """What was simulated, in a sentence or two."""
        start, impact = self.time.at(0), self.summary.impact
        said = f"{self.result.replications} simulated worlds of {duration(self.model.clock.duration)}, "
        said += f"from {start:%A} {start.day} {start:%B %Y, %H:%M}"
        said += f"; impact (T) at {self.time.at(impact):%A %H:%M}" if impact is not None else ""
        said += f" ({self.time.zone})."
        told = f"{said} In detail: {self.labels.variant(self.variant)}."
        return told if len(self.result.summaries) > 1 or self.result.variant else said

    def blocks(self) -> Iterator[Block]:
        """Three layers: the answer on one screen, the story in four figures, and everything else folded."""
        yield from self.answer()
        yield from self.story()
        yield from self.objectives()
        yield from self.timeline()
        yield from self.appendix()

    def story(self) -> Iterator[Block]:
        """What happened, to whom and why."""
        yield Heading("What happened", key="story")
        yield from (Text(sentence) for sentence in verdict.verdict(self.summary, self.model))
        yield from self.figures("where-people-ended", "arrivals-and-capacity", "what-held-recovery-up")
        if "what-held-recovery-up" in self.drawn:
            yield Text(HELD_UP, "soft")
        if self.comparison is not None:
            yield from self.figures("variants-over-time")

    def figures(self, *names: str) -> Iterator[Block]:
        """Those of the figures that were drawn."""
        return (Figure(self.drawn[name]) for name in names if name in self.drawn)

    def answer(self) -> Iterator[Block]:
        """One screen: the answer in sentences, as bars, and what it rests on."""
        result, summary = self.result, self.summary
        if result.partial:
            why = ", because the run was interrupted" if result.interrupted else ""
            yield Text(f"Partial result: {result.replications} of {result.asked} replications finished{why}.", "warning")
        found = self.told.lead if self.comparison is not None else lead(alone(result, self.variant))
        more = verdict.objectives_in_short(summary)
        yield Verdict((*tolerances.sentences(summary), *answering.sentences(found, self.labels), *([more] if more else [])))
        services = tolerances.table(self.told, tuple(self.told.summaries) if self.comparison is not None else (self.variant,))
        yield from () if services is None else (services,)
        yield Text(rests_on(result.scenario, self.labels), "soft")
        yield from answering.bars(found, self.labels)
        yield Text(answering.LEGEND, "soft")
        yield Tiles(tuple(self.tiles(found)))
        yield Text(self.about(), "soft")
        yield from (Text(sentence, "soft") for sentence in (*verdict.precision(result),))
        yield from (Text(f"Note: {warning}", "warning") for warning in summary.warnings)
        yield Contents()

    def tiles(self, found: Lead) -> Iterator[Tile]:
        """The numbers of the answer, and beside them those of every run that it does not hold."""
        own = answering.tiles(found, self.labels)
        yield from own
        held = {tile.value for tile in own}
        yield from [tile for tile in columns.tiles(self.summary, self.model) if tile.value not in held][: TILES - len(own)]

    def variants(self, comparison: Comparison) -> Iterator[Block]:
        baseline = self.labels.variant(comparison.baseline)
        yield Text(f"The same customers, the same luck: each variant is compared with “{baseline}” world by world.")
        yield Bullets(tuple(verdict.comparison_sentences(comparison, self.labels)))
        yield from variants.tables(self.told, comparison)
        yield Text("A gain is a consequence of the assumptions listed below, not an observation.", "soft")

    def objectives(self) -> Iterator[Block]:
        yield Heading("Objectives", key="objectives")
        found = [kind(self.summary) for kind in (tolerances.set_by, continuity_table, continuity_of_needs, threshold_table)]
        yield from (table for table in found if table is not None)
        if not any(found):
            yield Text("The scenario states no objectives.")

    def timeline(self) -> Iterator[Block]:
        yield Heading("What happened when", key="timeline", short="Timeline")
        rows = tuple(
            (line.id, Cell(str(line.number), f"flag {line.kind}"), line.means, line.planned, line.done, line.spread, line.went)
            for line in timeline(self.summary, self.model, self.time)
        )
        head = ("step", "no.", "what it does", "planned", "simulated, on average", "nine worlds of ten", "took place")
        yield Table(head, rows, FLAGS)

    def appendix(self) -> Iterator[Block]:
        """Every table and every other figure, each folded under its heading."""
        if self.comparison is not None:
            yield Fold(
                Heading("Every measure, variant by variant", key="variants", short="Variants"), tuple(self.variants(self.comparison))
            )
        yield Fold(Heading("Who got nobody", key="people", short="People"), (columns.people(self.summary),))
        met = (*self.figures("abandonment", "waiting-times"), columns.phase_table(self.summary))
        yield Fold(Heading("What callers met, phase by phase", key="callers", short="Callers"), met)
        for part in parts(self.summary, self.model):
            yield Fold(Heading(part.title, key=f"part-{part.key}"), (*self.figures(*part.figures), *part.tables))
        yield Fold(Heading("The centre", key="centre"), tuple(self.figures("agents", "lines-and-queue")))
        yield Fold(Heading("What was assumed", key="assumed", short="Assumptions"), tuple(self.assumed()))
        yield Fold(Heading("Interval by interval", key="intervals", short="Intervals"), (self.intervals(),))
        yield Fold(Heading("How to reproduce", key="reproduce", short="Reproduce"), tuple(self.reproduce()))

    def assumed(self) -> Iterator[Block]:
        scenario = self.result.scenario
        found = scenario.assumptions(self.variant if self.variant in scenario.variant_names else None)
        if found:
            caption = "A range is drawn anew for each simulated world and shared by all variants"
            assumed = tuple(
                (key_in_words(a.path, self.labels), a.value, f"{a.kind}, a range" if a.is_range else a.kind, a.text, Cell(a.path, "code"))
                for a in found
            )
            yield Table(("what", "value", "kind", "source", "in the file"), assumed, caption)
        else:
            yield Text("The scenario names no ranges and no sources.")
        yield Heading("How the numbers are defined", 3)
        used = [name for name, _ in columns.TILES] + [one.measure for one in columns.phase_columns(self.summary)]
        used += [t.measure for t in self.summary.thresholds]
        defined = [measures[name] for name in dict.fromkeys(used) if name in measures]
        yield Table(("measure", "definition", "in files"), tuple((said(m.name, {}), m.says, Cell(m.name, "code")) for m in defined))

    def intervals(self) -> Block:
        found = columns.interval_table(self.summary, self.time)
        return found or Text("The run has too many intervals to print: see intervals.csv beside this file.")

    def reproduce(self) -> Iterator[Block]:
        result = self.result
        yield Code(self.command)
        yield Text(f"Seed {result.seed}, {result.replications} replications.")
        yield Text(f"Scenario {result.scenario.name}, SHA-256 {result.scenario.sha256}.")
        built = ", ".join(f"{name} {number}" for name, number in versions().items())
        yield Text(f"{built}; {cpu()}. The files beside this report hold every number; manifest.json says how they came about.", "soft")
        if result.failures:
            yield Heading("Replications that failed", 3)
            yield Bullets(tuple(str(failure) for failure in result.failures))


TILES = 8
HELD_UP = (
    "For the time in which the level was below what is asked: a decision that is awaited; otherwise what took most of the contacts that "
    "got nobody in the interval."
)
FLAGS = (
    "Numbers are the flags in the figures: dark for events, light for the playbook's actions; a grey bar behind a flag is the middle 90 % "
    "of the worlds. Times are local."
)
