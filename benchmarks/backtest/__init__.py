"""Back-tests on real centres: a bank's half-hours predicted from arrivals and staff alone, and one day of another centre replayed."""
