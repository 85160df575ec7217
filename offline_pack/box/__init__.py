"""The USB box: the same signed batches and answers, sealed in files (sync-protocol.md, Boxes)."""
