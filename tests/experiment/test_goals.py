"""Pass marks and precisions as one line of text: what is read, and what is refused before anything is simulated."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simulator.errors import UsageError
from simulator.experiment.goals import marked, precision, threshold
from simulator.model.world import Model, Phase, Threshold


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("voice.abandon_rate[after] <= 40%",
         Threshold("abandon_rate-after-voice", "abandon_rate", {"phase": "after", "channel": "voice"}, max=0.4)),
        ("never_served[rescue] <= 40 %", Threshold("never_served-rescue", "never_served", {"need": "rescue"}, max=0.4)),
        ("mean_wait>=1m30s", Threshold("mean_wait", "mean_wait", {}, min=90.0)),
        ("people_never_served <= 1.5k", Threshold("people_never_served", "people_never_served", {}, max=1500.0)),
        ("served >= 200", Threshold("served", "served", {}, min=200.0)),
        ("never_served[need=rescue, phase=after] <= 40%",
         Threshold("never_served-after-rescue", "never_served", {"phase": "after", "need": "rescue"}, max=0.4)),
        ("unserved_within[rescue, 120m] <= 10%",
         Threshold("unserved_within-rescue-2h", "unserved_within", {"need": "rescue", "within": "2h"}, max=0.1)),
    ],
)  # fmt: skip
def test_a_line_is_read_as_a_pass_mark(model: Model, text: str, read: Threshold) -> None:
    assert threshold(text, model) == read


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("abandon_rat <= 40%", "did you mean `abandon_rate`"),
        ("abandon_rate[nowhere] <= 40%", "there is no phase, need, channel or site `nowhere`"),
        ("unserved_within[rescue] <= 10%", "needs a limit of time: `unserved_within[rescue, 2h]`"),
        ("unserved_within[rescue, 61m] <= 10%", "1h1m is no limit that people are counted at; the nearest is 1h"),
        ("unserved_within[rescue, 90s] <= 10%", "the nearest is 1m"),
        ("unserved_within[1h, 2h] <= 10%", "are both a limit of time"),
        ("unserved_within[after, 2h] <= 10%", "`unserved_within` does not exist by phase"),
        ("never_served[2h] <= 40%", "takes no limit of time such as 2h; `unserved_within` does"),
        ("abandon_rate[] <= 40%", "the brackets are empty"),
        ("fax.abandon_rate <= 40%", "there is no channel `fax`"),
        ("abandon_rate[before, after] <= 40%", "are both a phase"),
        ("never_served[voice] <= 40%", "`never_served` does not exist by channel"),
        ("abandon_rate < 40%", "with <= or >=, not <"),
        ("abandon_rate == 40%", "with <= or >=, not =="),
        ("abandon_rate <= 40", "did you mean 40%?"),
        ("abandon_rate <= ", "expected a share"),
        ("abandon_rate <= many", "expected a share"),
        ("mean_wait <= 30", "did you mean 30s or 30m?"),
        ("abandon_rate", "write it like `voice.abandon_rate[shock] <= 40%`"),
        ("", "is not a threshold"),
        ("<= 40%", "is not a threshold"),
    ],
)
def test_what_is_no_pass_mark_is_refused_with_a_sentence(model: Model, text: str, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        threshold(text, model)
    assert said in str(refused.value)


def test_a_phase_that_the_run_never_reaches_is_no_scope(model: Model) -> None:
    clock = replace(model.clock, phases=(*model.clock.phases, Phase("tomorrow", model.clock.duration)))
    with pytest.raises(UsageError, match="`tomorrow`"):
        threshold("abandon_rate[tomorrow] <= 40%", replace(model, clock=clock))


def test_a_name_of_two_things_has_to_be_told_apart(model: Model) -> None:
    twice = replace(model, needs=(replace(model.needs[0], name="after"), *model.needs[1:]))
    with pytest.raises(UsageError, match="write `phase=after`"):
        threshold("never_served[after] <= 40%", twice)
    assert threshold("never_served[need=after] <= 40%", twice).scope == {"need": "after"}


def test_a_second_mark_of_the_same_measure_gets_a_name_of_its_own(model: Model) -> None:
    texts = ("never_served[rescue] <= 40%", "never_served[rescue] >= 1%")
    ids = [t.id for t in marked({"x": model}, texts)["x"].thresholds]
    assert len(ids) == len(set(ids)) == len(model.thresholds) + 2


def test_the_marks_of_the_file_can_be_left_out(model: Model) -> None:
    assert model.thresholds
    assert marked({"x": model}, (), own=False)["x"].thresholds == ()


@pytest.mark.parametrize(
    ("text", "measure", "wanted"),
    [("voice.service_level[after]=2pp", "service_level", 0.02), ("mean_wait = 30s", "mean_wait", 30.0), ("served=12.5", "served", 12.5)],
)
def test_a_line_is_read_as_a_precision(model: Model, text: str, measure: str, wanted: float) -> None:
    found = precision(text, model)
    assert found.measure == measure
    assert found.half_width == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("service_level=2%", "did you mean 2pp?"),
        ("service_level=0pp", "the half-width must be more than 0"),
        ("service_level <= 2pp", "given with =, not <="),
        ("mean_wait=2pp", "expected a duration"),
        ("service_level", "is not a precision"),
        ("servce_level=2pp", "did you mean `service_level`"),
    ],
)
def test_what_is_no_precision_is_refused_with_a_sentence(model: Model, text: str, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        precision(text, model)
    assert said in str(refused.value)
