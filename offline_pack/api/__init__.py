"""The doors of the centre for telecentres: /sync/v1/ (docs/reference/sync-protocol.md)."""
