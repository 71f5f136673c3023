"""Every number of the reports, defined once.

A measure is a sum, a ratio of sums, or one value per run. Sums carry the names that :mod:`simulator.statistics.books` gives
them. A contact belongs to the interval and phase in which that attempt arrived, a customer to the phase of their first
wish to call. This module loads without NumPy, because a scenario is checked against it.
"""

from __future__ import annotations

from dataclasses import dataclass

from simulator.statistics.limits import TIMED


@dataclass(frozen=True)
class Measure:
    """One number with one definition.

    ``numerator`` and ``denominator`` are sums of the books, joined by ``+`` and ``-``; without a denominator the measure
    is the numerator itself. A measure of ``kind`` "run" is worked out once per run; its numerator is empty.
    """

    name: str
    kind: str  #: contacts | customers | time | run | help
    unit: str  #: share | duration | count | ratio
    better: str  #: higher | lower | none
    says: str  #: the definition in words
    numerator: str = ""
    denominator: str = ""
    scopes: tuple[str, ...] = ()  #: dimensions in which it can be asked for; a site or a group goes with a phase only
    about: str = ""  #: what a scenario must contain for it to mean something (:mod:`simulator.statistics.contents`); empty: nothing
    lacks: str = ""  #: why it does not exist by every need, site and group, out of :data:`LACKS`

    def allows(self, dimensions: frozenset[str]) -> bool:
        """Whether the measure exists for this combination of dimensions."""
        others = dimensions - {"phase", TIMED}
        alone = len(others) < 2 or dimensions.isdisjoint({"site", "group"})
        return dimensions <= set(self.scopes) and alone and (TIMED in dimensions) == self.timed

    @property
    def timed(self) -> bool:
        """Whether it is asked for with a limit of time, as in ``unserved_within[fraud, 2h]``."""
        return TIMED in self.scopes


LACKS = {
    "people": (("channel", "site"), "one person may try several channels, and be answered at several sites"),
    "refused": (("site",), "what is refused or lost holds no line, so that it is counted at no site"),
    "lineless": (("site",), "messages, posts and the calls that we make are counted at no site"),
    "queue": (("site", "group"), "who waits is counted by need and channel; see peak_queue and mean_wait"),
    "agents": (("need", "group"), "agents serve any need and group that they can"),
    "teams": (("need", "site", "group"), "agents serve any need and group that they can, and teams change sites; see agents_online"),
    "recovery": (("site",), "who gets no line there is counted at no site, so that a lost site would seem to serve all; see agents_online"),
    "plan": (("need", "site", "group"), "it is of the plan as a whole"),
}
"""Why some measures do not exist by some dimensions."""

_CONTACTS = ("phase", "need", "channel", "site", "group")
_LINELESS = ("phase", "need", "channel", "group")
_PEOPLE = ("phase", "need", "group")
_WHOLE_RUN = ("need", "channel", "group")


def _of_contacts(
    name: str, unit: str, better: str, numerator: str, denominator: str, says: str, about: str = "", lacks: str = ""
) -> Measure:
    lacks = lacks or ("lineless" if about in {"conversations", "callbacks", "contagion"} else "")
    scopes = _LINELESS if lacks else _CONTACTS
    return Measure(name, "contacts", unit, better, says, numerator, denominator, scopes, about, lacks)


def _contacts(name: str, better: str, says: str, about: str = "", numerator: str = "") -> Measure:
    return _of_contacts(name, "count", better, numerator or name, "", says, about)


def _refused(name: str, says: str, about: str = "") -> Measure:
    return _of_contacts(name, "count", "lower", name, "", says, about, "refused")


def _share(name: str, better: str, numerator: str, denominator: str, says: str, about: str = "", lacks: str = "") -> Measure:
    return _of_contacts(name, "share", better, numerator, denominator, says, about, lacks)


def _mean(name: str, better: str, numerator: str, denominator: str, says: str, about: str = "") -> Measure:
    return _of_contacts(name, "duration", better, numerator, denominator, says, about)


def _time(name: str, better: str, says: str, about: str = "") -> Measure:
    return _of_contacts(name, "duration", better, name, "", says, about)


def _of_people(name: str, kind: str, unit: str, better: str, says: str, numerator: str, denominator: str = "", about: str = "") -> Measure:
    return Measure(name, kind, unit, better, says, numerator, denominator, _PEOPLE, about, "people")


def _people(name: str, better: str, says: str, about: str = "") -> Measure:
    return _of_people(name, "customers", "count", better, says, name, about=about)


def _share_of_people(name: str, better: str, numerator: str, denominator: str, says: str, about: str = "", unit: str = "share") -> Measure:
    return _of_people(name, "customers", unit, better, says, numerator, denominator, about)


def _in_time(name: str, unit: str, better: str, numerator: str, denominator: str, says: str) -> Measure:
    return Measure(name, "help", unit, better, says, numerator, denominator, ("need", "group", TIMED), lacks="people")


def _of_run(name: str, unit: str, better: str, says: str, about: str, scopes: tuple[str, ...], lacks: str = "") -> Measure:
    return Measure(name, "run", unit, better, says, scopes=scopes, about=about, lacks=lacks)


EVERY = (
    # Contacts: what happened to attempts.
    _contacts("attempted", "none", "contacts that customers tried to make, redials included"),
    _contacts("fresh_contacts", "none", "first attempts only"),
    _contacts("redials", "lower", "attempts after the first"),
    _refused("lost_upstream", "attempts that never reached the centre: congestion or a cable in the carrier's network"),
    _contacts("arrived", "none", "attempts that reached the front door"),
    _refused("blocked", "refused at the front door: no line free, lines kept for another need, site or platform down"),
    _refused("blocked_no_line", "refused because every line was busy"),
    _refused("blocked_reserved", "refused because the free lines were kept for another need"),
    _refused("lost_cut_link", "lost upstream because every link of the site was cut"),
    _refused("blocked_down", "refused because the site or the platform was down"),
    _refused("blocked_closed", "refused outside the channel's opening hours", "hours"),
    _contacts("contained", "none", "ended in an announcement or self-service, without an agent"),
    _contacts("self_served", "none", "ended in self-service: a machine did what the contact asked for", "self-service"),
    _contacts("deflected", "none", "went on by another channel, by design: there it is the same customer's next attempt", "deflection"),
    _contacts("offered", "none", "arrived, neither blocked nor contained nor deflected"),
    _contacts("callbacks_promised", "none", "offered, and took the offer of a callback", "callback-offers"),
    _contacts("called_back", "higher", "took the offer of a callback, and were called back in time or had a need that was over by then",
              "callback-offers"),
    _contacts("wanted", "none",
              "contacts that wanted an agent while their channel was open: attempted, neither contained nor deflected; one that a cut "
              "cable or a congested network kept from the centre is among them"),
    _contacts("got_through", "higher", "of those who wanted an agent, answered or called back"),
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
    _contacts("in_service_at_end", "none", "still talking or in wrap-up when the run ended; a conversation: begun and not over"),
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
    _share("reachability", "higher", "got_through", "wanted",
           "answered or called back / contacts that wanted an agent; the level of continuity objectives"),
    # Rates and mean times of contacts.
    _share("abandon_rate", "lower", "abandoned", "offered", "abandoned / offered"),
    _share("abandon_rate_less_short", "lower", "abandoned - abandoned_short", "offered - abandoned_short",
           "(abandoned - short) / (offered - short)"),
    _share("block_rate", "lower", "blocked", "arrived", "blocked / arrived", lacks="refused"),
    _share("containment_rate", "none", "contained", "arrived", "contained / arrived", "self-service"),
    _share("lost_upstream_rate", "lower", "lost_upstream", "attempted", "lost upstream / attempted", lacks="refused"),
    _mean("asa", "lower", "wait_answered", "answered", "average speed of answer: sum of waits of the answered / answered"),
    _mean("mean_wait", "lower", "wait_answered + wait_balked + wait_abandoned", "offered",
          "sum of waits of the answered, balked and abandoned / offered"),
    _mean("aht", "none", "handle_time", "handled", "average handle time: sum of talk and wrap-up of the handled / handled"),
    _of_run("wait_p50", "duration", "lower",
            "median wait in queue of contacts answered or abandoned, those answered at once included", "", _CONTACTS),
    _of_run("wait_p90", "duration", "lower",
            "wait in queue that 90 % of the contacts answered or abandoned in a world did not exceed, on average over the worlds; "
            "abandoning cuts long waits short", "",
            _CONTACTS),
    _of_run("sl_deficit", "count", "lower",
            "sum over half hours of (target - service level, if positive) x offered, by channel: contacts that missed the target", "",
            _CONTACTS),
    # Agents, queue and capacity over time.
    Measure("occupancy", "time", "share", "none", "busy and wrap-up / (available + busy + wrap-up), of agents' time",
            "busy_time + wrap_time", "available_time + busy_time + wrap_time", ("phase",), lacks="teams"),
    Measure("agents_online", "time", "ratio", "higher", "mean number of agents logged in and at work", "online_time", "elapsed",
            ("phase", "site"), lacks="agents"),
    Measure("queue_mean", "time", "ratio", "lower", "mean number of contacts waiting", "queue_time", "elapsed",
            ("phase", "need", "channel"), lacks="queue"),
    _of_run("peak_queue", "count", "lower", "most contacts waiting at one instant", "", ("phase", "need", "site", "group")),
    _of_run("agents_online_peak", "count", "higher", "most agents online at one instant", "", ("phase", "site"), "agents"),
    _of_run("agents_online_6h", "count", "higher", "agents online six hours after the impact", "", ("site",), "agents"),
    # Conversations in turns. A message belongs to the instant at which the customer wrote it.
    _contacts("conversations", "none", "conversations begun: an agent has taken up the first message", "conversations"),
    _contacts("replies", "none", "messages of customers that an agent answered", "conversations"),
    _mean("first_reply", "lower", "first_reply_time", "first_replies",
          "mean time from a conversation's first message until our answer to it is sent", "conversations"),
    _of_run("first_reply_p50", "duration", "lower", "first replies: half took no longer", "conversations", _LINELESS, "lineless"),
    _of_run("first_reply_p90", "duration", "lower", "first replies: 90 % took no longer", "conversations", _LINELESS, "lineless"),
    _mean("reply_time", "lower", "all_reply_time", "replies",
          "mean time from a customer's message, the first or a later one, until our answer is sent", "conversations"),
    _of_run("reply_time_p50", "duration", "lower", "replies: half took no longer", "conversations", _LINELESS, "lineless"),
    _of_run("reply_time_p90", "duration", "lower", "replies: 90 % took no longer", "conversations", _LINELESS, "lineless"),
    _share("replies_in_time", "higher", "replies_within", "replies",
           "messages whose answer was sent within the channel's `answer_within` / messages answered", "conversations"),
    _of_contacts("turns_per_conversation", "ratio", "none", "replies", "conversations", "messages answered / conversations begun",
                 "conversations"),
    _contacts("handovers", "lower", "messages answered by another agent than the one before in the same conversation", "conversations"),
    _of_run("conversations_open_peak", "count", "none", "most conversations begun and not over at one instant", "conversations", _WHOLE_RUN,
            "lineless"),
    # What is kept until somebody answers.
    _of_run("backlog_peak", "count", "lower", "most contacts kept and not yet answered at one instant: messages, e-mails, posts",
            "backlog", _WHOLE_RUN, "lineless"),
    _of_run("backlog_age_peak", "duration", "lower", "the longest that a kept contact waited for an answer, or waits at the end",
            "backlog", _WHOLE_RUN, "lineless"),
    # Lists from which we call. An entry belongs to the instant at which it was listed, a dial to its own.
    _contacts("callbacks_listed", "none", "entries of the list: promised callbacks, and numbers that did not get through", "callbacks"),
    _contacts("callbacks_kept", "higher", "entries called back in time: a talk, or the need was over by then", "callbacks",
              "callbacks_handled + callbacks_solved"),
    _contacts("callbacks_solved", "none", "entries whose need was over when we called or were about to", "callbacks"),
    _contacts("callbacks_not_reached", "lower", "entries given up: nobody answered any of the tries, or they lapsed", "callbacks"),
    _contacts("callbacks_lapsed", "lower", "entries not called within what was promised", "callbacks"),
    _contacts("callbacks_open_at_end", "lower", "entries still to be called when the run ended", "callbacks"),
    _contacts("callbacks_in_service_at_end", "none", "entries being dialled or talked to when the run ended", "callbacks"),
    _share("callbacks_kept_share", "higher", "callbacks_handled + callbacks_solved", "callbacks_listed", "callbacks kept / entries",
           "callbacks"),
    _mean("callback_delay", "lower", "callback_delays", "callbacks_handled", "mean time from the listing to the talk, of those talked to",
          "callbacks"),
    _mean("callback_handle_time", "none", "callback_time", "callbacks_handled", "mean talk and wrap-up of those talked to", "callbacks"),
    _contacts("dials", "none", "calls that we tried to make, those under way when the run ended included", "callbacks"),
    _contacts("dials_no_answer", "lower", "dials that nobody answered", "callbacks"),
    _contacts("dials_voicemail", "lower", "dials that left a message", "callbacks"),
    _contacts("dials_wrong_moment", "lower", "dials that reached somebody who wants another call", "callbacks"),
    _contacts("dials_already_solved", "none", "dials that reached somebody whose need is over", "callbacks"),
    _contacts("dials_reached", "higher", "dials that became a talk", "callbacks"),
    _contacts("dials_not_connected", "lower", "dials that the carrier's full network lost", "callbacks"),
    _contacts("dials_cut", "lower", "dials, and talks that came of them, that a failure of ours cut", "callbacks"),
    _contacts("dials_under_way", "none", "dials of which nothing had come yet when the run ended", "callbacks"),
    _share("dial_success", "higher", "dials_reached + dials_already_solved", "dials", "dials that reached the person / dials", "callbacks"),
    _time("hours_dialled", "none", "agents' time with dials and the talks that came of them", "callbacks"),
    _people("people_listed", "none", "customers with an entry on the list: people, where entries are numbers", "callbacks"),
    _people("people_reached", "higher", "listed customers whom we spoke to", "callbacks"),
    _people("people_ended_otherwise", "none",
            "customers who took the offer of a callback, to whom nobody spoke on it and who did not give up meanwhile: another contact was "
            "answered, or the need ended",
            "callbacks"),
    _share_of_people("reached", "higher", "people_reached", "people_listed", "people reached / people listed", "callbacks"),
    _of_run("list_cleared_at", "duration", "lower",
            "from the impact, or the start where nothing strikes, until no entry of the list is open; endless where some are at the end",
            "callbacks", ("need", "group"), "lineless"),
    # Distress and discretion.
    _people("distressed", "none", "customers in distress, whatever they called about", "distress"),
    _people("people_heard", "higher", "customers in distress who got the support they needed", "distress"),
    _share_of_people("heard", "higher", "people_heard", "distressed", "heard / in distress", "distress"),
    _share_of_people("unmet_distress", "lower", "distressed - people_heard", "distressed", "in distress and not heard / in distress",
                     "distress"),
    _time("compassion_time", "none",
          "agents' time with people in distress beyond what others with the same need took on average on the same channel", "distress"),
    _mean("aht_distress", "none", "distress_handle_time", "distress_handled", "average handle time of contacts of people in distress",
          "distress"),
    _of_run("handle_time_p50", "duration", "none", "median handle time", "distress", _CONTACTS),
    _of_run("aht_trimmed", "duration", "none", "average handle time without the shortest and the longest 5 %", "distress",
            _CONTACTS),
    _contacts("taken_over", "none", "contacts that a supervisor or the care team took over", "care"),
    _time("supervisor_time", "none", "time of those who took over", "care"),
    _of_run("strain_p90", "share", "lower", "mean strain at work that 90 % of the agents do not exceed", "strain", (), "teams"),
    _of_run("strain_mean", "share", "lower", "mean over agents of their strain at work", "strain", (), "teams"),
    _of_run("strain_added", "ratio", "none", "strain that talks with people in distress added, in all, per agent who worked", "strain", (),
            "teams"),
    _of_run("energy_restored", "ratio", "higher", "strain that having been able to help took away, in all, per agent who worked", "strain",
            (), "teams"),
    # In public.
    _contacts("posts", "lower", "public posts", "contagion"),
    _of_contacts("contagion_gain", "ratio", "lower", "posts", "abandoned - posts_abandoned",
                 "public posts / contacts of customers that hung up unanswered", "contagion"),
    # Customers: each counts once.
    _people("customers", "none", "people with a need"),
    _people("served", "higher", "customers whose need an agent handled"),
    _people("solved_elsewhere", "none", "customers whose need ended without an agent"),
    _people("solved_by_announcement", "none", "customers informed by an announcement"),
    _people("solved_by_reached", "none", "customers who reached their relatives directly once the network was open"),
    _people("solved_by_located", "none", "customers whose missing person was located through the open network"),
    _people("solved_by_repaired", "none", "customers whose fault was repaired"),
    _people("solved_by_own_means", "none", "customers who found a solution of their own"),
    _people("solved_by_informed", "none", "customers whom a message or a page of ours told what they needed", "information"),
    _people("solved_by_self_service", "none", "customers whose need a machine ended", "self-service"),
    _people("gave_up", "lower", "customers who tried and stopped trying, whether or not their need ended later without us"),
    _people("still_trying", "lower", "customers waiting or about to redial when the run ended"),
    _people("people_in_service_at_end", "none",
            "customers whom nobody had served before, and to whom an agent was talking, or whose number was being dialled, when the run "
            "ended"),
    _people("people_never_served", "lower", "customers who gave up or are still trying"),
    _share_of_people("never_served", "lower", "people_never_served", "customers", "(gave up + still trying) / customers"),
    _share_of_people("attempts_per_customer", "lower", "attempts", "customers", "attempts / customers", unit="ratio"),
    _of_people("time_to_first_agent_p50", "run", "duration", "lower",
               "median over customers of the time from the first wish to call to the first answer of an agent, whatever came of it; "
               "endless for those who got none", ""),
    _people("resolved", "higher", "served customers whose need an agent's answer ended", "repeats"),
    _share_of_people("resolved_share", "higher", "resolved", "served", "resolved / served", "repeats"),
    _people("repeats", "lower", "contacts that customers made again after an agent's answer", "repeats"),
    _share_of_people("resolved_at_once", "higher", "resolved_at_once", "served",
                     "served customers whose need the first answer ended / served: what only a model can know", "repeats"),
    _share_of_people("first_contact_resolution", "higher", "followed_without_repeat", "followed",
                     "customers without another contact in the 7 days after their first answer / those whom the run follows for 7 days; "
                     "not measurable in a shorter run", "repeats"),
    _of_people("resolution_time_p50", "run", "duration", "lower",
               "median over customers of the time from the first wish for contact to the end of the contact that ended the need; "
               "endless for the others", "", about="repeats"),
    _share_of_people("standing", "none", "standing", "customers", "mean standing at the start of the run, -1 (let down) to 1 (well served)",
                     "standing", unit="ratio"),
    _share_of_people("satisfaction", "higher", "satisfaction", "customers",
                     "mean satisfaction by a simple model, an assumption (docs/explanation/satisfaction.md)", "satisfaction"),
    _share_of_people("dissatisfied", "lower", "dissatisfied", "customers", "customers below 40 % satisfaction / customers", "satisfaction"),
    _share_of_people("delighted", "higher", "delighted", "customers", "customers above 85 % satisfaction / customers", "satisfaction"),
    _people("complaints", "lower", "expected number of customers who complain in public", "publicity"),
    _people("praise", "higher", "expected number of customers who praise us in public", "publicity"),
    _people("harm", "lower",
            "sum of need weight x harm; harm grows evenly from the first wish to call to an agent's answer or the end of the need, is "
            "whole from the need's `by` on and for the never served, and is counted so far for those whom we dial as the run ends"),
    _share_of_people("harm_rate", "lower", "harm", "harm_weight", "harm / the sum of weights, where needs have harm"),
    _people("barred_customers", "none", "customers who could call only once access was open"),
    _people("barred_served", "higher", "barred customers whose need an agent handled"),
    _people("barred_attempts", "none", "contacts tried by barred customers: the load that opening the network adds"),
    _people("capped_customers", "none", "customers whose trying was ended by the cap on attempts, not by themselves"),
    # Help in time: asked for with a limit, unserved_within[fraud, 2h].
    _in_time("unserved_within", "share", "lower", "unserved", "due",
             "customers still without help that long after their first wish for contact / customers who had that wish at least that "
             "long before the end of the run; help is the answer of an agent who then handled the contact, or the end of the need by "
             "a message, a machine or the person's own means; who gave up has none; nobody else is judged, helped or not"),
    _in_time("people_unserved_within", "count", "lower", "unserved", "", "the numerator of `unserved_within`: people"),
    _in_time("people_undecided_within", "count", "none", "undecided", "",
             "customers without help at the end of the run whose limit had not run out: left out of `unserved_within`, not guessed"),
    # Recovery.
    _of_run("time_to_recover", "duration", "lower",
            "from the impact until the level, after its first fall below what is asked, is back and held for 30 min, dated from the "
            "contacts and counted in opening hours; what is asked is MBCO of reachability or, without continuity objectives, the "
            "channel's target of answered in time / wanted; 0 where it never fell, endless where it is not back by the end", "",
            _WHOLE_RUN, "recovery"),
    _of_run("recovery_dated_within", "duration", "lower",
            "how exactly that return (or, where there is none, the fall) is dated: the time that the eight contacts before or after it "
            "take", "", _WHOLE_RUN, "recovery"),
    _of_run("relapses", "count", "lower", "times that the level fell below again after it was back", "", _WHOLE_RUN, "recovery"),
    _of_run("longest_below", "duration", "lower",
            "longest stretch after the impact with the level below what time_to_recover asks, in opening hours", "",
            _WHOLE_RUN, "recovery"),
    _of_run("share_above", "share", "higher", "share of the opening hours after the impact outside such stretches", "", _WHOLE_RUN,
            "recovery"),
    _of_run("resilience_loss", "duration", "lower",
            "integral of 1 - level over the opening hours after the impact: each contact stands for the time since the one before, "
            "30 min at most", "", _WHOLE_RUN, "recovery"),
    _of_run("level_after_rto", "share", "higher",
            "share of good contacts, as time_to_recover counts them, of those later than the recovery time objective after the impact", "",
            _WHOLE_RUN, "recovery"),
    _of_run("decision_latency", "duration", "lower",
            "from what calls for a decision (the event it follows, or its trigger) until it is taken, the slowest of the playbook's; "
            "endless where one is never taken", "", (), "plan"),
    _of_run("overtime", "duration", "lower", "agents' time on duty beyond the end of their shift, as promised", "overtime", (), "teams"),
    _of_run("called_in", "duration", "lower", "time on duty, outside their shifts, of agents who were called in", "overtime", (), "teams"),
    _of_run("partners", "duration", "lower", "time on duty of agents who were called in and have no roster here", "overtime", (), "teams"),
    _of_run("cost", "count", "lower", "what the playbook cost, in the scenario's own unit of money", "", (), "plan"),
)  # fmt: skip
"""In the order of reports."""
