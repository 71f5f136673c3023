"""The figure of a calibration: the usual day of those held out, observed and simulated, with its 90 % band."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from simulator.calibration.comparing import Comparison
from simulator.document.blocks import Picture


def days_picture(found: Comparison) -> Picture:
    """Share who gave up and mean wait by the time of day, over all days that were simulated."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from simulator.report.figures.frame import BLUE, INK, VERMILLION

    figure = Figure(figsize=(9.2, 5.2), dpi=120, facecolor="white", layout="constrained")
    FigureCanvasAgg(figure)
    slots = found.replay.observed["arrived"].shape[-1]
    clock = np.arange(slots) * 24 / slots
    panels = figure.subplots(2, 1, sharex=True)
    for panel, above, below, title, scale in (
        (panels[0], "abandoned", "arrived", "gave up, % of those who reached the queue", 100.0),
        (panels[1], "answer_wait", "answered", "mean wait of the answered, s", 1.0),
    ):
        seen = _ratio(found.replay.observed[above].sum(axis=(0, 1)), found.replay.observed[below].sum(axis=(0, 1))) * scale
        made = _ratio(found.replay.simulated[above].sum(axis=(1, 2)), found.replay.simulated[below].sum(axis=(1, 2))) * scale
        known = np.isfinite(seen) & np.isfinite(made).all(axis=0)
        if not known.any():
            continue
        low, high = np.quantile(made[:, known], (0.05, 0.95), axis=0)
        panel.fill_between(clock[known], low, high, color=BLUE, alpha=0.2, linewidth=0, label="simulated, 90 % band")
        panel.plot(clock[known], made[:, known].mean(axis=0), color=BLUE, label="simulated, mean")
        panel.plot(clock[known], seen[known], color=VERMILLION, marker="o", ms=3, ls="--", label="observed")
        panel.set_title(title, loc="left", fontsize=9, color=INK)
        panel.spines[["top", "right"]].set_visible(False)
        panel.tick_params(labelsize=8)
        panel.set_ylim(bottom=0)
    panels[0].legend(frameon=False, fontsize=8)
    panels[1].set_xlabel("hour of the day", fontsize=8)
    made_bytes = io.BytesIO()
    figure.savefig(made_bytes, format="png", metadata={"Software": None})
    inside, intervals = found.intervals
    says = (
        f"{inside} of {intervals} intervals of {len(found.replay.days)} days lie inside their 90 % band."
        if intervals
        else "Too few calls for bands."
    )
    return Picture("days", "The observed days, and the simulated ones", says, made_bytes.getvalue())


def _ratio(above: np.ndarray[Any, Any], below: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(below > 0, above / np.maximum(below, 1e-9), np.nan)
