#!/usr/bin/env python
"""Yelen's commands; give --settings=cms.settings.central or cms.settings.telecentre."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.dev")
    execute_from_command_line(sys.argv)
