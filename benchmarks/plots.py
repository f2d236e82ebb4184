"""Plots, with a font that has Chinese characters where there is one."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from benchmarks.scoring import Bin

INK, ACCENT, PALE = "#22313f", "#1f7a6d", "#cfe3df"
FONTS = ("Noto Sans CJK SC", "Noto Sans CJK JP", "WenQuanYi Micro Hei", "SimHei", "DejaVu Sans")
# Small enough to keep in the repository.
DPI = 110


def axes(width: float, height: float) -> tuple[Any, Any]:
    """An empty figure and its axes.

    Args:
        width: inches.
        height: inches.
    """
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import font_manager, pyplot

    known = {font.name for font in font_manager.fontManager.ttflist}
    pyplot.rcParams["font.family"] = [font for font in FONTS if font in known]
    pyplot.rcParams["axes.unicode_minus"] = False
    figure, drawing = pyplot.subplots(figsize=(width, height), dpi=DPI)
    for side in ("top", "right"):
        drawing.spines[side].set_visible(False)
    drawing.tick_params(colors=INK)
    return figure, drawing


def reliability(found: Sequence[Bin], error: float) -> Any:
    """Stated confidence against the share of right decisions.

    Args:
        found: messages of like confidence.
        error: expected calibration error, between 0 and 1.
    """
    figure, drawing = axes(5.2, 4.2)
    drawing.plot([0, 1], [0, 1], color="#999999", linewidth=1, linestyle="--")
    x = [each.confidence for each in found]
    y = [each.rate.share for each in found]
    low = [each.rate.share - each.rate.interval[0] for each in found]
    high = [each.rate.interval[1] - each.rate.share for each in found]
    drawing.errorbar(x, y, yerr=[low, high], fmt="o-", color=ACCENT, ecolor=PALE, elinewidth=4)
    for each in found:
        drawing.annotate(
            str(each.rate.of), (each.confidence, each.rate.share), textcoords="offset points",
            xytext=(4, -12), fontsize=8, color=INK,
        )  # fmt: skip
    drawing.set(xlim=(0, 1.02), ylim=(0, 1.04), xlabel="自己说的把握", ylabel="实际判对的比例")
    drawing.set_title(f"把握与实际（ECE {error:.3f}）", fontsize=11, color=INK)
    figure.tight_layout()
    return figure


def as_data_uri(figure: Any) -> str:
    """A figure as the address of an image inside a page."""
    return "data:image/png;base64," + base64.b64encode(_png(figure)).decode()


def save(figure: Any, file: Path) -> None:
    """Write a figure as a small PNG."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(_png(figure))


def _png(figure: Any) -> bytes:
    from matplotlib import pyplot

    buffer = BytesIO()
    figure.savefig(buffer, format="png")
    pyplot.close(figure)
    return buffer.getvalue()
