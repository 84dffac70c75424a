"""Write managed-rules.json: every AWS managed rule of AWS Config, as moto knows it, in a form that diffs well.

Run it through `go generate ./catalogue/managed` with the pinned moto installed (tools/moto), and read the diff:
a rule that disappears or changes its trigger may break a deployment. The release of moto and the date of the file
in that release are given on the command line, because neither is written in the file itself.
"""

import argparse
import gzip
import json
import pathlib

import moto

SOURCE = "config/resources/aws_managed_rules.json.gz"


def trigger(text):
    """AWS's wording of the trigger in our terms; a remark in brackets after "Configuration changes" changes nothing."""
    change = text.startswith("Configuration changes")
    periodic = text.endswith("Periodic")
    if change and periodic:
        return "both"
    if change:
        return "change"
    if text == "Periodic":
        return "periodic"
    raise SystemExit(f"unknown trigger type {text!r}: teach trigger() what it means")


def parameter(entry):
    out = {"name": entry["Name"], "type": entry["Type"], "required": not entry["Optional"]}
    if "Default" in entry:
        out["default"] = entry["Default"]
    return out


def rule(entry):
    types = entry.get("Resource Types", "")
    return {
        "trigger": trigger(entry["Trigger type"]),
        "resourceTypes": sorted(types.split(", ")) if types else [],
        "parameters": sorted(map(parameter, entry["Parameters"]), key=lambda p: p["name"]),
    }


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--moto", required=True, help="the release of moto that must be installed")
    options.add_argument("--date", required=True, help="the date of the file in that release, YYYY-MM-DD")
    options.add_argument("--out", required=True, help="the file to write")
    given = options.parse_args()
    if moto.__version__ != given.moto:
        raise SystemExit(f"moto {moto.__version__} is installed, but the list is pinned to {given.moto}: install that")

    path = pathlib.Path(moto.__file__).parent / SOURCE
    with gzip.open(path) as file:
        rules = json.load(file)["ManagedRules"]
    origin = f"moto {given.moto}, from AWS's documentation; the date is that of the file in moto's release"
    lines = [f'    {json.dumps(name)}: {json.dumps(rule(rules[name]))}' for name in sorted(rules)]
    with open(given.out, "w", encoding="utf-8") as out:
        out.write('{\n')
        out.write(f'  "origin": {json.dumps(origin)},\n')
        out.write(f'  "date": {json.dumps(given.date)},\n')
        out.write('  "rules": {\n')
        out.write(",\n".join(lines))
        out.write("\n  }\n}\n")


main()
