#!/usr/bin/env python3
"""Writes the list of parts (SBOM) of an archive of sources, as SPDX 2.3 in JSON.

    tools/sbom.py ARCHIVE VERSION SECONDS      SECONDS: when the archive was made, since 1970

xsock contains nothing of others and needs the system's own libraries only, so that the list has one
package, and the files of the archive with their hashes.
"""
import datetime
import hashlib
import json
import pathlib
import sys
import tarfile


def file_entry(number, name, data):
    return {"SPDXID": f"SPDXRef-File-{number}", "fileName": "./" + name,
            "checksums": [{"algorithm": kind.upper(),
                           "checksumValue": hashlib.new(kind, data).hexdigest()}
                          for kind in ("sha1", "sha256")],
            "licenseConcluded": "MIT", "copyrightText": "NOASSERTION"}


def main():
    archive, version, seconds = pathlib.Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    made = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    whole = hashlib.sha256(archive.read_bytes()).hexdigest()
    with tarfile.open(archive) as tar:
        files = [file_entry(number, member.name.split("/", 1)[1], tar.extractfile(member).read())
                 for number, member in enumerate(tar) if member.isfile()]
    sums = sorted(each["checksums"][0]["checksumValue"] for each in files)
    package = {
        "SPDXID": "SPDXRef-Package", "name": "xsock", "versionInfo": version,
        "packageFileName": archive.name, "downloadLocation": "NOASSERTION", "filesAnalyzed": True,
        "packageVerificationCode": {
            "packageVerificationCodeValue": hashlib.sha1("".join(sums).encode()).hexdigest()},
        "checksums": [{"algorithm": "SHA256", "checksumValue": whole}],
        "licenseConcluded": "MIT", "licenseDeclared": "MIT", "copyrightText": "NOASSERTION"}
    relations = [("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-Package")]
    relations += [("SPDXRef-Package", "CONTAINS", each["SPDXID"]) for each in files]
    document = {
        "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT",
        "name": f"xsock-{version}", "documentNamespace": f"urn:sha256:{whole}",
        "creationInfo": {"created": made.strftime("%Y-%m-%dT%H:%M:%SZ"),
                         "creators": ["Tool: tools/sbom.py"]},
        "packages": [package], "files": files,
        "relationships": [{"spdxElementId": one, "relationshipType": kind,
                           "relatedSpdxElement": two} for one, kind, two in relations]}
    json.dump(document, sys.stdout, indent=1)
    print()


main()
