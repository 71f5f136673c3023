"""The sheet of single points of failure: what the loss of each part costs, the worst first."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite
from typing import TYPE_CHECKING, Any

from simulator.document.blocks import Table
from simulator.experiment.written import rounded
from simulator.report import sheet
from simulator.report.labels import plain
from simulator.report.verdict import plainly, with_margin
from simulator.report.wording import difference
from simulator.report.yardsticks import said
from simulator.statistics.verdicts import LEAST

if TYPE_CHECKING:
    from simulator.document.blocks import Picture
    from simulator.experiment.questions.weakest import Loss, Losses, Part
    from simulator.statistics.summary import PairedDifference

SCHEMA = "crisis-weakest/v1"


def compose(found: Losses, *, drawn: bool = True) -> sheet.Sheet:
    """Say, tabulate and, where it is to be ``drawn``, draw what was found."""
    what = said(found.measure.name, found.scope)
    return sheet.Sheet(
        kind="weakest",
        title="What must not fail",
        question=f"If one part were lost {_when(found)}, which loss would hurt most?",
        variant=found.variant,
        scenario=found.scenario,
        seed=found.question.seed,
        answer=found,
        verdict=tuple(_verdict(found, what)),
        blocks=tuple(
            sheet.section(
                f"What each loss does: {what}",
                f"With everything in place: {with_margin(found.base)}." if found.base.n else "",
                table=_table(found, what),
                picture=_picture(found, what) if drawn else None,
            )
        ),
        notes=tuple(_notes(found)),
        document=_document(found),
        rows=tuple(_rows(found)),
        command=found.question.command(found.scenario),
    )


def called(part: Part) -> str:
    """``role digital services manager``: a part as people say it."""
    return f"{part.kind} {plain(part.name)}"


def _when(found: Losses) -> str:
    at = "at the impact" if found.question.at == "T+0" else f"at {found.question.at}"
    return f"{at} for {found.question.lasts}" if found.question.lasts else f"{at} for the rest of the run"


def _verdict(found: Losses, what: str) -> Iterator[str]:
    harmful = [loss for loss in found.losses if loss.harmful]
    if not harmful:
        yield f"No single loss {_when(found)} makes it clearly worse, by {what}."
    else:
        worst = harmful[0]
        equals = [called(loss.part) for loss in harmful[1:] if loss.tied and found.sure]
        yield (
            f"The loss of {called(worst.part)} {_when(found)} hurts most, by {what}: {_difference(worst.difference)}, to "
            f"{plainly(worst.estimate)}."
            if found.sure
            else f"The loss of {called(worst.part)} {_when(found)} makes it clearly worse, by {what}: {_difference(worst.difference)}, to "
            f"{plainly(worst.estimate)}. Which loss is the worst takes {LEAST} worlds, and {found.replications} were simulated."
        )
        if equals:
            yield f"As bad, as far as can be told: {', '.join(equals)}."
        never = [called(loss.part) for loss in harmful if loss.recovery is not None and loss.never]
        if never:
            yield f"Without one of these the centre is never back in the run: {', '.join(never)}."
    helpful = [called(loss.part) for loss in found.losses if loss.difference.clear and not loss.harmful]
    if helpful:
        yield f"Better than with everything in place: {', '.join(helpful)}. Look why: something may wait for it in vain."
    nothing = [called(loss.part) for loss in found.losses if loss.nothing]
    if nothing:
        yield f"Changes nothing in any world, because it is lost in the story anyway or never needed: {', '.join(nothing)}."
    unclear = [called(loss.part) for loss in found.losses if not loss.nothing and not loss.difference.clear]
    if unclear:
        yield f"No clear change: {', '.join(unclear)}."


def _table(found: Losses, what: str) -> Table:
    urgent = (f"of them {found.urgent}",) if found.urgent and found.measure.name == "people_never_served" and not found.scope else ()
    back = ("back later by",) if any(loss.recovery is not None for loss in found.losses) else ()
    rows = []
    for loss in found.losses:
        cells = [_word(loss, sure=found.sure), plainly(loss.estimate) if loss.estimate.n else "–", _difference(loss.difference)]
        cells += [_difference(loss.urgent) if loss.urgent else "–"] if urgent else []
        cells += [_back(loss)] if back else []
        rows.append((called(loss.part), *cells))
    caption = "Means over the same worlds; ± is a 95 % interval of the paired difference that holds for all rows at once"
    return Table(("without", "it is", what, "difference", *urgent, *back), tuple(rows), caption, numbers=True)


def _back(loss: Loss) -> str:
    if loss.recovery is None:
        return "–"
    return "never back" if loss.never else _difference(loss.recovery, every=False)


def _word(loss: Loss, *, sure: bool) -> str:
    if loss.nothing:
        return "the same"
    if not loss.difference.clear:
        return "unclear"
    return ("worst" if loss.tied and sure else "worse") if loss.harmful else "better"


def _difference(d: PairedDifference, *, every: bool = True) -> str:
    if not d.n:
        return "no data"
    if d.is_number and d.mean == 0 and d.half_width == 0:
        return "none"
    return difference(d, d.half_width_all if every else d.half_width)


def _picture(found: Losses, what: str) -> Picture | None:
    from simulator.report.figures.drivers import Row, losses

    unit = found.base.unit
    scale = {"share": 100.0, "duration": 1 / 60.0}.get(unit, 1.0)
    rows = [
        Row(
            called(loss.part),
            loss.difference.mean * scale,
            loss.difference.half_width_all * scale if isfinite(loss.difference.half_width_all) else 0.0,
            _word(loss, sure=found.sure) if loss.nothing else f"{_difference(loss.difference)}  {_word(loss, sure=found.sure)}",
            loss.harmful,
            loss.difference.clear,
        )
        for loss in found.losses
        if isfinite(loss.difference.mean) and loss.difference.is_number
    ]
    if not rows:
        return None
    in_unit = {"share": ", percentage points", "duration": ", minutes"}.get(unit, "")
    says = (
        f"Without each part: {what}, less what it is with everything in place; "
        "the black line is a 95 % interval that holds for all rows at once."
    )
    return losses(rows, f"{what}, change{in_unit}", says, "losses")


def _notes(found: Losses) -> Iterator[str]:
    yield (
        f"Each row is the scenario with one more event: the part is lost {_when(found)}. The customers and all other luck are the same in "
        "every row; nobody reacts to the loss except as the playbook says."
    )
    yield (
        "A site is lost with its calls; a link is cut alone, a trench with every link in it; a platform fails; whoever fills a role "
        "decides and approves nothing; a team's agents cannot work. Losses in pairs are not tried: two parts may each be harmless alone."
    )
    if any(loss.recovery is not None for loss in found.losses):
        yield (
            "A world that never recovers has no recovery time: such differences say at least how large they are, or in how many worlds the "
            "centre was back. Losses are ordered as if it had taken the longest time that the run could have shown."
        )


def _document(found: Losses) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "scenario": {"name": found.scenario.name, "sha256": found.scenario.sha256},
        "variant": found.variant,
        "seed": found.question.seed,
        "replications": found.replications,
        "partial": found.partial,
        "at": found.question.at,
        "lasts": found.question.lasts or None,
        "measure": found.measure.name,
        "scope": dict(found.scope),
        "unit": found.base.unit,
        "as_it_is": {key: rounded(getattr(found.base, key)) for key in ("mean", "half_width", "p5", "p50", "p95")} | {"n": found.base.n},
        "losses": [
            {
                "kind": loss.part.kind,
                "name": loss.part.name,
                "event": dict(loss.part.event),
                "value": rounded(loss.estimate.mean),
                "difference": _pair(loss.difference),
                "most_urgent": None if loss.urgent is None else {"need": found.urgent, **_pair(loss.urgent)},
                "time_to_recover": None if loss.recovery is None else _pair(loss.recovery),
                "verdict": _word(loss, sure=found.sure),
            }
            for loss in found.losses
        ],
    }


def _pair(d: PairedDifference) -> dict[str, Any]:
    numbers = {key: rounded(getattr(d, key)) if d.is_number else None for key in ("mean", "half_width", "half_width_all")}
    unended = {"at_least": None if d.is_number else rounded(d.at_least), "never": d.never, "never_baseline": d.never_baseline}
    return numbers | {key: rounded(getattr(d, key)) for key in ("wins", "endless")} | unended | {"n": d.n}


def _rows(found: Losses) -> Iterator[dict[str, Any]]:
    for loss in found.losses:
        d = loss.difference
        yield {
            "kind": loss.part.kind,
            "part": loss.part.name,
            "value": rounded(loss.estimate.mean),
            **{name: _pair(d)[key] for name, key in (("difference", "mean"), ("half_width", "half_width"), ("half_width_all",) * 2)},
            "most_urgent": None if loss.urgent is None else rounded(loss.urgent.mean),
            "time_to_recover": None if loss.recovery is None else _pair(loss.recovery)["mean"],
            "verdict": _word(loss, sure=found.sure),
            "worlds": d.n,
        }


PAGE = sheet.Page(compose)
