"""How long logs take to be read and learnt from, and in how much memory.

``python -m benchmarks.learning``, part of ``make bench``: a status log of a million lines and the
web server's log of the same rollout, in a process of its own.
"""
