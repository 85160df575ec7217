"""Loading the demo: a small network, its people and its course.

Nothing imports Wagtail before a centre asks for it: a telecentre loads its part too.
"""
