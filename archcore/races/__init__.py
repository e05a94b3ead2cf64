"""Every interleaving of a scenario: who takes which step when, and what it comes to."""
