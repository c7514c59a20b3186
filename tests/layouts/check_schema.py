#!/usr/bin/env python3
"""Hold the JSON Schema of the layout language against its draft, and layouts against the schema.

usage: check_schema.py SCHEMA.json LAYOUT.yaml...
"""
import json, re, sys
import jsonschema, yaml

class Loader(yaml.SafeLoader):
    """Plain scalars as the layout language has them: true, false, numbers; all else is text."""

Loader.yaml_implicit_resolvers = {}
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(true|false)$"), list("tf"))
Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^[-+]?[0-9]+$"), list("-+0123456789"))
Loader.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"^[-+]?([0-9]+\.[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?$"), list("-+0123456789."))

schema = json.load(open(sys.argv[1]))
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
wrong = 0
for path in sys.argv[2:]:
    for e in validator.iter_errors(yaml.load(open(path), Loader=Loader)):
        wrong += 1
        print(f"{path}: {'.'.join(map(str, e.path))}: {e.message[:200]}", file=sys.stderr)

# and it must refuse: a schema that takes everything says nothing
line = "takt: 1\nparts: {a: {}}\nstations: {raw: {kind: source, makes: a}, m: %s}\n"
for bad in ("{kind: machine, time: 3 s, serverz: 2}", "{kind: machine, servers: 0}", "{kind: mashine}", "{time: 3 s}", "{kind: sink, capacity: 3}"):
    if validator.is_valid(yaml.load(line % bad, Loader=Loader)):
        wrong += 1
        print(f"the schema accepts m: {bad}", file=sys.stderr)
if not validator.is_valid(yaml.load(line % "{kind: machine, time: 3 s, servers: 2}", Loader=Loader)):
    wrong += 1
    print("the schema refuses a plain machine", file=sys.stderr)
sys.exit(1 if wrong else 0)
