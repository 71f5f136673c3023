"""What happened in a run: facts only, no averages."""

from simulator.records.run import Ledger, LogEntry, Observations, Persons, Pieces, Run

__all__ = ["Ledger", "LogEntry", "Observations", "Persons", "Pieces", "Run"]
