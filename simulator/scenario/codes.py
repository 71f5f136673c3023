"""What each code of an error or warning means, why it exists, and what to do. Told by ``crisis explain`` and the reference page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Code:
    """``severity`` is error or warning; ``text`` is for somebody who has just met it."""

    name: str
    severity: str
    text: str


ERRORS = {
    "bad-override": "A variant or `--set` names a path that leads nowhere, or a section that cannot be changed there. Paths are keys "
    "joined by dots; items of lists go by their `id`: `playbook.decide.when`.",
    "bad-value": "A value is not what is expected here. Durations, shares and rates have a unit (`30s`, `35%`, `40/h`), so that nobody "
    "has to guess.",
    "circle": "Steps wait for each other, directly or through others, so that none can ever start. Take one `needs` or `after` out.",
    "csv": "A line of a table cannot be read. Place and line are those of the CSV file. The first line names the columns; cells are "
    "separated by commas, or by semicolons where decimals have commas.",
    "data-file": "A table does not exist, is not text in UTF-8, is too large, or lies outside the project's folder.",
    "does-not-fit": "A key means nothing for this kind of channel or policy, or a channel is of a kind that cannot do this. It would have "
    "no effect, and nobody would notice. `crisis explain KIND` names the keys of a kind of channel.",
    "duplicate-id": "Two items have one `id`. Variants, triggers and the log go by it.",
    "duplicate-key": "A key is given twice in one map. Most YAML readers would silently keep the last.",
    "encoding": "The file is not text in UTF-8, or holds a control character. Save it as UTF-8 in your editor.",
    "extends": "The file named by `extends` does not exist, lies outside the project's folder, extends itself through others, or is more "
    "than five files away.",
    "file-too-big": "A scenario file has at most 1,000,000 bytes. Volumes and rosters belong in CSV files.",
    "log-order": "A log of decisions is in the order in which they were taken. A line that is earlier than the one above it has a slip in "
    "one of the two times.",
    "missing-key": "A key that has no default is not there.",
    "never-starts": "A step has neither `at` nor `when` nor `needs`: nothing would ever start it.",
    "no-file": "The file does not exist or cannot be read.",
    "other-scenario": "A log of decisions says of which scenario it is. Decisions of one cannot be replayed in another.",
    "no-team": "People make contact by a channel that no team serves, or would be handed over to nobody there. A team without `channels` "
    "serves all but callbacks; one with `channels` serves only those it names.",
    "plugin": "A file given with `--plugin` cannot be used: it cannot be read or run, it registers no strategy, event or action, or a "
    "class lacks a method or takes other arguments than it is given. The guides to strategies and to events of your own show files that "
    "work.",
    "schema": "The first line of a scenario says `schema: crisis/v1`, the version of the language it is written in.",
    "tab": "A tab indents a line. YAML indents with spaces only.",
    "too-large": "More agents, seats, lines or contacts than can be simulated: at most 100,000 agents of a team, seats of a site and "
    "lines of a link, and 20 million contacts in a run. Look for a wrong unit.",
    "unknown-key": "A key means nothing here. A misspelt key would otherwise be ignored, and its value with it.",
    "unknown-name": "A name refers to something that is not in the scenario, or to an object that does not exist.",
    "wrong-section": "Something that happens to us stands in the playbook, or something we do stands under `events`.",
    "yaml-alias": "An alias `*name` refers to an anchor `&name` that is not above it.",
    "yaml-key": "A key is a plain word, not a list or a map.",
    "yaml-merge": "Merge keys (`<<`) are not part of YAML 1.2. `extends` takes over a whole file.",
    "yaml-quote": "A value starts with a sign that means something to YAML. Put it in quotes.",
    "yaml-shape": "The file is not one map of sections: it is empty, a list, or several documents.",
    "yaml-syntax": "The file is not YAML. The mistake is on the line shown or just above it: a missing bracket, quote, comma or colon, or "
    "lines that start in different columns.",
    "yaml-tag": "A tag (`!something`) is not allowed: scenarios are plain data and never run code.",
    "yaml-too-big": "The file holds more than 20,000 values (aliases count each time they are used), is nested more than 40 deep, or "
    "contains itself.",
}
WARNINGS = {
    "after-the-end": "People would make contact only after the end of the run: their event is too late, or the shortest time until they "
    "call is too long.",
    "always-passes": "A threshold on a share allows everything from 0% to 100%, so it says nothing.",
    "at-work": "Each line of a roster is worked by agents of its own, and these look like a table of how many agents are at work by "
    "interval: short ones of one length, each where the one before ends. Say `roster: {at_work: ...}` if that is what they are.",
    "beyond-budget": "An action of the playbook costs more than the whole `budget`, so it is refused in every world.",
    "calls-at-night": "A callback channel calls people between 22:00 and 7:00.",
    "chats-for-free": "An agent may hold several chats and none goes slower for it, as if one agent were several. Measured or "
    "not, `speeds` say how fast each goes: with a minute of typing for two minutes of the customer's, 100%, 90%, 79%, 68%, 58%.",
    "closed-door": "A team is on the roster of a site that is closed and that no step opens, or that has no seats: its agents are paid and "
    "never work.",
    "contagion-gain": "While nobody is answered, each lost contact leads to at least one more: redials, and posts that breed posts. With r "
    "for the share who try again, p for the share who post and b for what a post breeds, the gain is r + p / (1 - b). At 1 and above "
    "the load grows until attempts are used up.",
    "contains-all": "A machine before the queue ends every contact of a need, so that nobody with it ever reaches an agent.",
    "continuity-order": "The maximum tolerable period of disruption (MTPD) is shorter than the recovery time objective (RTO): the promise "
    "comes too late to be of use.",
    "ends-first": "The instant in `until` is before the step can take effect.",
    "exercise-gap": "An exercise seems to have forgotten something: a player whom nobody tells anything, an objective that no inject leads "
    "to, a time allowed for nothing.",
    "few-agents": "Ordinary demand, without any crisis, keeps at least a fifth more agents busy than the roster has in some interval. Look "
    "for a wrong unit, a wrong time of day, or days without a shift.",
    "few-lines": "A site has fewer lines than agents at work: callers hear a busy signal while agents are free. Centres have some 1.3 to "
    "1.6 lines per agent.",
    "few-seats": "More agents are due at one time than the site has seats. Who has none waits for one.",
    "idle": "All demand together keeps the agents busy for less than a tenth of their time. Look for a rate per day where per hour was "
    "meant, or a headcount that is too large.",
    "led-in-a-circle": "Steps lead people with one need from channel to channel and back to where they began. A contact is led on once at "
    "most, so nobody goes round; but which step wins depends on where people start, and that is seldom meant.",
    "never-fires": "A trigger cannot fire within the run: its instant is after the end even if every range takes its lowest value, or the "
    "reading it waits for is impossible.",
    "never-free": "`keep_free` of a channel is at least the headcount of each team that serves it, so that none of its contacts is ever "
    "taken.",
    "never-opened": "A site is closed and no step of the playbook opens it.",
    "no-data": "A threshold looks at something that has no contacts or never opens, so that it could not be judged.",
    "no-calls": "A link never carries a call, because no numbers ever lead to a site that has it and nobody dials from one. `numbers` of a "
    "channel and `numbers.reroute` say where calls lead.",
    "no-effect": "A value has nothing to act on, whatever chance brings: a need that nobody has, a step that restores what never fails, a "
    "role that is busy while nobody needs it, publicity without word of mouth. It is told only if it does nothing in every variant that "
    "has it, so that a lever at 0% that a variant pulls is not doubted.",
    "no-people": "An entry of demand is nobody: no contact is expected in the run.",
    "no-skill": "No team can serve this need: its callers wait until they give up.",
    "no-source": "A value has no source. `sources` says for a path, and everything below it, whether it is a fact, a record or assumed; "
    "reports print it. Files without `sources` are asked for the sources of their ranges only.",
    "nobody-at-once": "All teams that serve a need come only after a delay (`routing.overflow`), so that each of its contacts waits at "
    "least so long, however many agents are free.",
    "nobody-answers": "A callback channel is open at hours at which nobody answers: dials are wasted, and tries used up.",
    "nobody-dials": "No team calls the people on this list. A team dials only the callback channels that it names under `channels`.",
    "open-unstaffed": "A channel is declared open while none of the teams that serve it has a shift. People are let in and wait.",
    "overload": "By likely values, all demand together is more than twice the agents' time in the whole run. Results would only show that "
    "nearly everybody got nobody.",
    "promise-too-short": "The promise of a callback lapses before all dials can have been made.",
    "reserve-beyond-lines": "The lines reserved for a need are as many as the site has, so nobody else ever gets one.",
    "run-too-short": "The run ends before the recovery time objective has passed, so whether it was met is not known.",
    "same-variant": "A variant says something and changes nothing, or is the same as another one. `{}` gives the file itself a name.",
    "set-hidden": "A variant overrides the path given by `--set`. In that variant its own value counts.",
    "share-on-top": "A need gives the first channel a share of its own, and all shares together are less than 100 %: what they leave goes "
    "to the first channel too. Write all shares, or leave the first channel out.",
    "short-patience": "People who write would give up an answer within minutes. The patience of a need holds on every channel that gives "
    "none of its own, and that of the telephone is too short for a letter.",
    "short-timeout": "The mean silence of customers is longer than the time after which their conversation is closed, so that nearly every "
    "message opens a new one.",
    "shrinkage-twice": "Absence seems to be counted twice: the roster is smaller than the headcount by just this share already; or the "
    "share is so large (20% and more) that it may include the breaks, which the roster has too. `absence` is the share of those on the "
    "roster who do not come.",
    "taken-out": "`--set` takes out a step for which others wait. They would wait for ever, so they go with it, and so does what the "
    "variants, the sources and the exercise say of them.",
    "skipped-interval": "A table of an ordinary day has calls in an interval that the clocks skip on a day of the run, in spring. They "
    "do not come on that day.",
    "takes-too-long": "A step takes effect only after the end of the run, even if every range takes its lowest value.",
    "too-many-chats": "One more chat slows the others by more than it brings: an agent with fewer at once finishes more.",
    "turn-as-talk": "A conversation has several messages, and each answer takes one talk time. Without its own `talk_time` a messaging "
    "channel takes a whole talk for each answer.",
    "unused-channel": "Nobody makes contact by this channel: no need chooses it, nobody moves to it, and no step leads to it. A list of "
    "callbacks is filled by steps.",
    "who-decides": "The log of a drill says that somebody decided what is for another role to decide, or who does not play at all. It is "
    "replayed as it stands.",
}
codes: Mapping[str, Code] = {
    name: Code(name, severity, text)
    for severity, found in (("error", ERRORS), ("warning", WARNINGS))
    for name, text in found.items()
}  # fmt: skip
