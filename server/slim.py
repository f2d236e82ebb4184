"""Starting Rasa without what this bot never uses.

``rasa.core`` imports TensorFlow (9 s, 400 MB) for DIET and TED at the top of modules that every
bot loads, and the client libraries of every channel, broker and store there is. There is no switch
for that, so stand-ins are put in their place before Rasa is imported.

Whoever configures a component that needs one of them gets a clear error at its first use;
``FULL_RASA=1`` loads everything. ``tests/server/test_slim.py`` tells when a stand-in is no longer
needed.
"""

import contextlib
import importlib
import importlib.abc
import importlib.machinery
import os
import sys
import types
import warnings
from collections.abc import Sequence
from typing import Any, ClassVar

# Never needed: neither to train nor to serve.
ABSENT = frozenset({"tensorflow", "keras"})
# Needed by components, channels, brokers and stores that a server of this bot does not run.
IDLE = frozenset(
    {
        *("sklearn", "scipy", "joblib", "matplotlib", "dask"),
        *("aiogram", "slack_sdk", "webexteamssdk", "twilio", "fbmessenger", "socketio", "google"),
        *("boto3", "botocore", "pymongo", "aio_pika", "aiormq", "apscheduler", "structlog_sentry"),
        *("sanic_jwt", "jwt", "cachecontrol", "questionary", "prompt_toolkit"),
    }
)
# What other packages import only if it is there.
_OPTIONAL = ("rich", "portalocker.redis")
_ERRORS = ("Error", "Exception", "Failure", "Warning")
_sealed = False


class LeftOut(RuntimeError):
    """A stand-in was used as though it were the real thing."""

    # Its text quotes nobody.
    loggable = True


class _Stand(type):
    """A class that can be subclassed, called as a decorator and asked for any attribute."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        made = _make(f"{cls.__name__}.{name}")
        setattr(cls, name, made)
        return made

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        if cls.__dict__.get("_stand_in"):
            if _sealed:
                raise LeftOut(f"{cls.__name__} 没有加载（为了启动快）；确实要用请设 FULL_RASA=1。")
            if len(args) == 1 and callable(args[0]) and not kwargs:
                return args[0]
            return cls
        return super().__call__(*args, **kwargs)

    def __getitem__(cls, _: Any) -> Any:
        return cls


def _make(name: str) -> Any:
    if name.endswith(_ERRORS):
        # Something to catch has to be an exception.
        return type(name, (Exception,), {"__module__": __name__})
    return _Stand(name, (), {"_stand_in": True, "__module__": __name__})


class _StandModule(types.ModuleType):
    """A module whose every attribute is a stand-in."""

    __path__: ClassVar[list[str]] = []  # type: ignore[misc]
    __version__ = "2.12.0"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        made = _make(f"{self.__name__}.{name}")
        setattr(self, name, made)
        return made


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the absent packages before the real ones are looked for."""

    def __init__(self, absent: frozenset[str]) -> None:
        self.absent = absent

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: Any = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.partition(".")[0] in self.absent:
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return _StandModule(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        pass


def prepare(serving: bool = False) -> None:
    """Put the stand-ins in place and silence what nobody can act upon.

    Must run before the first import of Rasa; does nothing the second time.

    Args:
        serving: also leave out what only training and other people's channels need.
    """
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    # Pinyin of single signs is all we ask for; the phrases take half a second.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    # A message multiplies so few numbers that two threads spend most of the time waiting for each
    # other, which costs the processor three times as much.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    started = any(isinstance(finder, _Finder) for finder in sys.meta_path)
    if not started and "rasa.core" not in sys.modules and not os.environ.get("FULL_RASA"):
        sys.meta_path.insert(0, _Finder(ABSENT | IDLE if serving else ABSENT))
        if serving:
            _import_plainly()
    import sanic  # noqa: F401  Sanic resets the warning filters at import.

    warnings.filterwarnings("ignore", category=DeprecationWarning)
    warnings.filterwarnings("ignore", category=FutureWarning)
    warnings.filterwarnings("ignore", message=".*pkg_resources.*")
    # Said of any domain whose slots are all left to actions.
    warnings.filterwarnings("ignore", message="Slot auto-fill has been removed")

    from server.logs import configure

    configure()


def _import_plainly() -> None:
    """Import structlog, Sanic and portalocker without what they load if they can get it."""
    with contextlib.suppress(ImportError):
        import _distutils_hack

        # Sanic wants one function of distutils, which setuptools would replace by its own.
        _distutils_hack.remove_shim()
    missing = [name for name in _OPTIONAL if name not in sys.modules]
    for name in missing:
        sys.modules[name] = None  # type: ignore[assignment]
    try:
        importlib.import_module("structlog")
        importlib.import_module("portalocker")
    finally:
        for name in missing:
            del sys.modules[name]


def seal() -> None:
    """From now on a stand-in that is called says so, instead of standing in."""
    global _sealed
    _sealed = True
