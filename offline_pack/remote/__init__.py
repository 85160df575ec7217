"""Packs over the network: only the byte ranges that are not here yet, whatever the line is like.

``client`` speaks HTTP, ``lines`` has patience with it, ``head`` reads what stands at the start of
a pack, ``drafts`` and ``runs`` say which ranges are wanted, ``fetching`` brings them, and
``importing`` makes a course of it.
"""
