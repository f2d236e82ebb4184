"""The stand-ins for what the bot never uses: still needed, and honest."""

import os
import subprocess
import sys

from server.slim import ABSENT, IDLE
from tests.services import ROOT


def run(program: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_rasa_still_loads_what_is_left_out() -> None:
    """Without stand-ins all of it is imported, by ``rasa.core`` or by a component of a recipe."""
    program = """
import sys, importlib
import server
import rasa.core.run, rasa.core.agent
import rasa.utils.log_utils
import rasa.engine.recipes.default_components
print(*(name for name in sys.modules if "." not in name))
"""
    loaded = set(run(program, FULL_RASA="1").split())
    gone = (ABSENT | IDLE) - loaded
    assert not gone, f"Rasa no longer loads {sorted(gone)}: take them out of server/slim.py"


def test_a_server_loads_none_of_it() -> None:
    program = """
import sys
from server.slim import LeftOut, prepare, seal
prepare(serving=True)
from pathlib import Path
from server.launch import application
from server.settings import Settings
application(Settings(port=1), Path("x"))
from server.slim import ABSENT, IDLE
real = [name for name in ABSENT | IDLE
        if name in sys.modules and getattr(sys.modules[name], "__file__", None)]
print("real:", real)
import tensorflow
tensorflow.function(lambda: None)
seal()
try:
    tensorflow.constant(1)
except LeftOut as error:
    print("refused:", error)
try:
    raise tensorflow.errors.OutOfRangeError
except tensorflow.errors.OutOfRangeError:
    print("caught")
"""
    said = run(program, VAR="/tmp")
    assert "real: []" in said
    assert "refused: tensorflow.constant" in said
    assert "FULL_RASA" in said


def test_training_keeps_what_it_needs() -> None:
    said = run(
        "import server.slim as s; s.prepare(); import sklearn, scipy; print(sklearn.__file__)"
    )
    assert "site-packages" in said


def test_numbers_are_multiplied_in_one_thread() -> None:
    count = "import os, numpy; print(len(os.listdir('/proc/self/task')))"
    prepared = "import os; os.environ.pop('OPENBLAS_NUM_THREADS', None)\n{}" + count
    assert int(run(prepared.format("from server.slim import prepare; prepare()\n"))) == 1
    if len(os.sched_getaffinity(0)) > 1:
        assert int(run(prepared.format(""))) > 1, "numpy needs no OPENBLAS_NUM_THREADS any more"
