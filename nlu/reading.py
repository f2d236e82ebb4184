"""The pipeline's reading steps in one call, for training and for tools: text to text and entities."""

from typing import Any
