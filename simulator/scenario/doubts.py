"""Second thoughts about channels and people: what is allowed there, and probably not meant. Each has a code."""

from __future__ import annotations

from itertools import pairwise

from simulator.scenario import channels, serving
from simulator.scenario.calendar import spoken
from simulator.scenario.channel_form import CallingForm, ChannelForm
from simulator.scenario.document import Path
from simulator.scenario.findings import Findings
from simulator.scenario.forms import ScenarioForm
from simulator.scenario.law import low
from simulator.scenario.people_form import NeedForm
from simulator.scenario.week import WEEKDAYS, Hours, open_at

SHORT = {"email": 3600.0, "social": 600.0, "message": 600.0}
"""A mean patience (seconds) below which somebody took the telephone's."""

NIGHT = (23, 22, 0, 1, 2, 3, 4, 5, 6)
"""Hours of the day at which nobody wants to be called."""


def give(form: ScenarioForm, findings: Findings) -> None:
    """Warn about channels, conversations, callbacks, word of mouth and what has nothing to act on."""
    used = serving.wanted(form)
    for name, channel in form.channels.items():
        kind = channels.kind_of(name, channel)
        path: Path = ("channels", name)
        for need in used.get(name, ()):
            _about_patience(path, kind.name, channel, need, form.needs[need], findings)
        if kind.turns and name in used:
            _about_turns(path, channel, form.needs[used[name][0]], used[name][0], findings)
        _about_chats(path, channel, findings)
        _about_self_service(path, channel, findings)
        if kind.calls_out and channel.calling is not None:
            _about_calling(path, channel.calling, channel.hours, findings)
    _about_contagion(form, findings)
    _about_no_effect(form, findings)
    _about_thresholds(form, used, findings)
    _about_budget(form, findings)


def _about_patience(path: Path, kind: str, channel: ChannelForm, name: str, need: NeedForm, findings: Findings) -> None:
    law, own = channel.patience.get(name), True
    if law is None:
        law, own = need.patience, False
    if kind in SHORT and law.mean < SHORT[kind]:
        where = (*path, "patience") if own else path
        whose = "" if own else f" (`needs.{name}.patience` holds here too)"
        message = f"people with `{name}` give up after {spoken(law.mean)} on average, as on the telephone{whose}"
        findings.warn(where, message, "give this channel a `patience` of hours or days", "short-patience")


def _about_turns(path: Path, channel: ChannelForm, need: NeedForm, name: str, findings: Findings) -> None:
    if not channel.talk_time:
        message = f"each answer takes as long as a whole talk: {spoken(need.talk_time.mean)} (`needs.{name}.talk_time`)"
        findings.warn(path, message, "give this channel the `talk_time` of one answer", "turn-as-talk")

    turns = channel.turns
    if turns is not None and low(turns.silence.mean) > turns.idle_timeout:
        message = f"people are silent for {spoken(turns.silence.mean)} on average, and {spoken(turns.idle_timeout)} close a conversation"
        findings.warn((*path, "turns", "idle_timeout"), message, "most conversations would begin anew with each message", "short-timeout")


def _about_chats(path: Path, channel: ChannelForm, findings: Findings) -> None:
    if (channel.concurrency or 1) > 1 and not channel.speeds:
        message = f"an agent with {channel.concurrency} chats does the work of {channel.concurrency}: none goes slower for the others"
        findings.warn((*path, "concurrency"), message, "give `speeds`, such as [100%, 90%, 79%, 68%, 58%]", "chats-for-free")
    done = [held * float(speed) for held, speed in enumerate(channel.speeds, 1)]
    for held, (before, after) in enumerate(pairwise(done), 2):
        if after < before - 1e-9:
            message = f"an agent with {held} chats gets less done than with {held - 1}: {after:.2f} against {before:.2f} at full speed"
            findings.warn((*path, "speeds"), message, f"allow {held - 1}", "too-many-chats")
            return


def _about_self_service(path: Path, channel: ChannelForm, findings: Findings) -> None:
    for need, share in channel.self_service.contains.items() if channel.self_service else ():
        if low(share) >= 1:
            message = f"nobody with `{need}` ever reaches an agent here"
            findings.warn((*path, "self_service", "contains", need), message, "is it the share of all contacts?", "contains-all")


def _about_calling(path: Path, calling: CallingForm, hours: Hours | None, findings: Findings) -> None:
    later = low(calling.spacing.mean) * (calling.tries - 1)
    if calling.promise is not None and calling.tries > 1 and calling.promise < later:
        message = f"an entry lapses after {spoken(calling.promise)}, before {calling.tries} dials {spoken(calling.spacing.mean)} apart"
        findings.warn(
            (*path, "calling", "promise"), message, "fewer `tries`, a shorter `spacing` or a longer `promise`", "promise-too-short"
        )
    night = next((hour for hour in NIGHT if any(open_at(hours, day, hour) and calling.answers[day][hour] > 0 for day in range(7))), None)
    if night is not None:
        where = (*path, "hours") if hours is not None else path
        findings.warn(
            where, f"people are called at {night}:00, at night", "give it `hours`, such as {mon-sat: 09:00-20:00}", "calls-at-night"
        )
    times = ((day, hour) for day in range(7) for hour in range(24) if open_at(hours, day, hour))
    vain = next(((day, hour) for day, hour in times if low(calling.answers[day][hour]) <= 0), None)
    if vain is not None:
        message = f"on {WEEKDAYS[vain[0]]} at {vain[1]}:00 people are called and nobody answers"
        findings.warn((*path, "calling", "answers"), message, "give `hours` to the channel, or answers to those hours", "nobody-answers")


def _about_contagion(form: ScenarioForm, findings: Findings) -> None:
    word = form.contagion
    if word is None or low(word.breeds) >= 1:
        return
    per_post = float(word.posts) / (1 - float(word.breeds))
    for name, channel in form.channels.items():
        retry = channel.redial.abandoned
        again = float(retry.probability) if retry else 0.0
        if per_post > 0 and again + per_post >= 1:
            message = f"while nobody is answered, each lost contact on `{name}` makes {again + per_post:.2f} more: load without end"
            hint = f"redial {again:.0%}, and posts {float(word.posts):.0%} / (1 - {float(word.breeds):g}); below 1 it dies out by itself"
            findings.warn(("contagion",), message, hint, "contagion-gain")
            return


def _about_no_effect(form: ScenarioForm, findings: Findings) -> None:
    distressed = any(need.distress is not None for need in form.needs.values())
    if form.care is not None and not distressed:
        findings.warn(("care",), "acts on nobody: no need has `distress`", "give it to a need", "no-effect")
    if form.strain is not None and form.strain.distress > 0 and not distressed:
        findings.warn(("strain", "distress"), "acts on nobody: no need has `distress`", "give it to a need", "no-effect")
    for name, demand in form.demand.items():
        if demand.standing is not None and demand.standing.publicity > 0 and form.contagion is None:
            path: Path = ("demand", name, "standing", "publicity")
            findings.warn(path, "nobody posts in public: there is no `contagion`", "say how many of those left alone do", "no-effect")
    for name, need in form.needs.items():
        lasting = any((d.need or n) == name and (getattr(d, "repaired", None) or d.solved_elsewhere) for n, d in form.demand.items())
        if need.again is not None and low(need.resolves) >= 1 and not lasting:
            hint = "give `resolves` below 100%, or a demand with `repaired`"
            findings.warn(("needs", name, "again"), "nobody comes again: every answer ends the need", hint, "no-effect")


def _about_thresholds(form: ScenarioForm, used: dict[str, tuple[str, ...]], findings: Findings) -> None:
    for i, threshold in enumerate(form.thresholds):
        channel = threshold.channel
        if channel is None or channels.kind_of(channel, form.channels[channel]).calls_out:
            continue
        lacks = channel not in used or (threshold.need is not None and threshold.need not in used[channel])
        if lacks:
            who = f" for `{threshold.need}`" if threshold.need and channel in used else ""
            what = f"; the obligation ({threshold.obligation}) could not be judged" if threshold.obligation else ""
            findings.warn(("thresholds", i, "channel"), f"has no data: nobody makes contact by `{channel}`{who}{what}", "", "no-data")


def _about_budget(form: ScenarioForm, findings: Findings) -> None:
    if form.budget is None:
        return
    for i, step in enumerate(form.playbook):
        if low(step.cost) > float(form.budget):
            message = f"is always refused: it costs {float(step.cost):,g}, and the budget is {float(form.budget):,g}"
            findings.warn(("playbook", i, "cost"), message, code="beyond-budget")
