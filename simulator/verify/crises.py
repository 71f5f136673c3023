"""Cases of what a crisis is made of: people who come once, messages, channels beside the telephone, links that fail."""

from __future__ import annotations

import math
from collections.abc import Iterator

from scipy.special import ndtr

from simulator.verify import channelled, exact
from simulator.verify.case import SHORT, Case, Check
from simulator.verify.checks import MINUTE, SETTLED, delayed, seconds, share, waiting
from simulator.verify.quantity import at_instants, down, kept_books, looks, measured, ratio, spread

LITTLE = Check("Little's law: time in queue / summed waits", kept_books(), 1.0, "number")
"""Of centres in which nobody waits any more when the run ends."""
TIMES = 20
"""How often the same sixty people call in ``finite-population``."""


def crises() -> Iterator[Case]:
    """All of them."""
    yield from _finite()
    yield from _information()
    yield from _channels()
    yield from _failures()


def _finite() -> Iterator[Case]:
    attempts, served, never, abandoned, refused, waits = exact.finite_population(
        60, 10, 6, first=0.5, mu=1.0, theta=1.0, gamma=0.5, again=0.9
    )
    yield Case(
        "FP-1",
        "sixty people, six agents, ten lines, twenty times",
        "finite-population",
        (
            Check("attempts per customer", measured("attempts_per_customer"), attempts / 60, "number"),
            Check("never served", measured("never_served"), never / 60),
            Check("served", measured("served"), TIMES * served, "number"),
            Check("give up, of offered", ratio("abandoned", "offered"), abandoned / (attempts - refused)),
            Check("busy signals, of arrived", ratio("blocked", "arrived"), refused / attempts),
            Check("mean wait, s", measured("mean_wait"), waits / (attempts - refused) * MINUTE, "seconds"),
            LITTLE,
        ),
        SHORT,
    )
    wait = exact.drain_wait(60, 8, 1 / 15)
    made, differ = exact.drain_looks(60, 8, 1 / 15, first=10 - 1 / 60, every=10.0, last=360.0)
    checks = (
        Check("mean wait, s", measured("mean_wait"), wait * MINUTE, "seconds"),
        LITTLE,
        Check("looks, every ten minutes, that find somebody in service", looks("lines"), 10 * made, "number"),
        Check("their variance", looks("lines", about=10 * made), 10 * differ, "spread"),
    )
    yield Case("DR-1", "sixty at once, ten times", "drain", checks, SHORT)
    engset, talking = channelled.few_sources(10, 4, 0.2, 1.0)
    talk = Check("lines busy", measured("occupancy", **SETTLED), talking / 4)
    yield Case("EN-1", "ten people and four lines, who call again and again (Engset)", "sources", (share("block_rate", engset), talk), 400)
    called = 1500
    people: tuple[Check, ...] = ()
    for row, minutes in enumerate((30, 60, 90, 120, 150, 180)):
        come = 0.8 * float(ndtr(math.log(minutes / 90) / 0.5))
        if minutes in {60, 90, 120, 180}:
            people += (
                Check(f"there after {minutes} min", at_instants("online", row, column=-1), called * come, "number"),
                Check(
                    f"its variance after {minutes} min",
                    at_instants("online", row, called * come, column=-1),
                    called * come * (1 - come),
                    "spread",
                ),
            )
    yield Case("CM-1", "mobilisation", "mobilisation", people, SHORT)


def _information() -> Iterator[Case]:
    """A message sent half an hour after the need arose, which one of two read within 21 minutes, and which helps three of five."""
    first, read = 0.3, 2.0
    calls = 1 - 0.6 * math.exp(-first * 0.5) * read / (first + read)
    checks = (
        Check("first calls", measured("fresh_contacts"), 1000 * calls, "number"),
        Check("their variance", spread(measured("fresh_contacts"), 1000 * calls), 1000 * calls * (1 - calls), "spread"),
    )
    yield Case("IN-1", "a message that prevents calls", "message", checks, SHORT)


def _channels() -> Iterator[Case]:
    menu = exact.impatient(8.4, 0.25, 0.5, 30, 200, 0.2)
    helped = Check("helped by the menu", ratio("contained", "arrived", **SETTLED), 0.3)
    lost = (share("abandon_rate", menu.abandoned), seconds("mean_wait", menu.wait))
    yield Case("IV-1", "self-service before the queue", "self-service", (helped, delayed(menu.delayed), *lost))
    nine = exact.impatient(2.0, 0.25, 0.2, 9, 200, 0.2)
    yield Case("CH-2", "three chats an agent, none slower: nine servers", "chat", waiting(nine, 9)[:4])
    full, length = channelled.sharing(0.2, 10.0, (1.0, 0.8, 0.6, 0.45))
    yield Case(
        "CH-4",
        "chats that slow each other, whoever finds four leaves",
        "chat-slows",
        (share("abandon_rate", full), Check("a chat, s", measured("aht", **SETTLED), length * MINUTE, "seconds")),
    )
    shares = channelled.sharing(0.7, 1.0, [1 / j for j in range(1, 61)])[1]
    spent = Check("a chat, s", measured("aht", **SETTLED), shares * MINUTE, "seconds")
    yield Case("CH-5", "chats that share an agent evenly (processor sharing)", "chat-shares", (spent,))
    busy, reply = channelled.talking(3, 1.0, 2.0)
    turns = (
        Check("occupancy", measured("occupancy", **SETTLED), busy),
        seconds("reply_time", reply),
    )
    yield Case("CH-6", "three conversations, one agent (machine repair)", "conversations", turns, 600)
    back = channelled.called_back(9.0, 1.0, 0.5, 10, from_queue=2, accept=0.6, keep=1)
    called = (
        Check("take the callback", ratio("callbacks_promised", "offered", **SETTLED), back.accepted),
        share("abandon_rate", back.abandoned),
        Check("mean queue", measured("queue_mean", **SETTLED), back.queue, "number"),
        seconds("callback_delay", back.delay),
        Check("occupancy", measured("occupancy", **SETTLED), back.busy / 10),
    )
    yield Case("CB-2", "callbacks, one agent kept free", "callback", called)
    late, wait, letters = channelled.blended(8.0, 1.0, 12, keep=1)
    shared = (
        delayed(late, need="call"),
        seconds("mean_wait", wait, need="call"),
        Check("occupancy", measured("occupancy", **SETTLED), (8 + letters) / 12),
    )
    yield Case("BL-1", "calls and letters, one agent kept free", "blending", shared)


def _failures() -> Iterator[Case]:
    hours = 360 * 24.0
    for name, says, file, beta in (
        ("CC-1", "two links, a tenth of their failures in common", "links-common-cause", 0.1),
        ("CC-2", "two links in one duct, half of their failures in common", "links-one-duct", 0.5),
    ):
        some, both = exact.two_links(1000.0, 8.0, beta, hours)
        checks = (
            Check("time with a link down", down(1), some),
            Check("time with both down", down(2), both),
            Check("callers who meet both down", ratio("lost_cut_link", "attempted"), both),
        )
        yield Case(name, says, file, checks, SHORT)
