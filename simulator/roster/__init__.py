"""The arithmetic of rosters: how many agents an interval takes, which shifts cover that, what they cost. Nothing is simulated here."""
