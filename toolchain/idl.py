"""Assembles what a program's IDL tests print (standard input) into DIR/<program>.json and prints that file's name.

usage: idl.py MANIFEST DIR

The format is Anchor's: blocks between `--- IDL begin KIND ---` and `--- IDL end KIND ---`. Assembly, order and checks
follow Anchor's own `idl/src/build.rs`.
"""

import json
import os
import re
import subprocess
import sys


def blocks(text):
    """(kind, body) of every block, in the order printed."""
    return re.findall(r"^--- IDL begin (\w+) ---\n(.*?)\n--- IDL end \1 ---$", text, re.MULTILINE | re.DOTALL)


def assemble(text, version):
    idl, address = None, ""
    constants, events, errors, types = [], [], [], {}
    for kind, body in blocks(text):
        if kind == "address":
            address = body.strip()
        elif kind == "const":
            constants.append(json.loads(body))
        elif kind == "event":
            event = json.loads(body)
            events.append(event["event"])
            types.update((t["name"], t) for t in event["types"])
        elif kind == "errors":
            errors.extend(json.loads(body))
        elif kind == "program":
            idl = json.loads(body)
        else:
            sys.exit(f"idl.py: unknown block {kind}: written for anchor-lang 2.0.0-rc.2")
    if idl is None or not address:
        sys.exit("idl.py: no program printed: does the crate have the feature `idl-build` and a #[program]?")
    idl["address"] = address
    idl["metadata"]["version"] = version  # the macro prints a constant
    types.update((t["name"], t) for t in idl.get("types", []))

    def by_name(items):
        return sorted(items, key=lambda item: item["name"])

    idl["instructions"] = by_name(idl["instructions"])
    idl["accounts"] = by_name(idl.get("accounts", []))
    idl["events"] = by_name(events)
    idl["errors"] = sorted(errors, key=lambda error: error["code"])
    idl["types"] = by_name(types.values())
    idl["constants"] = by_name(constants)
    return short_names(idl)


def short_names(idl):
    """Paths such as `state::Pool` become `Pool` unless two types share the short name."""
    text = json.dumps(idl)
    for path, name in re.findall(r'"((?:\w+::)+(\w+))"', text):
        replaced = text.replace(f'"{path}"', f'"{name}"')
        if not re.search(rf'"(?:\w+::)+{name}"', replaced):
            text = replaced
    return json.loads(text)


def verify(idl):
    """A discriminator that is a prefix of another makes two things indistinguishable on chain."""
    for field in ("instructions", "accounts", "events"):
        items = [(item["name"], bytes(item["discriminator"])) for item in idl[field]]
        for name, discriminator in items:
            if not discriminator:
                sys.exit(f"idl.py: {field}: {name} has an empty discriminator")
            if field == "accounts" and not any(discriminator):
                sys.exit(f"idl.py: accounts: the discriminator of {name} is all zero, like a blank account")
            for other, prefix in items:
                if other != name and discriminator.startswith(prefix):
                    sys.exit(f"idl.py: {field}: {name} and {other} have ambiguous discriminators")


def main():
    manifest, out = sys.argv[1:]
    command = ["cargo", "metadata", "--no-deps", "--format-version=1", "--manifest-path", manifest]
    packages = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)["packages"]
    package = next(p for p in packages if os.path.samefile(p["manifest_path"], manifest))
    idl = assemble(sys.stdin.read(), package["version"])
    verify(idl)
    name = idl["metadata"]["name"] + ".json"
    with open(os.path.join(out, name), "w", encoding="utf-8") as file:
        file.write(json.dumps(idl, indent=2) + "\n")
    print(name)


main()
