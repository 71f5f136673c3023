"""Many runs of one scenario: replications, variants on the same customers, processes, failures as data."""

from simulator.experiment.pool import Progress
from simulator.experiment.result import Effort, Result
from simulator.experiment.study import ALL, NothingFinished, study, variants_of
from simulator.experiment.task import Failure

__all__ = ["ALL", "Effort", "Failure", "NothingFinished", "Progress", "Result", "study", "variants_of"]
