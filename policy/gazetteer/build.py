"""Make ``divisions.json`` and ``joins.json`` again; README.md beside this file says from what.

Run: ``python -m policy.gazetteer.build <folder dist of china-division>``
"""

import json
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from policy.region_names import base_name
from policy.regions import Regions

FOLDER = Path(__file__).parent
# Rows of the statistics bureau that are no places of their own.
FOLDED_ROWS = ("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划")
ISLANDS = {"香港特别行政区": "810000", "澳门特别行政区": "820000", "台湾省": "710000"}
# A name counts as this frequent at least: in our domain places are likelier than in prose.
FLOOR = 60
# Words rarer than this are no reason to doubt a name.
COMMON = 100


def divisions(dist: Path) -> dict[str, dict[str, str]]:
    """Read the source data.

    Args:
        dist: folder with pca-code.json and HK-MO-TW.json of the npm package.

    Returns:
        ``rows``: province name to "code name code name …" of everything in it, province first;
        ``folded``: code of 港澳台 to names below it, which have no published codes.
    """
    rows: dict[str, str] = {}
    for province in json.loads((dist / "pca-code.json").read_text(encoding="utf-8")):
        parts = [f"{province['code']}0000 {province['name']}"]
        for city in province["children"]:
            if city["name"] not in FOLDED_ROWS:
                parts.append(f"{city['code']}00 {city['name']}")
            # 东莞, 中山, 儋州 and 嘉峪关 have towns (nine digits) where others have counties.
            parts += [
                f"{county['code']} {county['name']}"
                for county in city.get("children", [])
                if len(county["code"]) == 6
            ]
        rows[province["name"]] = " ".join(parts)
    folded: dict[str, str] = {}
    islands = json.loads((dist / "HK-MO-TW.json").read_text(encoding="utf-8"))
    for name, below in islands.items():
        code = ISLANDS[name]
        rows[name] = f"{code} {name}"
        # Taiwan's towns are left out: nearly all of them are ordinary words.
        names = list(below) if code == "710000" else [*below, *(n for ns in below.values() for n in ns)]
        folded[code] = " ".join(name.split("（")[0] for name in names)
    return {"rows": rows, "folded": folded}


def word_counts(dictionary: Path) -> dict[str, int]:
    """Words and how often they were counted, from a jieba dictionary, names of places left out."""
    counts: dict[str, int] = {}
    for line in dictionary.read_text(encoding="utf-8").splitlines():
        word, count, tag = line.split(" ")
        if tag != "ns" or len(word) == 1:
            counts[word] = int(count)
    return counts


def joins(names: Iterable[str], counts: dict[str, int]) -> dict[str, str]:
    """Neighbours beside which a two-character name is more likely a chance meeting of two words.

    「新会」 before 员 is 新 + 会员; 「新余」 before 额 is 新 + 余额. By the counts of single words,
    the other cut is compared with the name's own.

    Returns:
        name to "characters on its left|characters on its right".
    """
    starting: dict[str, list[str]] = defaultdict(list)
    ending: dict[str, list[str]] = defaultdict(list)
    for word, count in counts.items():
        if len(word) == 2 and count >= COMMON:
            starting[word[0]].append(word)
            ending[word[1]].append(word)
    result: dict[str, str] = {}
    for name in sorted(set(names)):
        own = max(FLOOR, counts.get(name, 0))
        left = {
            word[0]
            for word in ending[name[0]]
            if counts[word] * counts.get(name[1], 1) > own * counts.get(word[0], 1)
        }
        right = {
            word[1]
            for word in starting[name[1]]
            if counts[word] * counts.get(name[0], 1) > own * counts.get(word[1], 1)
        }
        if left or right:
            result[name] = "".join(sorted(left)) + "|" + "".join(sorted(right))
    return result


def main() -> None:
    """Write both files."""
    import jieba  # only needed here

    data = divisions(Path(sys.argv[1]))
    _write(FOLDER / "divisions.json", data)
    counts = word_counts(Path(jieba.__file__).parent / "dict.txt")
    regions = Regions.load()
    counties = [row.full_name for row in regions if row.level == "county"]
    guarded = {base_name(name) for name in counties} | set(counties)
    guarded |= set(regions.guarded)
    found = joins((name for name in guarded if len(name) == 2), counts)
    _write(FOLDER / "joins.json", found)
    print(f"{len(regions)} regions, {len(found)} names with unlikely neighbours")


def _write(file: Path, data: object) -> None:
    text = json.dumps(data, ensure_ascii=False, indent=0)
    file.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
