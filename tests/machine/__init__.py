"""A centre, telecentres, sticks and a courier, driven at random: see docs/reference/sync-faults.md."""
