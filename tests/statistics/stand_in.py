"""An act of which only the name matters."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Named:
    name: str
