"""Compares installed distributions with the digests pinned in moto-lock.json, without importing any of them.

    python3 verify_moto.py                          is what this Python has what is pinned?
    python3 verify_moto.py --site-packages FOLDER   is what that folder has what is pinned?
    python3 verify_moto.py --write                  pin what this Python has, at moto-requirements.txt's versions

A distribution's digest is the SHA-256 over the sorted lines "path sha256" of the .py and .pth files that its RECORD
lists. Compiled extensions differ from platform to platform and are not covered; nor is what lies outside
site-packages, such as the scripts that pip generates.
"""

import argparse
import hashlib
import importlib.metadata
import json
import re
import sys
import sysconfig
from pathlib import Path

HERE = Path(__file__).resolve().parent
COVERED = (".py", ".pth")


def normalized(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def installed(site_packages):
    found = importlib.metadata.distributions(path=[str(site_packages)])
    return {normalized(distribution.metadata["Name"]): distribution for distribution in found}


def digest(distribution):
    """The distribution's digest; raises FileNotFoundError when a file that RECORD lists is not there."""
    lines = []
    for file in distribution.files or []:
        if file.suffix in COVERED and ".." not in file.parts:
            content = Path(distribution.locate_file(file)).read_bytes()
            lines.append(f"{file.as_posix()} {hashlib.sha256(content).hexdigest()}")
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def problems(locked, found):
    for name, pin in locked.items():
        distribution = found.get(name)
        if distribution is None:
            yield f"{name} {pin['version']} is not installed"
        elif distribution.version != pin["version"]:
            yield f"{name} is {distribution.version}, pinned is {pin['version']}"
        else:
            try:
                if digest(distribution) != pin["sha256"]:
                    yield f"{name} {pin['version']} has other content than the pinned one"
            except FileNotFoundError as error:
                yield f"{name} {pin['version']} is not complete: {error.filename} is missing"


def requirements(file):
    lines = (line.split("#")[0].strip() for line in file.read_text().splitlines())
    return dict(line.split("==") for line in lines if line)


def write(lock, wanted, found):
    pins = {}
    for name, version in sorted((normalized(name), version) for name, version in wanted.items()):
        if name not in found or found[name].version != version:
            sys.exit(f"{name} {version} is not installed in this Python: nothing was written.")
        pins[name] = {"version": version, "sha256": digest(found[name])}
    lock.write_text(json.dumps(pins, indent=2) + "\n")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--site-packages", type=Path, default=Path(sysconfig.get_paths()["purelib"]))
    arguments.add_argument("--lock", type=Path, default=HERE / "moto-lock.json")
    arguments.add_argument("--requirements", type=Path, default=HERE / "moto-requirements.txt")
    arguments.add_argument("--write", action="store_true")
    options = arguments.parse_args()

    found = installed(options.site_packages)
    if options.write:
        write(options.lock, requirements(options.requirements), found)
        return
    trouble = list(problems(json.loads(options.lock.read_text()), found))
    if trouble:
        sys.exit("\n".join(trouble))


main()
