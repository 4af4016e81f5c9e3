#include "formats/oci.hpp"

#include <pare/error.hpp>

#include <doctest/doctest.h>

using namespace pare;

namespace {

const std::string hex(64, 'a');

template <typename Read> std::string failure_of(Read read) {
  try {
    read();
  } catch (const InputError& error) {
    return error.what();
  }
  return "none";
}

} // namespace

TEST_SUITE("formats") {

  TEST_CASE("oci: an index and a manifest") {
    const ImageIndex index = read_image_index(
        R"({"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:)" +
        hex +
        R"(","size":7,"platform":{"os":"linux","architecture":"arm64","variant":"v8"},"annotations":{"a":"b"}}]})");
    REQUIRE(index.manifests.size() == 1);
    CHECK(index.manifests[0].digest == "sha256:" + hex);
    CHECK(index.manifests[0].size == 7);
    CHECK(index.manifests[0].platform == Platform{"linux", "arm64", "v8"});
    CHECK(index.manifests[0].annotations == Annotations{{"a", "b"}});
    const ImageManifest manifest = read_image_manifest(
        R"({"config":{"digest":"sha256:)" + hex + R"(","size":1},"layers":[{"digest":"sha256:)" +
        hex + R"(","size":2}]})");
    CHECK(manifest.config.size == 1);
    CHECK(manifest.layers.size() == 1);
  }

  TEST_CASE("oci: what is no manifest is said") {
    const auto of = [](const std::string& text) {
      return failure_of([&] { read_image_manifest(text); });
    };
    CHECK(of("[]") == "is no JSON object");
    CHECK(of("{}") == "is no image manifest: it has no config, or no layers");
    CHECK(of(R"({"schemaVersion":1})") == "is a Docker manifest of schema 1, which is not read");
    CHECK(of(R"({"config":{"digest":"sha256:../x","size":1},"layers":[]})") ==
          "names a blob by \"sha256:../x\", which is no SHA-256 digest");
    CHECK(of(R"({"config":{"digest":"sha256:)" + hex + R"("},"layers":[]})") ==
          "gives no size of sha256:" + hex);
    CHECK(of(R"({"config":{"digest":"sha256:)" + hex + R"(","size":-1},"layers":[]})") ==
          "gives no size of sha256:" + hex);
    CHECK(failure_of([] { read_image_index("{}"); }) ==
          "is no image index: it has no list of manifests");
    CHECK(of(std::string(10000, '[')).find("nested deeper") != std::string::npos);
  }

  TEST_CASE("oci: a config") {
    const ImageConfig config =
        read_image_config(R"({"created":"2024-05-01T00:00:00Z","os":"linux","architecture":"amd64",
    "config":{"User":"app","ExposedPorts":{"80/tcp":{},"443/tcp":{}},"Env":["A=1","B=2"],"Entrypoint":["/e"],"Cmd":["c"],
      "Volumes":{"/data":{}},"WorkingDir":"/w","Labels":{"l":"v"},"StopSignal":"SIGQUIT","Shell":["/bin/sh","-ec"],
      "Healthcheck":{"Test":["CMD-SHELL","curl -f x"],"Interval":5000000000,"Retries":3}},
    "rootfs":{"type":"layers","diff_ids":["sha256:)" +
                          hex + R"("]},
    "history":[{"created_by":"RUN x","empty_layer":true},{"created_by":"COPY"}]})");
    CHECK(config == ImageConfig{.created = "2024-05-01T00:00:00Z",
                                .platform = {"linux", "amd64", ""},
                                .user = "app",
                                .exposed_ports = {"443/tcp", "80/tcp"},
                                .environment = {"A=1", "B=2"},
                                .entrypoint = {"/e"},
                                .command = {"c"},
                                .volumes = {"/data"},
                                .working_folder = "/w",
                                .labels = {{"l", "v"}},
                                .stop_signal = "SIGQUIT",
                                .shell = {"/bin/sh", "-ec"},
                                .healthcheck = Healthcheck{.test = {"CMD-SHELL", "curl -f x"},
                                                           .interval = 5000000000,
                                                           .retries = 3},
                                .diff_ids = {"sha256:" + hex},
                                .history = {{.created_by = "RUN x", .empty_layer = true},
                                            {.created_by = "COPY"}}});
    CHECK(healthcheck_command(config) == std::vector<std::string>{"/bin/sh", "-ec", "curl -f x"});
    // Docker writes null for what is not said.
    CHECK(
        read_image_config(
            R"({"os":"linux","config":{"Cmd":null,"Volumes":null,"Healthcheck":null},"rootfs":{"diff_ids":null}})") ==
        ImageConfig{.platform = {"linux", "", ""}});
    CHECK(failure_of([] { read_image_config("{}"); }) ==
          "is no config of an image: it has no rootfs");
  }

  TEST_CASE("oci: platforms") {
    CHECK(parse_platform("linux/arm64/v8") == Platform{"linux", "arm64", "v8"});
    CHECK(parse_platform("linux/amd64").text() == "linux/amd64");
    CHECK_THROWS_AS(parse_platform("linux"), UsageError);
    CHECK_THROWS_AS(parse_platform("/x"), UsageError);
    CHECK(Platform{"linux", "arm64", "v8"}.fits(parse_platform("linux/arm64")));
    CHECK(Platform{"linux", "arm", "v7"}.fits(parse_platform("linux/arm")));
    CHECK_FALSE(Platform{"linux", "arm", "v6"}.fits(parse_platform("linux/arm/v7")));
    CHECK_FALSE(Platform{"windows", "amd64", ""}.fits(parse_platform("linux/amd64")));
  }

  TEST_CASE("oci: times") {
    CHECK(parse_rfc3339("1970-01-01T00:00:00Z") == 0);
    CHECK(parse_rfc3339("2024-02-29T12:34:56.789012345Z") == 1709210096);
    CHECK(parse_rfc3339("2024-02-29T14:34:56+02:00") == 1709210096);
    CHECK(rfc3339(1709210096) == "2024-02-29T12:34:56Z");
    CHECK(rfc3339(-1) == "1969-12-31T23:59:59Z");
    for (const char* wrong : {"",
                              "2024",
                              "2023-02-29T00:00:00Z",
                              "2024-02-29T25:00:00Z",
                              "2024-02-29 00:00:00Z",
                              "2024-02-29T00:00:00",
                              "2024-02-29T00:00:00+2"}) {
      CAPTURE(wrong);
      CHECK(parse_rfc3339(wrong) == std::nullopt);
    }
  }

  TEST_CASE("oci: what docker save writes") {
    const std::vector<SavedImage> images = read_saved_images(
        R"([{"Config":"c.json","RepoTags":["app:1"],"Layers":["a/layer.tar"]},{"Config":"d.json","RepoTags":null,"Layers":[]}])");
    REQUIRE(images.size() == 2);
    CHECK(images[0].tags == std::vector<std::string>{"app:1"});
    CHECK(images[1].tags.empty());
    CHECK(failure_of([] { read_saved_images("{}"); }) == "is no list of images");
    CHECK(failure_of([] { read_saved_images("[{}]"); }) != "none");
  }

} // TEST_SUITE
