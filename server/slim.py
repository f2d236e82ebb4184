"""Starting Rasa without TensorFlow, which this bot never uses.

``rasa.core`` imports TensorFlow (9 s, 400 MB) for DIET and TED at the top of modules that every
bot loads, and skops (4 s) for classifiers that are not in our pipeline. There is no switch for
that, so stand-ins are put in their place before Rasa is imported. Whoever configures a component
that needs them gets a clear error at its first use.
``tests/server/test_slim.py`` tells when this is no longer needed.
"""

import importlib.abc
import importlib.machinery
import os
import sys
import types
import warnings
from collections.abc import Sequence
from typing import Any, ClassVar

ABSENT = ("tensorflow", "tensorflow_addons", "tensorflow_hub", "keras", "skops")


class _Stand(type):
    """A class that can be subclassed, called as a decorator and asked for any attribute."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _make(f"{cls.__name__}.{name}")

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        if cls.__dict__.get("_stand_in"):
            if len(args) == 1 and callable(args[0]) and not kwargs:
                return args[0]
            return cls
        return super().__call__(*args, **kwargs)

    def __getitem__(cls, _: Any) -> Any:
        return cls


def _make(name: str) -> Any:
    return _Stand(name, (), {"_stand_in": True, "__module__": __name__})


class _StandModule(types.ModuleType):
    """A module whose every attribute is a stand-in."""

    __path__: ClassVar[list[str]] = []
    __version__ = "2.12.0"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _make(name)


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the absent packages before the real ones are looked for."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: Any = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.partition(".")[0] in ABSENT:
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return _StandModule(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        pass


def prepare() -> None:
    """Put the stand-ins in place and silence what nobody can act upon.

    Must run before the first import of Rasa; does nothing the second time.
    """
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    started = any(isinstance(finder, _Finder) for finder in sys.meta_path)
    if not started and "tensorflow" not in sys.modules:
        sys.meta_path.insert(0, _Finder())
    import sanic  # noqa: F401  Sanic resets the warning filters at import.

    warnings.filterwarnings("ignore", category=DeprecationWarning)
    warnings.filterwarnings("ignore", category=FutureWarning)
    warnings.filterwarnings("ignore", message=".*pkg_resources.*")

    from server.logs import configure

    configure()
