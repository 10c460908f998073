"""A replica of the X API v2 on a loopback port, which plays scenarios: for the demonstration, for drills, for tests."""
