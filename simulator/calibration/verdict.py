"""A calibration in the words of a planner: what is known, what was predicted, what to believe it for, and what the files cannot tell."""

from __future__ import annotations

import math
from collections.abc import Iterator

from simulator.calibration.calibration import Calibration
from simulator.calibration.comparing import RULE, Line
from simulator.calibration.estimate import Estimate, Known
from simulator.calibration.fit import ONE_WORLD
from simulator.document.blocks import Block, Bullets, Document, Fold, Heading, Table, Tile, Tiles, Verdict
from simulator.document.blocks import Text as Paragraph


def amount(name: str, value: float) -> str:
    """A value as it is told: seconds, per cent or a factor."""
    if math.isnan(value):
        return "-"
    if name.endswith(", s"):
        return f"{int(value // 60)} min {value % 60:02.0f} s" if value >= 120 else f"{value:.0f} s"
    return f"{value:.3f}" if name.startswith("drift") else f"{100 * value:.1f} %"


def counted(n: int, word: str) -> str:
    """How many there are of something."""
    return f"{n:,} {word}{'s' if n != 1 else ''}"


def told(name: str, found: Estimate) -> str:
    """An estimate with its interval."""
    if found.known is Known.NOWHERE:
        return found.method
    value, low, high = (amount(name, v) for v in (found.value, found.low, found.high))
    return value if low == high else f"{value} ({low} to {high})"


def believed(found: Calibration) -> list[str]:
    """For what it is believed, and for what not; the first is the answer."""
    good = [g for g in found.comparison.groups if g.believed]
    bad = [g for g in found.comparison.groups if not g.believed]
    most = f"up to {100 * found.comparison.most:.0f} % of a usual day (the most that was seen)"
    sentences = []
    if good:
        sentences.append(f"Believe it for {' and '.join(g.name for g in good)}, {most}.")
    else:
        sentences.append("Do not believe it yet: no days pass the rule.")
    sentences += [f"Not for {g.name}: {g.why}." for g in bad]
    few = [q.queue for q in found.fit.queues if q.patience.mean.known is Known.ASSUMED or q.calls < 200]
    if few and len(found.fit.queues) > 1:
        sentences.append(f"Too little is known of {', '.join(few)}: values are assumed.")
    sentences.append("Not for any crisis volume: say that yourself, or use an incident.")
    sentences.append(f"Expires {found.expires:%d %B %Y}. Reviewed by: nobody yet.")
    return sentences


def terminal(found: Calibration) -> str:
    """The answer of `crisis calibrate`."""
    lines = [f"{counted(len(found.fit.queues), 'queue')} together, from {', '.join(found.fit.observed.files)}"]
    for known in Known:
        mine = [(name, e) for name, e in found.fit.estimates() if e.known is known]
        for name, e in mine:
            lines.append(f"  {known.value:<22}  {name}: {told(name, e)}")
            if known is Known.ASSUMED:
                lines[-1] += f"  [{e.method}]"
    lines += [f"  {Known.NOWHERE.value:<22}  {one}" for one in ONE_WORLD]
    notes = dict.fromkeys(e.note for _, e in found.fit.estimates() if e.note and e.known is not Known.NOWHERE)
    lines += [f"  note                    {note}" for note in notes]
    days = found.comparison.replay.days
    when = "not used for fitting" if found.comparison.held_out else "the same days that were fitted: too few to hold any out"
    lines += ["", f"{counted(len(days), 'day')}, {days[0]} to {days[-1]}, {when}:"]
    for group in found.comparison.groups:
        lines += [f"  {group.name}, {line_told(line)}" for line in group.lines]
        if group.intervals:
            share = 100 * group.inside / group.intervals
            lines.append(f"  {group.name}, intervals inside their 90 % band: {group.inside} of {group.intervals} ({share:.0f} %)")
    return "\n".join([*lines, "", *believed(found)]) + "\n"


def line_told(line: Line) -> str:
    """A line of observed beside simulated."""
    name = "x" if line.unit == "share" else "x, s"
    seen, made, low, high, chance = (amount(name, v) for v in (line.observed, line.simulated, line.low, line.high, line.chance))
    return f"{line.name}: observed {seen}, simulated {made} ({low} to {high}), by chance alone +- {chance}"


def document(found: Calibration, title: str) -> Document:
    """The page of a calibration."""
    from simulator.calibration.picture import days_picture
    from simulator.document.blocks import Figure

    picture = days_picture(found.comparison)
    blocks: list[Block] = [Verdict(tuple(believed(found))), Tiles(tuple(_tiles(found))), Heading("The days beside each other", key="days")]
    head = ("days", "what", "observed", "simulated", "90 % interval", "by chance alone")
    rows = []
    for group in found.comparison.groups:
        for line in group.lines:
            name = "x" if line.unit == "share" else "x, s"
            values = [amount(name, v) for v in (line.observed, line.simulated, line.low, line.high, line.chance)]
            rows.append((group.name, line.name, values[0], values[1], f"{values[2]} to {values[3]}", f"± {values[4]}"))
        if group.intervals:
            rows.append((group.name, "intervals inside their 90 % band", f"{group.inside} of {group.intervals}", "", "", ""))
    blocks += [Table(head, tuple(rows), sheet="days"), Figure(picture)]
    if not found.comparison.held_out:
        blocks.append(Paragraph("These are the same days that were fitted: there are too few to hold any out.", "warning"))
    blocks += [
        Heading("What is known, and how well", key="known"),
        Table(("what", "value", "how well", "how"), tuple(_known(found)), sheet="estimates"),
    ]
    blocks += [Heading("What these files cannot tell", key="not"), Bullets(tuple(_not_told(found)))]
    blocks += [Heading("What was read", key="read"), Bullets(tuple(_read(found)))]
    appendix = (
        Paragraph(RULE),
        Paragraph("Where the observed abandonments of an interval lie among the simulated ones, by tenths. "
            "Even is good, full ends are too narrow bands."),
        Table(tuple(f"{k}0 %" for k in range(10)), (tuple(str(n) for n in found.comparison.pit),), numbers=True),
    )  # fmt: skip
    blocks.append(Fold(Heading("Appendix: the rule of the verdict, and the ranks", key="rule"), appendix))
    about = (f"from {', '.join(found.fit.observed.files)}", f"seed {found.seed}", f"clock of {found.timezone}")
    return Document("calibration", title, "Calibration", tuple(blocks), about=about)


def _tiles(found: Calibration) -> Iterator[Tile]:
    inside, intervals = found.comparison.intervals
    if intervals:
        yield Tile(f"{100 * inside / intervals:.0f} %", "of intervals inside their 90 % band", f"{inside} of {intervals}")
    for team in found.fit.teams:
        free = team.free.not_free
        if free.known is not Known.NOWHERE:
            yield Tile(
                f"{100 * free.value:.1f} %",
                "of the time at work not free: ring, wrap, breaks, system",
                f"{100 * free.low:.1f} to {100 * free.high:.1f} %",
            )
    yield Tile(f"{found.expires:%d %b %Y}", "expires")


def _known(found: Calibration) -> Iterator[tuple[str, str, str, str]]:
    for name, e in found.fit.estimates():
        if e.known is not Known.NOWHERE:
            yield name, told(name, e), e.known.value, f"{e.method}; {e.n:,} {e.unit}"


def _not_told(found: Calibration) -> Iterator[str]:
    yield from (f"{name}: {e.method}" for name, e in found.fit.estimates() if e.known is Known.NOWHERE)
    yield from ONE_WORLD
    yield from dict.fromkeys(e.note for _, e in found.fit.estimates() if e.note)


def _read(found: Calibration) -> Iterator[str]:
    rows = found.fit.observed.intervals
    first, last = str(rows.start.min())[:10], str(rows.start.max())[:10]
    yield f"{len(rows):,} intervals of {rows.length / 60:g} minutes, {counted(len(rows.queues), 'queue')}, {first} to {last}"
    if found.fit.observed.calls is not None:
        yield f"{len(found.fit.observed.calls):,} single calls"
    yield from (f"{day} is left out of what is usual: {why}" for day, why in found.fit.observed.special.items())
    for q in found.fit.queues:
        drift = q.week.drift
        if drift.known is not Known.ASSUMED and not drift.low <= 1 <= drift.high:
            change = f"{100 * (drift.value - 1):+.1f} % a week"
            yield f"the level of {q.queue} changes by {change}; the usual week is the mean, and nothing is extrapolated"


def _number(value: object) -> object:
    """A number for a document: rounded the one way, null where it is none."""
    from simulator.experiment.written import rounded

    if not isinstance(value, float):
        return value
    return rounded(value) if math.isfinite(value) else None


def as_json(found: Calibration) -> dict[str, object]:
    """The calibration for programs."""
    from simulator.experiment.written import rounded

    def of(e: Estimate) -> dict[str, object]:
        numbers = {k: None if math.isnan(v) else rounded(v) for k, v in (("value", e.value), ("low", e.low), ("high", e.high))}
        return {**numbers, "known": e.known.value, "method": e.method, "n": e.n, "unit": e.unit, "note": e.note}

    return {
        "schema": "crisis-calibration/v1",
        "files": list(found.fit.observed.files),
        "seed": found.seed,
        "expires": found.expires.isoformat(),
        "held_out": found.comparison.held_out,
        "days": list(found.comparison.replay.days),
        "verdict": believed(found),
        "groups": [
            {
                "name": g.name, "days": g.days, "intervals": g.intervals, "inside": g.inside, "believed": g.believed, "why": g.why,
                "lines": [
                    {name: _number(value) for name, value in vars(line).items()} for line in g.lines
                ],
            }
            for g in found.comparison.groups
        ],
        "pit": list(found.comparison.pit),
        "most": rounded(found.comparison.most),
        "estimates": {name: of(e) for name, e in found.fit.estimates()},
        "special": dict(found.fit.observed.special),
    }  # fmt: skip
