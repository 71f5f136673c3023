"""From a planner's own export to a scenario: tables are read and said back, the assumptions estimated, the ordinary day compared."""
