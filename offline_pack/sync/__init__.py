"""The sync protocol: what is said, how it is taken, what is made of the answer. No network here.

docs/reference/sync-protocol.md is the law; ``offline_pack.transport`` carries the bytes.
"""
