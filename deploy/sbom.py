"""What the server is made of: ``uv.lock`` as a CycloneDX bill, and compared with advisories.

``python deploy/sbom.py > sbom.json`` writes the bill of what the image holds.
``python deploy/sbom.py --advisories`` asks api.osv.dev about it. It ends with 1 if something is
known against a package, and with 3 if it could not ask: that is no "nothing found".
"""

import json
import re
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
OSV = "https://api.osv.dev/v1/querybatch"
OURS = "yibao-assistant"


Lock = dict[str, list[dict[str, Any]]]


def packages(lock: str) -> Lock:
    """Versions, hashes and needs of the packages of a lock, by name; some have several versions."""
    found: Lock = {}
    for part in lock.split("[[package]]")[1:]:
        name, version = re.findall(r'^(?:name|version) = "([^"]+)"$', part, re.M)[:2]
        before = part.partition("[package.metadata]")[0].partition("[package.dev-dependencies]")[0]
        needs = re.findall(r'^    \{ name = "([^"]+)"', before, re.M)
        hashes = re.findall(r'hash = "sha256:([0-9a-f]{64})"', part)
        entry = {"version": version, "needs": sorted(set(needs)), "hashes": sorted(hashes)}
        found.setdefault(name, []).append(entry)
    return found


def needed(lock: Lock) -> list[str]:
    """What our own package needs, directly or not, without the tools of development."""
    seen: set[str] = set()
    todo = list(lock[OURS][0]["needs"])
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            todo += [need for entry in lock[name] for need in entry["needs"]]
    return sorted(seen)


def bill(lock: Lock) -> dict[str, Any]:
    """The bill in CycloneDX 1.5."""
    components = [
        {
            "type": "library",
            "bom-ref": f"pkg:pypi/{name}@{entry['version']}",
            "name": name,
            "version": entry["version"],
            "purl": f"pkg:pypi/{name}@{entry['version']}",
            "hashes": [{"alg": "SHA-256", "content": each} for each in entry["hashes"]],
        }
        for name in needed(lock)
        for entry in lock[name]
    ]
    own = {"type": "application", "name": OURS, "version": lock[OURS][0]["version"]}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": own},
        "components": components,
    }


def advisories(lock: Lock) -> dict[str, list[str]]:
    """Ids of advisories by package and version.

    Raises:
        OSError: if nobody could be asked.
    """
    pairs = [(name, entry["version"]) for name in needed(lock) for entry in lock[name]]
    asked = [
        {"package": {"name": name, "ecosystem": "PyPI"}, "version": version}
        for name, version in pairs
    ]
    body = json.dumps({"queries": asked}).encode()
    request = urllib.request.Request(OSV, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        results = json.load(answer)["results"]
    known = zip(pairs, results, strict=True)
    return {f"{name} {version}": ids(found) for (name, version), found in known if found}


def ids(found: dict[str, Any]) -> list[str]:
    """The ids in one of the answers."""
    return [each["id"] for each in found.get("vulns", ())]


def main() -> int:
    """Write the bill, or compare it with advisories."""
    lock = packages((ROOT / "uv.lock").read_text(encoding="utf-8"))
    if "--advisories" not in sys.argv:
        json.dump(bill(lock), sys.stdout, indent=1)
        return 0
    try:
        found = advisories(lock)
    except (OSError, ValueError, KeyError) as error:
        why = f"问不到 {OSV}（{type(error).__name__}）"
        print(f"没有比成：{why}。这不等于没有漏洞。", file=sys.stderr)
        return 3
    for name, several in sorted(found.items()):
        print(f"{name}: {', '.join(several)}")
    print(f"比了 {len(needed(lock))} 个包，{len(found)} 个有公告。")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
