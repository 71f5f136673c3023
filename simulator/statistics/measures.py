"""The registry of measures: each number of the reports is defined here, once.

A measure is a sum, a ratio of sums, or one value per run. Sums carry the names that :mod:`simulator.statistics.books` gives
them. A contact belongs to the interval and phase in which that attempt arrived, a customer to the phase of their first
wish to call. This module loads without NumPy, because a scenario is checked against it.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from simulator.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

DIMENSIONS = ("phase", "need", "channel", "site")
"""What a measure can be scoped by, in the order of scopes and texts."""


@dataclass(frozen=True)
class Measure:
    """One number with one definition.

    ``numerator`` and ``denominator`` are sums of the books, joined by ``+`` and ``-``; without a denominator the measure
    is the numerator itself. A measure of ``kind`` "run" is worked out once per run; its numerator is empty.
    """

    name: str
    kind: str  #: contacts | customers | time | run
    unit: str  #: share | duration | count | ratio
    better: str  #: higher | lower | none
    says: str  #: the definition in words
    numerator: str = ""
    denominator: str = ""
    scopes: tuple[str, ...] = ()  #: dimensions in which it can be asked for; a site goes with a phase only

    def allows(self, dimensions: frozenset[str]) -> bool:
        """Whether the measure exists for this combination of dimensions."""
        return dimensions <= set(self.scopes) and not ("site" in dimensions and dimensions & {"need", "channel"})


def terms(expression: str) -> Iterator[tuple[float, str]]:
    """The signed terms of a numerator or denominator: ``a + b - c`` gives (1, a), (1, b), (-1, c)."""
    sign = 1.0
    for word in expression.split():
        if word in "+-":
            sign = 1.0 if word == "+" else -1.0
        else:
            yield sign, word


_CONTACTS = ("phase", "need", "channel", "site")
_PEOPLE = ("phase", "need")


def _contacts(name: str, better: str, says: str) -> Measure:
    return Measure(name, "contacts", "count", better, says, name, scopes=_CONTACTS)


def _share(name: str, better: str, numerator: str, denominator: str, says: str) -> Measure:
    return Measure(name, "contacts", "share", better, says, numerator, denominator, _CONTACTS)


def _mean(name: str, better: str, numerator: str, denominator: str, says: str) -> Measure:
    return Measure(name, "contacts", "duration", better, says, numerator, denominator, _CONTACTS)


def _people(name: str, better: str, says: str) -> Measure:
    return Measure(name, "customers", "count", better, says, name, scopes=_PEOPLE)


_EVERY = (
    # Contacts: what happened to attempts.
    _contacts("attempted", "none", "contacts that customers tried to make, redials included"),
    _contacts("fresh_contacts", "none", "first attempts only"),
    _contacts("redials", "lower", "attempts after the first"),
    _contacts("lost_upstream", "lower", "attempts that never reached the centre: congestion or a cable in the carrier's network"),
    _contacts("arrived", "none", "attempts that reached the front door"),
    _contacts("blocked", "lower", "refused at the front door: no line free, lines kept for another need, site or platform down"),
    _contacts("blocked_no_line", "lower", "refused because every line was busy"),
    _contacts("blocked_reserved", "lower", "refused because the free lines were kept for another need"),
    _contacts("lost_cut_link", "lower", "lost upstream because every link of the site was cut"),
    _contacts("blocked_down", "lower", "refused because the site or the platform was down"),
    _contacts("contained", "none", "ended in an announcement or self-service, without an agent"),
    _contacts("offered", "none", "arrived, neither blocked nor contained"),
    _contacts("balked", "lower", "offered, left on hearing the wait, never queued"),
    _contacts("queued", "none", "offered, and did not reach an agent at once"),
    _contacts("answered", "higher", "reached an agent"),
    _contacts("answered_in_time", "higher", "answered within the channel's `answer_within`"),
    _contacts("handled", "higher", "answered and completed, wrap-up included"),
    _contacts("dropped", "lower", "lost by a failure after the answer"),
    _contacts("cut_off", "lower", "lost by a failure while waiting"),
    _contacts("abandoned", "lower", "queued and left before an answer"),
    _contacts("abandoned_short", "none", "abandoned within the channel's `short_abandon`"),
    _contacts("open_at_end", "lower", "still waiting when the run ended"),
    _contacts("in_service_at_end", "none", "still talking or in wrap-up when the run ended"),
    # Service levels: several formulas, several names.
    _share("service_level", "higher", "answered_in_time", "offered",
           "answered within `answer_within` / offered; read it beside block_rate"),
    _share("service_level_less_short", "higher", "answered_in_time", "arrived - abandoned_short",
           "answered in time / (arrived - abandoned within `short_abandon`)"),
    _share("service_level_less_early", "higher", "answered_in_time", "arrived - abandoned_in_time",
           "answered in time / (arrived - abandoned within `answer_within`)"),
    _share("service_level_good_abandons", "higher", "answered_in_time + abandoned_in_time", "arrived",
           "(answered in time + abandoned within `answer_within`) / arrived"),
    _share("service_level_of_answered", "higher", "answered_in_time", "answered",
           "answered in time / answered; improves when people hang up"),
    _share("service_level_of_answerable", "higher", "answered_in_time", "answered + abandoned - abandoned_in_time",
           "answered in time / (answered + abandoned later than `answer_within`)"),
    _share("service_level_of_arrived", "higher", "answered_in_time", "arrived", "answered in time / arrived; the strictest"),
    _share("reachability", "higher", "answered", "arrived - contained + lost_cut_link",
           "answered / those who wanted an agent: arrived - contained + lost_cut_link; the level of continuity objectives"),
    # Rates and mean times of contacts.
    _share("abandon_rate", "lower", "abandoned", "offered", "abandoned / offered"),
    _share("abandon_rate_less_short", "lower", "abandoned - abandoned_short", "offered - abandoned_short",
           "(abandoned - short) / (offered - short)"),
    _share("block_rate", "lower", "blocked", "arrived", "blocked / arrived"),
    _share("lost_upstream_rate", "lower", "lost_upstream", "attempted", "lost upstream / attempted"),
    _mean("asa", "lower", "wait_answered", "answered", "average speed of answer: sum of waits of the answered / answered"),
    _mean("mean_wait", "lower", "wait_answered + wait_balked + wait_abandoned", "offered",
          "sum of waits of the answered, balked and abandoned / offered"),
    _mean("aht", "none", "handle_time", "handled", "average handle time: sum of talk and wrap-up of the handled / handled"),
    Measure("wait_p50", "run", "duration", "lower",
            "median wait in queue of contacts answered or abandoned, those answered at once included",
            scopes=("phase", "need", "channel")),
    Measure("wait_p90", "run", "duration", "lower",
            "wait in queue that 90 % of the contacts answered or abandoned did not exceed; abandoning cuts long waits short",
            scopes=("phase", "need", "channel")),
    Measure("sl_deficit", "run", "count", "lower",
            "sum over intervals of (target - service level, if positive) x offered, by channel: contacts that missed the target",
            scopes=("phase", "need", "channel")),
    # Agents, queue and capacity over time.
    Measure("occupancy", "time", "share", "none", "busy and wrap-up / (available + busy + wrap-up), of agents' time",
            "busy_time + wrap_time", "available_time + busy_time + wrap_time", ("phase",)),
    Measure("agents_online", "time", "ratio", "higher", "mean number of agents logged in and at work", "online_time", "elapsed",
            ("phase", "site")),
    Measure("queue_mean", "time", "ratio", "lower", "mean number of contacts waiting", "queue_time", "elapsed", ("phase", "need")),
    Measure("peak_queue", "run", "count", "lower", "most contacts waiting at one instant", scopes=("phase", "need")),
    Measure("agents_online_peak", "run", "count", "higher", "most agents online at the end of an interval", scopes=("phase", "site")),
    Measure("agents_online_6h", "run", "count", "higher", "agents online six hours after the impact", scopes=("site",)),
    # Customers: each counts once.
    _people("customers", "none", "people with a need"),
    _people("served", "higher", "customers whose need an agent handled"),
    _people("solved_elsewhere", "none", "customers whose need ended without an agent"),
    _people("solved_by_announcement", "none", "customers informed by an announcement"),
    _people("solved_by_reached", "none", "customers who reached their relatives directly once the network was open"),
    _people("solved_by_located", "none", "customers whose missing person was located through the open network"),
    _people("solved_by_repaired", "none", "customers whose fault was repaired"),
    _people("solved_by_own_means", "none", "customers who found a solution of their own"),
    _people("gave_up", "lower", "customers who tried and stopped trying"),
    _people("still_trying", "lower", "customers waiting, in service or about to redial at the end of the run"),
    _people("people_never_served", "lower", "customers who gave up or are still trying"),
    Measure("never_served", "customers", "share", "lower", "(gave up + still trying) / customers",
            "people_never_served", "customers", _PEOPLE),
    Measure("attempts_per_customer", "customers", "ratio", "lower", "attempts / customers", "attempts", "customers", _PEOPLE),
    Measure("time_to_first_agent_p50", "run", "duration", "lower",
            "median over customers of the time from the first wish to call to an agent's answer; endless for those who got none",
            scopes=_PEOPLE),
    Measure("harm", "customers", "count", "lower",
            "sum of need weight x harm; harm grows evenly from the first wish to call until the need's `by`, whole for the never served",
            "harm", scopes=_PEOPLE),
    Measure("harm_rate", "customers", "share", "lower", "harm / the sum of weights, where needs have harm", "harm", "harm_weight", _PEOPLE),
    _people("barred_customers", "none", "customers who could call only once access was open"),
    _people("barred_served", "higher", "barred customers whose need an agent handled"),
    _people("barred_attempts", "none", "contacts tried by barred customers: the load that opening the network adds"),
    _people("capped_customers", "none", "customers whose trying was ended by the cap on attempts, not by themselves"),
    # Recovery.
    Measure("time_to_recover", "run", "duration", "lower",
            "from the impact until the level is held for 30 min: reachability at or above MBCO, or without continuity objectives "
            "answered in time / those who wanted an agent at or above the channel's target; endless where it never is",
            scopes=("need", "channel")),
    Measure("longest_below", "run", "duration", "lower", "longest stretch after the impact with the level below what time_to_recover asks",
            scopes=("need", "channel")),
    Measure("share_above", "run", "share", "higher",
            "share of the time after the impact at or above that level", scopes=("need", "channel")),
    Measure("resilience_loss", "run", "duration", "lower", "integral of 1 - level over the time after the impact",
            scopes=("need", "channel")),
    Measure("level_after_rto", "run", "share", "higher",
            "answered / those who wanted an agent, of the contacts later than the recovery time objective after the impact",
            scopes=("need", "channel")),
    Measure("decision_latency", "run", "duration", "lower",
            "from what calls for a decision (the event it follows, or its trigger) until it is taken, the slowest of the playbook's; "
            "endless where one is never taken"),
    Measure("cost", "run", "count", "lower", "what the playbook cost, in the scenario's own unit of money"),
)  # fmt: skip

measures: Mapping[str, Measure] = {m.name: m for m in _EVERY}
"""Every measure by name, in the order of reports."""


def measure_named(name: str) -> Measure:
    """The measure called ``name``; raises UsageError where there is none, with the nearest names."""
    found = measures.get(name)
    if found is None:
        near = get_close_matches(name, measures, 3)
        raise UsageError(f"unknown measure `{name}`" + (f"; did you mean {' or '.join(f'`{n}`' for n in near)}?" if near else ""))
    return found


def check_scope(measure: Measure, scope: Mapping[str, str], names: Mapping[str, Collection[str]]) -> None:
    """Check that ``measure`` exists in ``scope``; ``names`` lists the known names of each dimension. Raises UsageError."""
    for dimension, name in scope.items():
        if dimension not in DIMENSIONS:
            raise UsageError(f"`{dimension}` is no scope; measures are scoped by {', '.join(DIMENSIONS)}")
        if dimension not in measure.scopes:
            allowed = f"only by {', '.join(measure.scopes)}" if measure.scopes else "only for the whole run"
            raise UsageError(f"`{measure.name}` does not exist by {dimension}, {allowed}")
        if name not in names.get(dimension, ()):
            near = get_close_matches(name, names.get(dimension, ()), 1)
            raise UsageError(f"there is no {dimension} `{name}`" + (f"; did you mean `{near[0]}`?" if near else ""))
    if not measure.allows(frozenset(scope)):
        raise UsageError(f"`{measure.name}` does not exist by {' and '.join(scope)} together: a site goes with a phase only")


def in_words(measure: str, scope: Mapping[str, str]) -> str:
    """A measure and its scope as text, for example ``never_served[find-relative, shock]``."""
    words = [scope[d] for d in ("need", "channel", "site", "phase") if d in scope]
    return f"{measure}[{', '.join(words)}]" if words else measure


def reference() -> str:
    """The reference page of measures, in Markdown."""
    lines = [
        "# Measures",
        "",
        "Generated from the registry (`simulator/statistics/measures.py`); do not edit.",
        "",
        "Ratios are ratios of sums over all replications. A contact belongs to the phase and interval in which that attempt",
        "arrived, a customer to the phase of their first wish to call. *Scopes* says by what a measure can be asked for; a site",
        "goes with a phase only.",
        "",
        "| measure | unit | better | definition | computed as | scopes |",
        "|---|---|---|---|---|---|",
    ]
    for m in measures.values():
        computed = "once per run" if m.kind == "run" else f"`{m.numerator}`" + (f" / `{m.denominator}`" if m.denominator else "")
        lines.append(f"| `{m.name}` | {m.unit} | {m.better} | {m.says} | {computed} | {', '.join(m.scopes) or 'whole run'} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    from pathlib import Path

    Path("docs/reference/measures.md").write_text(reference(), encoding="utf-8")
