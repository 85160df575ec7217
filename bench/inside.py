"""Run one function inside an instance: ``python -m bench.inside MODULE:FUNCTION [ARGUMENT...]``.

The last line on standard output is what the function returned, as JSON, with the most memory the
process ever had.
"""

from __future__ import annotations

import importlib
import json
import os
import sys

import django

from bench.measuring import memory_mb


def main(target: str, *arguments: str) -> None:
    django.setup()
    module, _colon, name = target.partition(":")
    found = getattr(importlib.import_module(module), name)(*arguments)
    print(json.dumps({**found, "peak_mb": memory_mb(os.getpid(), "VmHWM")}))


if __name__ == "__main__":
    main(*sys.argv[1:])
