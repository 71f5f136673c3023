"""Many runs of one scenario: replications, variants on the same customers, processes, failures as data.

Nothing is imported here, so that :mod:`simulator.experiment.workers` can be used before anything heavy is loaded.
"""
