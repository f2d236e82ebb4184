"""The launcher: training, serving, and the few places where Rasa has to be worked around."""

import sys

if sys.dont_write_bytecode:
    # The Makefile keeps __pycache__ out of the tree. Compiling 1,200 modules anew would make each
    # start three times as long, so what is compiled is kept beside the environment.
    sys.dont_write_bytecode = False
    sys.pycache_prefix = f"{sys.prefix}/pycache"
