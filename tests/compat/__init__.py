"""Packs of every format version that was ever released, which must be read for ever."""
