"""The cases of the public SPF suite, out of the sources of pyspf, as JSON.

Standard input: the archive. Standard output: what crates/senderauth/tests/openspf.rs reads.
"""

import io
import json
import sys
import tarfile

import yaml

CASES = "test/rfc7208-tests.yml"


def entries(raw):
    """Pairs of kind and value. A record of the old kind SPF stands for one of kind TXT, unless the
    name says itself what its TXT records are."""
    has_text = any("TXT" in entry for entry in raw if isinstance(entry, dict))
    for entry in raw:
        if not isinstance(entry, dict):
            yield [str(entry), None]
            continue
        for kind, value in entry.items():
            if (kind == "SPF" and has_text) or value == "NONE":
                continue
            kind = "TXT" if kind == "SPF" else kind
            yield [kind, "".join(value) if kind == "TXT" else value]


def cases(document):
    zone = {name.lower(): list(entries(raw)) for name, raw in document["zonedata"].items()}
    for name, test in document["tests"].items():
        result = test["result"]
        yield {
            "name": f"{document['description']}/{name}",
            "helo": test["helo"],
            "mailfrom": test["mailfrom"],
            "host": str(test["host"]),
            "result": result if isinstance(result, list) else [result],
            "zone": zone,
        }


archive = tarfile.open(fileobj=io.BytesIO(sys.stdin.buffer.read()))
member = next(it for it in archive.getnames() if it.endswith(CASES))
documents = yaml.safe_load_all(archive.extractfile(member).read())
json.dump([case for document in documents if document for case in cases(document)], sys.stdout)
