"""Measurements, as ratios against a physical limit (docs/benchmarks.md)."""
