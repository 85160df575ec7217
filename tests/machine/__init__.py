"""A district driven at random: docs/reference/sync-faults.md tells what may happen in it."""
