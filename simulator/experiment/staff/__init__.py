"""``crisis staff``: rosters as texts, what a world leaves of one, targets in their scopes, the search that proposes and judges."""
