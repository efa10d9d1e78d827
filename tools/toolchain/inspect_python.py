"""Prints as JSON what python.ts wants to know about this interpreter; the argument is the moto version wanted.

Written for any Python, 2.7 included, so that one that is too old can be named.
"""

import json
import sys

facts = {
    "executable": sys.executable,
    "version": ".".join(str(number) for number in sys.version_info[:3]),
    "venv": False,
    "moto": None,
    "server": False,
}

if sys.version_info >= (3, 10):
    import importlib.metadata
    import importlib.util

    # Debian and Ubuntu ship Python without ensurepip, which venv needs.
    facts["venv"] = all(importlib.util.find_spec(name) for name in ("venv", "ensurepip"))
    try:
        facts["moto"] = importlib.metadata.version("moto")
    except importlib.metadata.PackageNotFoundError:
        pass
    if facts["moto"] == sys.argv[1]:
        try:
            import flask  # noqa: F401
            import flask_cors  # noqa: F401
            import moto.server  # noqa: F401

            facts["server"] = True
        except Exception:  # whatever keeps it from being imported keeps the server from starting
            pass

print(json.dumps(facts))
