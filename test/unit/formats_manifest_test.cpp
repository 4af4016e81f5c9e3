#include "formats/manifest.hpp"
#include "formats/xml_tags.hpp"

#include <doctest/doctest.h>

using namespace pare;

TEST_SUITE_BEGIN("formats");

TEST_CASE("tags, their attributes, and what is none") {
  CHECK(read_xml_tags("\xef\xbb\xbf<?xml version='1.0'?><!DOCTYPE a><!-- <no/> --><a:b c='1' d:e = "
                      "\"x&amp;&lt;\">"
                      "<![CDATA[<no/>]]>text</a:b><f/><g h>") ==
        std::vector<XmlTag>{{"b", true, false, {{"c", "1"}, {"e", "x&<"}}},
                            {"b", false, true, {}},
                            {"f", true, true, {}},
                            {"g", true, false, {}}});
}

TEST_CASE("a document that breaks off gives what it has") {
  const std::vector<XmlTag> a = {{"a", true, true, {}}};
  for (const std::string text :
       {"<a/><b", "<a/><b c", "<a/><b c=", "<a/><b c='", "<a/><!--", "<a/><"}) {
    CAPTURE(text);
    CHECK(read_xml_tags(text) == a);
  }
  CHECK(read_xml_tags("").empty());
}

TEST_CASE("UTF-16") {
  const std::string text = "<a b='1'/>";
  std::string little = "\xff\xfe", big = "\xfe\xff";
  for (const char c : text) {
    little += c;
    little += '\0';
    big += '\0';
    big += c;
  }
  CHECK(read_xml_tags(little) == read_xml_tags(text));
  CHECK(read_xml_tags(big) == read_xml_tags(text));
}

TEST_CASE("a manifest's own name, dependencies and files") {
  CHECK(read_manifest(R"(
    <assembly xmlns="urn:schemas-microsoft-com:asm.v1" manifestVersion="1.0">
      <assemblyIdentity name="app" version="1.0.0.0"/>
      <dependency><dependentAssembly>
        <assemblyIdentity name="Microsoft.Windows.Common-Controls" version="6.0.0.0" language="*"/>
      </dependentAssembly></dependency>
      <ms:dependency xmlns:ms="x"><ms:dependentAssembly>
        <ms:assemblyIdentity name="P" version="2.0" language="de"/>
      </ms:dependentAssembly></ms:dependency>
      <file name="a.dll"><comClass/></file>
    </assembly>)") ==
        Manifest{.own = {"app", "1.0.0.0", ""},
                 .dependencies = {{"Microsoft.Windows.Common-Controls", "6.0.0.0", ""},
                                  {"P", "2.0", "de"}},
                 .files = {"a.dll"}});
  CHECK(read_manifest("no xml") == Manifest{});
}

TEST_CASE("private paths of a configuration") {
  CHECK(read_dotnet_config(
            "<configuration><runtime><assemblyBinding xmlns='x'><probing "
            "privatePath='bin;lib\\sub;'/></assemblyBinding></runtime></configuration>") ==
        DotnetConfig{.private_paths = {"bin", "lib\\sub"}});
}

TEST_SUITE_END();
