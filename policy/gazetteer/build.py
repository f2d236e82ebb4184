"""Make ``divisions.json`` and ``joins.json`` again; README.md beside this file says from what.

Run: ``python -m policy.gazetteer.build <folder dist of china-division>``
"""

import json
import sys
from collections import defaultdict
from pathlib import Path

from policy.region_names import base_name
from policy.regions import Regions

FOLDER = Path(__file__).parent
# Rows of the statistics bureau that are no places of their own.
FOLDED_ROWS = ("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划")
ISLANDS = {"香港特别行政区": "810000", "澳门特别行政区": "820000", "台湾省": "710000"}
# A name counts as this frequent at least: in our domain places are likelier than in prose.
FLOOR = 60
# Cities and provinces are named that much more often here than in the books that were counted.
CITY_WEIGHT = 10
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
        names = (
            list(below) if code == "710000" else [*below, *(n for ns in below.values() for n in ns)]
        )
        folded[code] = " ".join(name.split("（")[0] for name in names)
    return {"rows": rows, "folded": folded}


def word_counts(dictionary: Path) -> tuple[dict[str, int], dict[str, int]]:
    """How often words were counted, from a jieba dictionary: other words, and names of places."""
    words: dict[str, int] = {}
    places: dict[str, int] = {}
    for line in dictionary.read_text(encoding="utf-8").splitlines():
        word, count, tag = line.split(" ")
        (places if tag == "ns" and len(word) > 1 else words)[word] = int(count)
    return words, places


def joins(names: dict[str, int], words: dict[str, int]) -> dict[str, str]:
    """Neighbours beside which a two-character name is more likely a chance meeting of two words.

    「新会」 before 员 is 新 + 会员; 「成都」 behind 完 is 完成 + 都. By the counts of single words,
    the other cut is compared with the name's own.

    Args:
        names: name to how often it is to be taken to occur.
        words: word to how often it was counted.

    Returns:
        name to "characters on its left|characters on its right".
    """
    starting: dict[str, list[str]] = defaultdict(list)
    ending: dict[str, list[str]] = defaultdict(list)
    for word, count in words.items():
        if len(word) == 2 and count >= COMMON:
            starting[word[0]].append(word)
            ending[word[1]].append(word)
    result: dict[str, str] = {}
    for name, own in sorted(names.items()):
        left = {
            word[0]
            for word in ending[name[0]]
            if words[word] * words.get(name[1], 1) > own * words.get(word[0], 1)
        }
        right = {
            word[1]
            for word in starting[name[1]]
            if words[word] * words.get(name[0], 1) > own * words.get(word[1], 1)
        }
        if left or right:
            result[name] = "".join(sorted(left)) + "|" + "".join(sorted(right))
    return result


def main() -> None:
    """Write both files."""
    import jieba  # only needed here

    data = divisions(Path(sys.argv[1]))
    _write(FOLDER / "divisions.json", data)
    words, places = word_counts(Path(jieba.__file__).parent / "dict.txt")
    regions = Regions.load()
    names: dict[str, int] = {}
    for row in regions:
        for name in (base_name(row.full_name), row.full_name):
            if len(name) == 2:
                known = max(FLOOR, places.get(name, 0))
                weight = known * (1 if row.level == "county" else CITY_WEIGHT)
                names[name] = max(weight, names.get(name, 0))
    found = joins(names, words)
    _write(FOLDER / "joins.json", found)
    print(f"{len(regions)} regions, {len(found)} names with unlikely neighbours")


def _write(file: Path, data: object) -> None:
    text = json.dumps(data, ensure_ascii=False, indent=0)
    file.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
