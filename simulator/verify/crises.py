"""Cases of what a crisis is made of: people who come once, messages, channels beside the telephone, links that fail."""

from __future__ import annotations

import math
from collections.abc import Iterator

from scipy.special import ndtr

from simulator.verify import exact
from simulator.verify.case import SHORT, Case, Check
from simulator.verify.checks import MINUTE, SETTLED, delayed, seconds, share, waiting
from simulator.verify.quantity import at_instants, down, kept_books, looks, measured, ratio, spread


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
        "sixty people, six agents, ten lines",
        "finite-population",
        (
            Check("attempts per customer", measured("attempts_per_customer"), attempts / 60, "number"),
            Check("never served", measured("never_served"), never / 60),
            Check("served", measured("served"), served, "number"),
            Check("give up, of offered", ratio("abandoned", "offered"), abandoned / (attempts - refused)),
            Check("busy signals, of arrived", ratio("blocked", "arrived"), refused / attempts),
            Check("mean wait, s", measured("mean_wait"), waits / (attempts - refused) * MINUTE, "seconds"),
        ),
        SHORT,
    )
    wait = exact.drain_wait(60, 8, 1 / 15)
    made, differ = exact.drain_looks(60, 8, 1 / 15, first=2 - 1 / 60, every=2.0, last=360.0)
    checks = (
        Check("mean wait, s", measured("mean_wait"), wait * MINUTE, "seconds"),
        Check("Little's law: time in queue / summed waits", kept_books(), 1.0, "number"),
        Check("looks, every two minutes, that find somebody in service", looks("lines"), made, "number"),
        Check("their variance", looks("lines", about=made), differ, "spread"),
    )
    yield Case("DR-1", "sixty at once", "drain", checks, SHORT)
    called = 240
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
    full, length = exact.sharing(0.2, 10.0, (1.0, 0.8, 0.6, 0.45))
    yield Case(
        "CH-4",
        "chats that slow each other, whoever finds four leaves",
        "chat-slows",
        (share("abandon_rate", full), Check("a chat, s", measured("aht", **SETTLED), length * MINUTE, "seconds")),
    )
    late, wait, letters = exact.blended(8.0, 1.0, 12, keep=1)
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
