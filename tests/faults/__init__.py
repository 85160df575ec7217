"""Faults that really happen: killed processes, cut power, full and failing disks, bad packs."""
