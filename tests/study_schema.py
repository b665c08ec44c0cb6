#!/usr/bin/env python3
"""Checks src/study/study.schema.json, which editors complete and check study files by, against the program that reads them.

usage: study_schema.py SOURCE_DIR DRIVKRAFT
The examples and the study of docs/study.md are valid. In every map of the schema all its keys are known to the reader, and a key
that is none is refused there, where the reader lists those it knows: the lists must be equal. As a long list is cut, each key
that the reader's source names must be in the schema as well. Needs Debian's python3-jsonschema and python3-yaml.
"""
import copy, glob, json, os, re, subprocess, sys, tempfile

import jsonschema, yaml

source, program = (os.path.abspath(p) for p in sys.argv[1:3])
schema = json.load(open(os.path.join(source, "src/study/study.schema.json")))
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
wrong = []
CUT = 170  # bytes of a list of keys that are surely shown whole


class Loader(yaml.SafeLoader):
    """Dates stay text, as in YAML 1.2 and for the program."""


Loader.yaml_implicit_resolvers = {k: [r for r in v if r[0] != "tag:yaml.org,2002:timestamp"] for k, v in yaml.SafeLoader.yaml_implicit_resolvers.items()}


def check(name, text):
    for error in sorted(validator.iter_errors(yaml.load(text, Loader)), key=str)[:5]:
        wrong.append(f"{name}: {'.'.join(map(str, error.absolute_path))}: {error.message[:200]}")


def maps(node, path):
    """Each map with fixed keys, as (path, keys); a path ends at the map, * stands for any key, [] for an item."""
    if node.get("additionalProperties") is False:
        yield path, set(node["properties"])
        for key, child in node["properties"].items():
            yield from maps(child, path + (key,))
    elif isinstance(node.get("additionalProperties"), dict):
        yield from maps(node["additionalProperties"], path + ("*",))
    if "items" in node:
        yield from maps(node["items"], path + ("[]",))
    for child in node.get("anyOf", []):
        yield from maps(child, path)


# what must be sound before the reader comes to the map
BASE = {"responses": {"file": "r.csv"}}
SIMULATED = {**BASE, "customers": {"file": "c.csv"}, "segments": {"by": "m", "bands": {"blue": ["..", 5], "gold": [5, ".."]}},
             "simulate": {"customers_of": {"blue": {"share": 0.5, "margin": 1, "nps": 1}, "gold": {"share": 0.5, "margin": 9, "nps": 9}}}}


def refused(work, path, content):
    """What the program says of a study with this content at the path."""
    study = copy.deepcopy(SIMULATED if path[:1] == ("simulate",) else BASE)
    value = content
    for i in range(len(path) - 1, 0, -1):
        value = [value] if path[i] == "[]" else {("blue" if path[i - 1] == "customers_of" else "support.waiting") if path[i] == "*" else path[i]: value}
    if path[:2] == ("simulate", "themes"):
        study["simulate"].update(value)
    else:
        study.update({path[0]: value} if path else value)
    with open(os.path.join(work, "study.yaml"), "w") as f:
        json.dump(study, f)  # which is YAML
    command = ["simulate", "study.yaml", "-o", "out"] if path[:1] == ("simulate",) else ["check", "study.yaml"]
    return subprocess.run([program, *command], cwd=work, capture_output=True, text=True).stderr


with tempfile.TemporaryDirectory() as work:
    for path in glob.glob(os.path.join(source, "examples/*/study.yaml")):
        check(os.path.relpath(path, source), open(path).read())
    for text in re.findall(r"```yaml\n(.*?)```", open(os.path.join(source, "docs/study.md")).read(), re.S):
        if "responses:" in text:
            check("docs/study.md", text)
    known = {}
    for path, keys in maps(schema, ()):
        known.setdefault(path, set()).update(keys)  # the ways to say segments are one map to the reader
    for path, keys in sorted(known.items()):
        name = ".".join(path) or "the study"
        said = refused(work, path, {key: [] for key in sorted(keys)})
        if said == "" or "there is no such key" in said:
            wrong.append(f"{name}: the reader does not know a key of the schema: {said!r}")
        said = refused(work, path, {"qqqqqqqq": 1})
        listed = re.search(r"^  keys: (.*)$", said, re.M)
        if "qqqqqqqq: there is no such key" not in said or listed is None:
            wrong.append(f"{name}: a key that is none is not refused: {said!r}")
            continue
        names = listed[1].split(", ")
        whole = len(listed[1]) < CUT
        if set(names if whole else names[:-1]) - keys or (whole and keys - set(names)):
            wrong.append(f"{name}: the reader knows {sorted(names)}, the schema {sorted(keys)}")
    everywhere = set().union(*known.values())
    found = set()
    for file in ("config.c", "kpi_config.c", "worth_config.c", "scenario.c"):
        text = open(os.path.join(source, "src/study", file)).read()
        for array in re.findall(r"\b(?:known|signs|inputs|\w+_keys)\[\w*\] = \{([^}]*)\}", text):
            found |= set(re.findall(r'"([^"]+)"', array))
        found |= set(re.findall(r'known\[n\+\+\] = "([^"]+)"', text)) | set(re.findall(r'\{"(\w+)", +DK_ROLE_', text))
    if len(found) < 100:
        wrong.append(f"only {len(found)} keys were found in the reader's source: this test has lost sight of them")
    if found - everywhere:
        wrong.append(f"the reader knows keys that the schema lacks: {sorted(found - everywhere)}")

good = {"responses": {"file": "a.csv"}}
for broken in ({}, {**good, "respones": 1}, {**good, "waves": "week"}, {**good, "analysis": {"bootstrap": -1}}, {**good, "segments": {"by": "a"}}):
    if validator.is_valid(broken):  # the schema must be able to fail
        wrong.append(f"the schema lets {broken} pass")

print("\n".join(wrong) if wrong else f"{len(known)} maps with {len(everywhere)} keys: schema and reader agree")
sys.exit(1 if wrong else 0)
