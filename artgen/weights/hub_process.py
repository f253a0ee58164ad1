"""Fetches from the model hub in a process of its own, which can be ended when the hub falls silent.

The hub's libraries wait without an end in some of their requests, in threads that nobody can stop. The request is a
line of JSON on the command line; the answer is the last line of stdout.
"""

from __future__ import annotations

import json
import sys
from typing import Any


def main(request: dict[str, Any]) -> dict[str, str]:
    """The folder; or why there is none: ``absent`` if the hub says so, ``error`` otherwise."""
    import huggingface_hub

    from artgen.weights.hub import choose
    from artgen.weights.reading import first_line
    from artgen.weights.silence import silenced

    name, revision = request["name"], request["revision"] or None
    try:
        with silenced():
            files = huggingface_hub.HfApi().list_repo_files(name, revision=revision)
            wanted = choose(files, request["patterns"], request["variant"])
            found = huggingface_hub.snapshot_download(
                name, revision=revision, allow_patterns=wanted, cache_dir=request["cache"]
            )
    except (huggingface_hub.errors.RepositoryNotFoundError, huggingface_hub.errors.RevisionNotFoundError):
        return {"absent": name}
    except Exception as error:  # each of its clients has errors of its own
        return {"error": first_line(error)}
    return {"folder": str(found)}


if __name__ == "__main__":
    print(json.dumps(main(json.loads(sys.argv[1]))))
