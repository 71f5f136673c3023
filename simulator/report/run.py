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
from simulator.report import answering, columns, variants, verdict
from simulator.report.labels import labels_of
from simulator.report.lead import alone, lead
from simulator.report.manifest import cpu, versions
from simulator.report.objectives import continuity_of_needs, continuity_table, threshold_table
from simulator.report.parts import parts
from simulator.report.plan import timeline
from simulator.report.rests import rests_on
from simulator.report.wording import LocalTime, duration
from simulator.statistics.measures import measures

if TYPE_CHECKING:
    from simulator.document.blocks import Block, Picture
    from simulator.experiment.result import Result
    from simulator.report.lead import Lead
    from simulator.statistics.summary import Comparison


def document(result: Result, variant: str, pictures: Sequence[Picture], *, command: str, compared: Sequence[Picture] = ()) -> Document:
    """The report about ``variant``; with ``compared`` pictures it opens with the comparison of all variants."""
    made = _Report(result, variant, {picture.name: picture for picture in (*pictures, *compared)}, command)
    made.comparison = result.comparison if compared else None
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

    def __init__(self, result: Result, variant: str, drawn: Mapping[str, Picture], command: str) -> None:
        self.result = result
        self.variant = variant
        self.summary = result.summaries[variant]
        self.model = result.models[variant]
        self.time = LocalTime(self.model.clock)
        self.drawn = drawn
        self.command = command
        self.labels = labels_of(result.scenario, self.model)

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
        """Everything, most important first."""
        yield from self.answer()
        yield from self.variants()
        yield from self.objectives()
        yield Heading("What callers met", key="callers", short="Callers")
        yield from self.figures("abandonment", "waiting-times", "arrivals-and-capacity")
        yield from self.people()
        for part in parts(self.summary, self.model):
            yield Heading(part.title, key=f"part-{part.key}")
            yield from self.figures(*part.figures)
            yield from part.tables
        yield from self.timeline()
        yield Heading("What held recovery up", key="recovery", short="Recovery")
        if "what-held-recovery-up" in self.drawn:
            yield from self.figures("what-held-recovery-up")
            yield Text(HELD_UP, "soft")
        else:
            yield Text("Nothing struck in this scenario.")
        yield Heading("The centre", key="centre", short="The centre")
        yield from self.figures("agents", "lines-and-queue")
        yield from self.appendix()

    def figures(self, *names: str) -> Iterator[Block]:
        """Those of the figures that were drawn."""
        return (Figure(self.drawn[name]) for name in names if name in self.drawn)

    def answer(self) -> Iterator[Block]:
        """One screen: the answer in sentences, as bars, and what it rests on."""
        result, summary = self.result, self.summary
        if result.partial:
            why = ", because the run was interrupted" if result.interrupted else ""
            yield Text(f"Partial result: {result.replications} of {result.asked} replications finished{why}.", "warning")
        found = lead(result if self.comparison is not None else alone(result, self.variant))
        more = verdict.objectives_sentence(summary)
        yield Verdict((*answering.sentences(found, self.labels), *([more] if more else [])))
        yield from answering.bars(found, self.labels)
        yield Text(rests_on(result.scenario, self.labels), "soft")
        yield Text(answering.LEGEND, "soft")
        yield Tiles(tuple(self.tiles(found)))
        yield Text(self.about(), "soft")
        yield from (Text(sentence, "soft") for sentence in (*verdict.precision(result),))
        yield from (Text(f"Note: {warning}", "warning") for warning in summary.warnings)
        yield Contents()
        yield Heading("What happened", key="verdict")
        yield from (Text(sentence) for sentence in verdict.verdict(summary, self.model))

    def tiles(self, found: Lead) -> Iterator[Tile]:
        """The numbers of the answer, and beside them those of every run that it does not hold."""
        own = answering.tiles(found, self.labels)
        yield from own
        held = {tile.value for tile in own}
        yield from [tile for tile in columns.tiles(self.summary, self.model) if tile.value not in held][: TILES - len(own)]

    def variants(self) -> Iterator[Block]:
        if self.comparison is None:
            return
        baseline = self.comparison.baseline
        yield Heading("What the variants change", key="variants", short="Variants")
        yield Text(f"The same customers, the same luck: each variant is compared with “{self.labels.variant(baseline)}” world by world.")
        yield from self.figures("variants-compared")
        yield from variants.tables(self.result, self.comparison, self.labels)
        yield Bullets(tuple(verdict.comparison_sentences(self.comparison, self.labels)))
        yield Text("A gain is a consequence of the assumptions listed below, not an observation.", "soft")
        yield from self.figures("variants-over-time")

    def objectives(self) -> Iterator[Block]:
        yield Heading("Objectives", key="objectives")
        found = [kind(self.summary) for kind in (continuity_table, continuity_of_needs, threshold_table)]
        yield from (table for table in found if table is not None)
        if not any(found):
            yield Text("The scenario states no objectives.")

    def people(self) -> Iterator[Block]:
        yield Heading("Who got nobody", key="people", short="People")
        yield from self.figures("where-people-ended")
        yield columns.people(self.summary)
        network = verdict.network_sentence(self.summary, self.model)
        if network:
            yield Heading("What opening the network did", 3)
            yield Text(network)

    def timeline(self) -> Iterator[Block]:
        yield Heading("What happened when", key="timeline", short="Timeline")
        rows = tuple(
            (line.id, Cell(str(line.number), f"flag {line.kind}"), line.means, line.planned, line.done, line.spread, line.went)
            for line in timeline(self.summary, self.model, self.time)
        )
        head = ("step", "no.", "what it does", "planned", "simulated, on average", "nine worlds of ten", "took place")
        yield Table(head, rows, FLAGS)

    def appendix(self) -> Iterator[Block]:
        yield Fold(Heading("Phase by phase", key="phases", short="Phases"), (columns.phase_table(self.summary),))
        yield Fold(Heading("What was assumed", key="assumed", short="Assumptions"), tuple(self.assumed()))
        yield Fold(Heading("Interval by interval", key="intervals", short="Intervals"), (self.intervals(),))
        yield Fold(Heading("How to reproduce", key="reproduce", short="Reproduce"), tuple(self.reproduce()))

    def assumed(self) -> Iterator[Block]:
        scenario = self.result.scenario
        found = scenario.assumptions(self.variant if self.variant in scenario.variant_names else None)
        if found:
            caption = "A range is drawn anew for each simulated world and shared by all variants"
            assumed = tuple((Cell(a.path, "code"), a.value, f"{a.kind}, a range" if a.is_range else a.kind, a.text) for a in found)
            yield Table(("what", "value", "kind", "source"), assumed, caption)
        else:
            yield Text("The scenario names no ranges and no sources.")
        yield Heading("How the numbers are defined", 3)
        used = [name for name, _ in columns.TILES] + [one.measure for one in columns.phase_columns(self.summary)]
        used += [t.measure for t in self.summary.thresholds]
        rows = tuple((Cell(name, "code"), measures[name].says) for name in dict.fromkeys(used) if name in measures)
        yield Table(("measure", "definition"), rows)

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


NOT_CALIBRATED = "Not calibrated"
"""Said of every model that no observed data was held against."""
TILES = 8
HELD_UP = (
    "For the time in which the level was below what is asked: a decision that is awaited; otherwise what took most of the contacts that "
    "got nobody in the interval."
)
FLAGS = (
    "Numbers are the flags in the figures: dark for events, light for the playbook's actions; a grey bar behind a flag is the middle 90 % "
    "of the worlds. Times are local."
)
