"""A secret of the tests' own, so that none is made in the project."""

import os

os.environ.setdefault("WEB_SECRET", "only-for-tests-" + "x" * 32)
