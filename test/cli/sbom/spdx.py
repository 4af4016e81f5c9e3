"""The rules of SPDX 2.3 that a JSON schema would not see: spdx.py FILE"""
import hashlib
import json
import re
import sys

document = json.load(open(sys.argv[1]))
assert document["spdxVersion"] == "SPDX-2.3" and document["dataLicense"] == "CC0-1.0"
assert re.fullmatch(r"https?://\S+", document["documentNamespace"])
assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", document["creationInfo"]["created"])
elements = [document, *document["packages"], *document["files"]]
ids = [element["SPDXID"] for element in elements]
assert len(set(ids)) == len(ids)
assert all(re.fullmatch(r"SPDXRef-[A-Za-z0-9.-]+", one) for one in ids)
for relationship in document["relationships"]:
    assert relationship["spdxElementId"] in ids and relationship["relatedSpdxElement"] in ids, relationship
    assert relationship["relationshipType"] in ("DESCRIBES", "CONTAINS", "DEPENDS_ON")
assert any(r["relationshipType"] == "DESCRIBES" for r in document["relationships"])
sha1 = {}
for file in document["files"]:
    assert file["fileName"].startswith("./"), file
    sums = {c["algorithm"]: c["checksumValue"] for c in file["checksums"]}
    data = open(file["fileName"][1:], "rb").read()
    assert sums["SHA1"] == hashlib.sha1(data).hexdigest(), file
    assert sums["SHA256"] == hashlib.sha256(data).hexdigest(), file
    sha1[file["SPDXID"]] = sums["SHA1"]
declared = {info["licenseId"] for info in document.get("hasExtractedLicensingInfos", [])}
contained = {}
for relationship in document["relationships"]:
    if relationship["relationshipType"] == "CONTAINS" and relationship["relatedSpdxElement"] in sha1:
        contained.setdefault(relationship["spdxElementId"], []).append(sha1[relationship["relatedSpdxElement"]])
assert sorted(sum(contained.values(), [])) == sorted(sha1.values()), "each file is in one package"
for package in document["packages"]:
    code = hashlib.sha1("".join(sorted(contained.get(package["SPDXID"], []))).encode()).hexdigest()
    if package["filesAnalyzed"]:
        assert package["packageVerificationCode"]["packageVerificationCodeValue"] == code, package
    else:
        assert package["SPDXID"] not in contained
    assert set(re.findall(r"LicenseRef-[A-Za-z0-9.-]+", package["licenseDeclared"])) <= declared
    for reference in package.get("externalRefs", []):
        assert reference["referenceCategory"] == "PACKAGE-MANAGER"
        assert reference["referenceLocator"].startswith("pkg:")
