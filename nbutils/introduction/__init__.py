"""Chapter 1: what the suite is, a small wall to practise on, and the ledger."""
