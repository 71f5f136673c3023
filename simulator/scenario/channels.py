"""What channels mean: which keys fit which kind and why, and channels as the model knows them."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.model.channels import KINDS, Announced, Calling, Channel, ChannelKind, Redial, Retry, SelfService, Turns
from simulator.scenario.calendar import Calendar
from simulator.scenario.channel_form import CallingForm, ChannelForm, RedialForm, TurnsForm
from simulator.scenario.document import Path
from simulator.scenario.findings import Findings
from simulator.scenario.forms import ScenarioForm
from simulator.scenario.law import high, low
from simulator.scenario.problem import Problem
from simulator.scenario.week import Hours, spans

MOST = 64
"""Channels of a scenario, and chats that one agent holds."""
TARGETS: Mapping[str, tuple[float, float]] = {
    "voice": (0.8, 20.0),
    "chat": (0.8, 60.0),
    "message": (0.8, 900.0),
    "email": (0.9, 86_400.0),
    "social": (0.8, 3_600.0),
    "callback": (0.9, 86_400.0),
}
"""The service level aimed at where the scenario names none: share and seconds, the industry's habits."""
INBOUND = ("voice", "chat", "message", "email", "social")
FITS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "numbers": (("voice",), "only telephone numbers lead to a site"),
    "short_abandon": (("voice", "chat"), "nobody hangs up there"),
    "announced_wait": (("voice", "chat"), "nobody waits on the line there to be told"),
    "concurrency": (("chat",), "an agent holds several of chats only; of messages one turn at a time, all other contacts alone"),
    "speeds": (("chat",), "an agent holds several of chats only"),
    "turns": (("message",), "only conversations by message have turns"),
    "calling": (("callback",), "only callbacks are made by us"),
    "self_service": (INBOUND, "we make these contacts ourselves"),
    "patience": (INBOUND, "nobody waits on the line there; `calling.promise` says when an entry lapses"),
    "redial": (INBOUND, "`calling.tries` and `calling.spacing` say how often we dial"),
}
"""Keys that only some kinds of channels have, and why the others have not."""


def kind_named(name: str, said: object) -> ChannelKind:
    """The kind of a channel: the one it says, the one it is called after, or voice."""
    return KINDS[said if isinstance(said, str) and said in KINDS else name if name in KINDS else "voice"]


def kind_of(name: str, form: ChannelForm) -> ChannelKind:
    """The kind of a channel that has been read."""
    return kind_named(name, form.kind)


def without_meaning(kind: ChannelKind) -> frozenset[str]:
    """The keys that a channel of this kind does not have."""
    return frozenset(key for key, (kinds, _) in FITS.items() if kind.name not in kinds)


def at_once(form: ChannelForm) -> int:
    """How many contacts of a channel one agent may hold."""
    return len(form.speeds) or form.concurrency or 1


def first_inbound(form: ScenarioForm) -> str:
    """The channel that people take who say nothing else: the first on which they contact us."""
    return next((name for name, channel in form.channels.items() if not kind_of(name, channel).calls_out), "")


def check(form: ScenarioForm, findings: Findings) -> None:
    """Note keys that do not fit the kind of their channel, and values that contradict each other."""
    if len(form.channels) > MOST:
        findings.note(("channels",), Problem(f"at most {MOST} can be simulated", code="too-large", on_key=True))
    if form.channels and not first_inbound(form):
        findings.note(("channels",), Problem("people have no channel by which to contact us: all are lists that we call", on_key=True))
    for name, channel in form.channels.items():
        path: Path = ("channels", name)
        kind = kind_of(name, channel)
        _check_keys(path, channel, kind, findings)
        _check_redial(path, name, channel, kind, form, findings)
        _check_chats(path, channel, findings)
        if kind.calls_out:
            _check_calling(path, channel.calling, findings)
        if channel.turns is not None and low(channel.turns.number) < 1:
            findings.note((*path, "turns", "number"), Problem("a conversation has at least one message"))


def _check_keys(path: Path, channel: ChannelForm, kind: ChannelKind, findings: Findings) -> None:
    for key, (kinds, why) in FITS.items():
        if key in channel.model_fields_set and getattr(channel, key) is not None and kind.name not in kinds:
            message = f"`{key}` does not fit a channel of the kind `{kind.name}`"
            findings.note((*path, key), Problem(message, why, "does-not-fit", on_key=True))


def _check_redial(path: Path, name: str, channel: ChannelForm, kind: ChannelKind, form: ScenarioForm, findings: Findings) -> None:
    redial = channel.redial
    if not 1 <= redial.max_attempts <= 255:
        findings.note((*path, "redial", "max_attempts"), Problem("expected 1 to 255 attempts"))
    for cause in ("busy", "abandoned", "cut"):
        retry = getattr(redial, cause)
        if retry is None:
            continue
        if kind.keeps and not kind.calls_out and (cause == "cut" or (cause == "busy" and not channel.platform)):
            why = f"`{kind.name}` is kept while nobody is there: nothing is cut, and nothing refused unless a `platform` fails"
            findings.note((*path, "redial", cause), Problem(f"`{cause}` does not happen on this channel", why, "does-not-fit", on_key=True))
        for other in retry.moves:
            moves: Path = (*path, "redial", cause, "moves", other)
            if other == name:
                findings.note(moves, Problem("they are on this channel already", "leave it out: who does not move stays", on_key=True))
            elif kind_of(other, form.channels[other]).calls_out:
                message = f"nobody makes contact by `{other}`: it is a list that we call"
                findings.note(moves, Problem(message, "a playbook's `callback.offer` puts people on it", "does-not-fit", on_key=True))
        if sum(high(share) for share in retry.moves.values()) > 1 + 1e-9:
            findings.note((*path, "redial", cause, "moves"), Problem("the shares are more than 100% together", on_key=True))


def _check_chats(path: Path, channel: ChannelForm, findings: Findings) -> None:
    several, speeds = channel.concurrency, channel.speeds
    if several is not None and not 1 <= several <= MOST:
        findings.note((*path, "concurrency"), Problem(f"expected 1 to {MOST}"))
    elif several is not None and speeds and len(speeds) != several:
        message = f"expected {several} speeds, one for each number of chats that an agent may hold, got {len(speeds)}"
        findings.note((*path, "speeds"), Problem(message))
    for i, speed in enumerate(speeds):
        if low(speed) <= 0:
            findings.note((*path, "speeds", i), Problem("a chat that an agent holds goes forward: a speed is more than 0%"))
        elif i and high(speed) > low(speeds[i - 1]) + 1e-9:
            findings.note((*path, "speeds", i), Problem("one more chat cannot make the others faster: speeds do not rise"))


def _check_calling(path: Path, calling: CallingForm | None, findings: Findings) -> None:
    if calling is None:
        hint = "at least `calling: {answers: 40%}`: the share of dials that somebody answers"
        findings.note(path, Problem("a callback channel needs `calling`", hint, "missing-key", on_key=True))
        return
    if not 1 <= calling.tries <= 255:
        findings.note((*path, "calling", "tries"), Problem("expected 1 to 255 dials"))
    if all(high(share) <= 0 for day in calling.answers for share in day):
        findings.note((*path, "calling", "answers"), Problem("nobody ever answers", on_key=True))


def lowered(form: ScenarioForm, calendar: Calendar, findings: Findings) -> tuple[Channel, ...]:
    """The channels of a scenario whose sections are sound; those on which we call come last, so that the first is where people go."""
    made: list[Channel] = []
    for name, channel in sorted(form.channels.items(), key=lambda item: kind_of(*item).calls_out):
        kind = kind_of(name, channel)
        announced, machine = channel.announced_wait, channel.self_service
        made.append(
            Channel(
                name=name,
                kind=kind.name,
                numbers=(channel.numbers or first_open(form)) if kind.has_numbers else "",
                target_share=(channel.target or TARGETS[kind.name])[0],
                answer_within=(channel.target or TARGETS[kind.name])[1],
                short_abandon=channel.short_abandon,
                redial=_redial(channel.redial),
                announced=Announced(announced.estimate, announced.tolerance) if announced else None,
                platform=channel.platform or "",
                hours=_hours(channel.hours, calendar, ("channels", name, "hours"), findings),
                patience=dict(channel.patience),
                talk_time=dict(channel.talk_time),
                wrap_up=dict(channel.wrap_up),
                speeds=tuple(channel.speeds) or (1.0,) * (channel.concurrency or 1),
                self_service=SelfService(machine.takes, dict(machine.contains)) if machine else None,
                turns=_turns(channel.turns or TurnsForm()) if kind.turns else None,
                calling=_calling(channel.calling) if channel.calling else None,
                keep_free=channel.keep_free,
            )
        )
    return tuple(made)


def first_open(form: ScenarioForm) -> str:
    """The site to which numbers lead that name none."""
    return next((name for name, site in form.sites.items() if site.state == "open"), "")


def _hours(hours: Hours | None, calendar: Calendar, path: Path, findings: Findings) -> tuple[tuple[float, float], ...] | None:
    if hours is None:
        return None
    found = spans(hours, calendar)
    if not found:
        findings.note(path, Problem("it is never open during the run", "do the days fit the clock?", on_key=True))
    return None if found == ((0.0, calendar.length),) else found


def _redial(form: RedialForm) -> Redial:
    retries = {
        cause: Retry(retry.probability, retry.after) if (retry := getattr(form, cause)) else None for cause in ("busy", "abandoned", "cut")
    }
    moves = {cause: dict(retry.moves) for cause in retries if (retry := getattr(form, cause)) and retry.moves}
    if form.cut is None and "busy" in moves:
        moves["cut"] = moves["busy"]
    return Redial(
        retries["busy"], retries["abandoned"], retries["cut"] or retries["busy"], form.spacing, form.gives_up_after,
        form.persistence, form.max_attempts, moves,
    )  # fmt: skip


def _turns(form: TurnsForm) -> Turns:
    return Turns(form.number, form.silence, form.same_agent_for, form.reading, form.idle_timeout)


def _calling(form: CallingForm) -> Calling:
    return Calling(
        form.rings, form.answers, form.tries, form.spacing, form.voicemail, form.voicemail_time, form.wrong_moment, form.solved_time,
        float("inf") if form.promise is None else form.promise,
    )  # fmt: skip
