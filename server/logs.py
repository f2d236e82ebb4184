"""Logging that an operator can read and that holds nothing a person wrote."""

import logging
import os

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
# Below WARNING, Rasa logs messages, entities and slots word for word.
QUIETEST_FOR_RASA = logging.WARNING


def configure() -> None:
    """Set levels and format; ``LOG_LEVEL`` moves our own loggers only."""
    import structlog
    from rasa.utils.log_utils import configure_structlog

    name = os.environ.get("LOG_LEVEL", "INFO").upper()
    own = name if name in LEVELS else "INFO"
    logging.basicConfig(
        level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s", force=True
    )
    for package in ("server", "channels", "actions"):
        logging.getLogger(package).setLevel(own)
    configure_structlog(QUIETEST_FOR_RASA)
    structlog.configure(cache_logger_on_first_use=True)
    for package in ("rasa", "matplotlib", "apscheduler", "sanic.root", "sanic.access"):
        logging.getLogger(package).setLevel(QUIETEST_FOR_RASA)
