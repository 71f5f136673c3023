"""A strategy is asked where there is something to choose; one that sees all is asked always, and answers come out the same."""

from __future__ import annotations

from mypy_extensions import i64

from simulator.crisis.play import simulate
from simulator.engine.strategy import Strategy, View
from simulator.workload import Workload
from tests.rules.small_centre import centre


class Listening(Strategy):
    """First come, first served by the longest idle; notes what it is asked about."""

    def __init__(self) -> None:
        self.contacts: list[int] = []
        self.agents: list[int] = []

    def agent_for(self, view: View, contact: i64) -> i64:
        self.contacts.append(int(contact))
        return view.longest_idle(0)

    def contact_for(self, view: View, agent: i64) -> i64:
        self.agents.append(int(agent))
        return view.oldest(0)


class Attentive(Listening):
    sees_all = True


def asked(strategy: Listening) -> tuple[list[int], list[int], list[float]]:
    """Two calls to one agent, the second while the first talks, and a third to an agent at rest."""
    workload = Workload.by_hand([10.0, 12.0, 40.0], talk=[5.0] * 3, patience=[60.0] * 3)
    ledger = simulate(centre(1), workload, lambda: strategy).ledger
    return strategy.contacts, strategy.agents, ledger.answered.tolist()


def test_nobody_is_asked_where_nobody_is_free_and_nothing_waits() -> None:
    assert asked(Listening()) == ([0, 2], [0], [10.0, 15.0, 40.0])


def test_who_sees_all_is_asked_about_every_contact_and_by_every_free_agent() -> None:
    contacts, agents, answered = asked(Attentive())
    assert contacts == [0, 1, 2]
    assert agents == [0, 0, 0, 0]  # at the start of the shift, and after each talk
    assert answered == [10.0, 15.0, 40.0]
