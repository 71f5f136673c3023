"""What people mean: needs, choice of channel, standing, care, strain and word of mouth as the model knows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from simulator.crisis.handling import SwitchCare
from simulator.model.channels import Retry
from simulator.model.people import Care, Contagion, Distress, Harm, Mix, Need, Standing, Strain
from simulator.model.ranges import Range
from simulator.scenario import channels, steps
from simulator.scenario.calendar import Calendar
from simulator.scenario.document import Path
from simulator.scenario.findings import Findings
from simulator.scenario.forms import ScenarioForm
from simulator.scenario.law import high
from simulator.scenario.people_form import AgainForm, CareForm, ContagionForm, DistressForm, NeedForm, StandingForm, StrainForm
from simulator.scenario.problem import Problem, wrong

STRONGEST = 5.0
"""How strongly standing may act, in the exponent."""


def check(form: ScenarioForm, findings: Findings) -> None:
    """Note what cannot be true of people, and policies without what they need."""
    for name, need in form.needs.items():
        if need.urgency < 1:
            findings.note(("needs", name, "urgency"), Problem("1 is the most urgent"))
        _check_choice(name, need, form, findings)
    switched = [(section, i, step.do) for section, i, step in steps.located(form) if isinstance(step.do, SwitchCare)]
    if form.care is not None:
        _check_care(form.care, form, findings, switched=bool(switched))
    for section, i, switch in switched:
        if "to" in CARE_NEEDS[switch.policy] and (form.care is None or form.care.to is None):
            message = f"nobody says who takes over under `{switch.policy}`"
            findings.note((section, i, "policy"), Problem(message, "name the need that they serve: `care: {policy: discretion, to: ...}`"))
    if form.strain is not None:
        for key in ("builds_up", "recovers"):
            if getattr(form.strain, key) <= 0:
                findings.note(("strain", key), Problem("expected more than 0s"))
    if form.contagion is not None:
        _check_contagion(form.contagion, form, findings)


def _check_choice(name: str, need: NeedForm, form: ScenarioForm, findings: Findings) -> None:
    listed = isinstance(findings.tree["needs"][name].get("channels"), list)
    for i, mix in enumerate(need.channels):
        path: Path = ("needs", name, "channels", i) if listed else ("needs", name, "channels")
        shares: Path = (*path, "shares") if listed else path
        total = sum(high(share) for share in mix.shares.values())
        if total > 1 + 1e-9:
            message = f"the shares are {total:.0%} together" + (" at their highest" if _ranged(mix.shares.values()) else "")
            hint = f"at most 100%; what they leave takes `{channels.first_inbound(form)}`, the first channel"
            findings.note(shares, Problem(message, hint, on_key=True))
        first = channels.first_inbound(form)
        if first in mix.shares and total < 1 - 1e-9:
            message = f"`{first}` would get what the shares leave ({1 - total:.0%}) on top of its own: it is the first channel"
            hint = f"write all shares, or leave `{first}` out"
            findings.warn((*shares, first), message, hint, "share-on-top")
        for channel in mix.shares:
            if channels.kind_of(channel, form.channels[channel]).calls_out:
                message = f"nobody makes contact by `{channel}`: it is a list that we call"
                findings.note((*shares, channel), Problem(message, "", "does-not-fit", on_key=True))
        if i and mix.from_ <= need.channels[i - 1].from_:
            findings.note((*path, "from"), Problem("starts no later than the shares before it"))


def _ranged(values: Iterable[float]) -> bool:
    return any(isinstance(value, Range) for value in values)


CARE_NEEDS: Mapping[str, tuple[str, ...]] = {"discretion": (), "cap": ("after",), "escalate": ("after", "to"), "care-team": ("to",)}
"""What each policy has to say."""


def _check_care(care: CareForm, form: ScenarioForm, findings: Findings, *, switched: bool) -> None:
    for key in ("after", "to"):
        given = getattr(care, key) is not None
        if key in CARE_NEEDS[care.policy] and not given:
            what = "after which talk" if key == "after" else "which need those serve who take over"
            findings.note(("care",), Problem(f"`{key}` is missing", f"the policy `{care.policy}` says {what}", "missing-key", on_key=True))
        elif given and key not in CARE_NEEDS[care.policy] and not (switched and key == "to"):
            findings.note(("care", key), Problem(f"`{key}` does not fit the policy `{care.policy}`", "", "does-not-fit", on_key=True))
    if care.to is not None and not any(care.to in team.skills for team in form.teams.values()):
        findings.note(("care", "to"), Problem(f"no team has the skill `{care.to}`", "give it to those who take over, under `teams`"))


def _check_contagion(word: ContagionForm, form: ScenarioForm, findings: Findings) -> None:
    kind = channels.kind_of(word.channel, form.channels[word.channel])
    if kind.name != "social":
        message = f"`{word.channel}` is of the kind `{kind.name}`, where others do not read what is written"
        findings.note(("contagion", "channel"), Problem(message, "name a channel of the kind `social`", "does-not-fit"))
    if high(word.breeds) >= 1:
        message = "unanswered posts would breed without end: one leads to 1 / (1 - breeds) in all"
        findings.note(("contagion", "breeds"), Problem(message, "a number below 1, such as 0.4 (one post becomes 1.7)"))


def needs(form: ScenarioForm) -> tuple[Need, ...]:
    """The needs of a scenario whose sections are sound."""
    first = channels.first_inbound(form)
    return tuple(
        Need(
            name=name,
            urgency=n.urgency,
            talk_time=n.talk_time,
            wrap_up=n.wrap_up,
            patience=n.patience,
            harm=Harm(n.harm.by, n.harm.weight) if n.harm else None,
            resolves=n.resolves,
            again=_again(n.again),
            distress=_distress(n.distress) if n.distress else None,
            channels=_mixes(n, first),
            title=n.title,
        )
        for name, n in form.needs.items()
    )


def _mixes(need: NeedForm, first: str) -> tuple[Mix, ...]:
    """From the start on; shares are filled up to 1 by the first channel, unless they are ranges (the draw gives it the rest)."""
    made: list[Mix] = []
    for mix in need.channels:
        shares = dict(mix.shares)
        rest = 1.0 - sum(shares.values())
        if rest > 1e-9 and not _ranged(shares.values()):
            shares[first] = shares.get(first, 0.0) + rest
        made.append(Mix(mix.from_, shares))
    if made and made[0].since > 0:
        made.insert(0, Mix(0.0, {first: 1.0}))
    return tuple(made)


def _again(form: AgainForm | None) -> Retry | None:
    return Retry(form.probability, form.after) if form else None


def _distress(form: DistressForm) -> Distress:
    return Distress(form.share, form.support, form.noticed_after, form.resolves, _again(form.again))


def care(form: CareForm | None) -> Care:
    return Care(form.policy, form.after or 0.0, form.to or "", form.heard_from) if form else Care()


def strain(form: StrainForm | None) -> Strain | None:
    return Strain(form.builds_up, form.recovers, form.slows, form.distress, form.restores) if form else None


def contagion(form: ContagionForm | None) -> Contagion | None:
    return Contagion(form.channel, form.posts, form.breeds, form.within) if form else None


def standing(form: StandingForm | None, calendar: Calendar) -> Standing | None:
    """The standing that a dated history amounts to at the run's start: the sum of weight x 2^(-age / half-life), within -1 and 1.

    A month or a year counts from its first day. Raises Wrong, with the place within ``standing``.
    """
    if form is None:
        return None
    if form.history and form.level is not None:
        raise wrong("`level` stands for the whole of a history: give one of the two", at=("standing", "level"), on_key=True)
    if form.history and form.half_life <= 0:
        raise wrong("expected more than 0s", at=("standing", "half_life"))
    for key in ("patience", "publicity"):
        if high(getattr(form, key)) > STRONGEST:
            message = f"at most {STRONGEST:g}: people of the best standing and of the worst differ by exp(2 x this) already"
            raise wrong(message, "0.5 makes the patience of well served people 1.6 times as long", at=("standing", key))
    level = 0.0
    for i, past in enumerate(form.history):
        age = -calendar.seconds(_moment(past.at, calendar, i))
        if age < 0:
            raise wrong(f"{past.at} is after the start of the run", at=("standing", "history", i, "at"))
        level += past.weight * 2 ** (-age / form.half_life)
    return Standing(
        level=max(-1.0, min(1.0, level)) if form.level is None else form.level,
        spread=form.spread,
        patience=form.patience,
        publicity=form.publicity,
        channel=form.channel or "",
        history=tuple((past.at, past.weight, past.what) for past in form.history),
    )


def _moment(text: str, calendar: Calendar, position: int) -> datetime:
    try:
        return datetime.fromisoformat((text + "-01-01")[:10]).replace(tzinfo=calendar.tz)
    except ValueError:
        raise wrong(f"there is no day {text}", at=("standing", "history", position, "at")) from None
