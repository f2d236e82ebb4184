"""The report: one HTML page that needs nothing else, and the figures for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape
from pathlib import Path

import msgspec

from benchmarks.figures import Figure, Mistake, Section

STYLE = """
:root{color-scheme:light dark;--ink:#22313f;--paper:#fff;--line:#dfe5ea;--good:#1f7a6d;
--bad:#b3402e;--soft:#f4f7f8;--heat:31,122,109}
@media(prefers-color-scheme:dark){:root{--ink:#e3e9ee;--paper:#161b20;--line:#34404a;
--good:#67c9b8;--bad:#ff9d8a;--soft:#1f262d;--heat:103,201,184}}
body{font:16px/1.6 system-ui,"Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif;
color:var(--ink);background:var(--paper);max-width:70rem;margin:0 auto;padding:1rem}
h1{font-size:1.5rem}h2{font-size:1.2rem;margin-top:2.5rem;border-bottom:1px solid var(--line)}
nav a{margin-right:1rem;color:var(--good)}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid var(--line);vertical-align:top}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.good{color:var(--good)}.bad{color:var(--bad);font-weight:600}.quiet{opacity:.7}
.bar{position:relative;background:var(--soft);height:1.1rem;min-width:9rem}
.bar i{position:absolute;inset:0 auto 0 0;background:var(--good);opacity:.75}
.bar b{position:absolute;top:-.15rem;bottom:-.15rem;width:2px;background:var(--bad)}
.matrix td,.matrix th{padding:.15rem .35rem;text-align:center;font-size:.8rem;
border:1px solid var(--line)}
.matrix th.row{text-align:right;white-space:nowrap}
.matrix th.col{writing-mode:vertical-rl;white-space:nowrap}
details{margin:.6rem 0}summary{cursor:pointer}img{max-width:100%;background:#fff}
"""
# The lower end of the bars: differences between good figures stay visible.
BAR_FROM = 0.7


class Matrix(msgspec.Struct, frozen=True):
    """A confusion matrix with its caption."""

    title: str
    labels: list[str]
    counts: list[list[int]]


def write(
    folder: Path,
    sections: Sequence[Section],
    matrices: Sequence[Matrix],
    reliability: str,
    about: str,
) -> None:
    """Write index.html and figures.json.

    Args:
        folder: where to; made if missing.
        sections: all that was measured.
        matrices: confusion matrices.
        reliability: address of the plot.
        about: what was measured, one line.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.html").write_text(
        _page(sections, matrices, reliability, about), encoding="utf-8"
    )
    figures = [figure for section in sections for figure in section.figures]
    data = {"about": about, "figures": {figure.key: figure_data(figure) for figure in figures}}
    (folder / "figures.json").write_text(
        json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )


def figure_data(figure: Figure) -> dict[str, object]:
    """A figure for programs."""
    return {
        "title": figure.title,
        "value": round(figure.value, 5),
        "interval": [round(end, 5) for end in figure.interval] if figure.interval else None,
        "target": None if figure.target is None else round(figure.target, 5),
        "reached": figure.reached,
        "count": figure.count,
    }


def _page(
    sections: Sequence[Section], matrices: Sequence[Matrix], reliability: str, about: str
) -> str:
    made = datetime.now().strftime("%Y-%m-%d %H:%M")
    parts = [
        "<!doctype html><html lang='zh'><meta charset='utf-8'>",
        "<meta name='viewport' content='width=device-width,initial-scale=1'>",
        f"<title>听懂了多少</title><style>{STYLE}</style>",
        f"<h1>听懂了多少</h1><p class='quiet'>{escape(about)}，{made}</p>",
        "<nav><a href='#figures'>数字</a><a href='#slices'>各种写法</a><a href='#matrix'>混淆</a>"
        "<a href='#sure'>把握</a><a href='#errors'>错句</a></nav>",
        "<h2 id='figures'>数字与目标</h2>",
        "<p class='quiet'>方括号是 95% 区间。</p>",
        _table(section for section in sections if not _is_slices(section)),
        "<h2 id='slices'>各种写法</h2><p>竖线是目标：比原句低 3 个百分点以内。</p>",
        *(_slices(section) for section in sections if _is_slices(section)),
        "<h2 id='matrix'>混淆</h2><p>每行是应当的，每列是得到的。</p>",
        *(_matrix(matrix) for matrix in matrices),
        f"<h2 id='sure'>把握可信吗</h2><img alt='把握与实际' src='{reliability}'>",
        "<h2 id='errors'>错句</h2>",
        *(_mistakes(section.mistakes) for section in sections),
        "</html>",
    ]
    return "\n".join(parts)


def _is_slices(section: Section) -> bool:
    return all(figure.key.startswith("robust_") for figure in section.figures)


def _percent(value: float) -> str:
    return f"{100 * value:.1f}%"


def _interval(figure: Figure) -> str:
    if figure.interval is None:
        return ""
    return f"[{100 * figure.interval[0]:.1f}, {100 * figure.interval[1]:.1f}]"


def _verdict(figure: Figure) -> str:
    if figure.reached is None:
        return "<span class='quiet'>—</span>"
    return "<span class='good'>达到</span>" if figure.reached else "<span class='bad'>没到</span>"


def _table(sections: Iterable[Section]) -> str:
    rows = []
    for section in sections:
        rows.append(f"<tr><th colspan='6'>{escape(section.title)}</th></tr>")
        for figure in section.figures:
            target = "" if figure.target is None else f"≥ {_percent(figure.target)}"
            rows.append(
                f"<tr><td>{escape(figure.title)}</td><td class='n'>{_percent(figure.value)}</td>"
                f"<td class='n quiet'>{_interval(figure)}</td><td class='n'>{target}</td>"
                f"<td>{_verdict(figure)}</td><td class='quiet'>{escape(figure.count)}</td></tr>"
            )
    return f"<div class='wide'><table>{''.join(rows)}</table></div>"


def _slices(section: Section) -> str:
    def position(value: float) -> str:
        return f"{100 * max(0.0, (value - BAR_FROM) / (1 - BAR_FROM)):.1f}%"

    rows = [
        f"<tr><td>{escape(figure.title)}</td><td class='n'>{_percent(figure.value)}</td>"
        f"<td><div class='bar'><i style='width:{position(figure.value)}'></i>"
        f"<b style='left:{position(figure.target or 0)}'></b></div></td>"
        f"<td>{_verdict(figure)}</td><td class='quiet'>{escape(figure.count)}</td></tr>"
        for figure in section.figures
    ]
    return f"<div class='wide'><table>{''.join(rows)}</table></div>"


def _matrix(matrix: Matrix) -> str:
    head = "".join(f"<th class='col'>{escape(label)}</th>" for label in matrix.labels)
    rows = []
    for label, counts in zip(matrix.labels, matrix.counts, strict=True):
        whole = sum(counts)
        if not whole:
            continue
        cells = "".join(
            f"<td style='background:rgba(var(--heat),{count / whole * 0.7:.2f})'>{count or ''}</td>"
            for count in counts
        )
        rows.append(f"<tr><th class='row'>{escape(label)}</th>{cells}</tr>")
    table = f"<table class='matrix'><tr><th></th>{head}</tr>{''.join(rows)}</table>"
    is_open = " open" if len(matrix.labels) < 10 else ""
    return (
        f"<details{is_open}><summary>{escape(matrix.title)}</summary>"
        f"<div class='wide'>{table}</div></details>"
    )


def _mistakes(mistakes: Sequence[Mistake]) -> str:
    groups: dict[str, list[Mistake]] = {}
    for mistake in mistakes:
        groups.setdefault(mistake.section, []).append(mistake)
    parts = []
    for name, listed in groups.items():
        rows = "".join(
            f"<tr><td>{escape(each.text)}</td><td>{escape(each.expected)}</td>"
            f"<td class='bad'>{escape(each.got)}</td><td class='n'>{each.confidence:.2f}</td></tr>"
            for each in listed
        )
        parts.append(
            f"<details><summary>{escape(name)}（{len(listed)} 句）</summary>"
            "<div class='wide'><table>"
            f"<tr><th>句子</th><th>应当</th><th>得到</th><th class='n'>把握</th></tr>{rows}"
            "</table></div></details>"
        )
    return "".join(parts)
