#include "finders/modules/javascript.hpp"
#include "finders/modules/node.hpp"
#include "requests_text.hpp"

#include <doctest/doctest.h>

namespace pare {
namespace {

using test::at;

std::string text_of(const std::vector<JsText>& texts) {
  std::string out;
  for (const JsText& text : texts) {
    std::string shown = text.text;
    std::ranges::replace(shown, '\0', '*');
    out += (out.empty() ? "" : " ") + shown;
  }
  return out;
}

JsNeeds read_js(std::string_view source) {
  return read_javascript(source,
                         {.path = "/app/src/main.js", .working_folder = "/app", .arch = "x64"});
}

std::string required(std::string_view source) {
  return text_of(read_js(source).requires_);
}
std::string imported(std::string_view source) {
  return text_of(read_js(source).imports);
}

/// The requests of /app/main.js in a root with these files.
std::string asked(const std::string& main,
                  const std::vector<std::pair<std::string, std::string>>& files,
                  bool with_details = false) {
  MemoryRoot root;
  test::add_elf(root, "/usr/bin/node");
  root.add_file(at("/app/main.js"), main);
  for (const auto& [path, text] : files) {
    root.add_file(at(path), text);
  }
  test::Finding<NodeModules> finding(root);
  finding.show("/app/main.js", FileKind::data, true);
  CHECK(finding.text() == "");
  finding.show("/usr/bin/node", FileKind::program);
  return finding.text(with_details);
}

} // namespace

TEST_SUITE("finders") {

  TEST_CASE("javascript: names of modules") {
    CHECK(required("const a = require('a'), b = require(\"./b\");\nfoo(require(`c`).x)") ==
          "a ./b c");
    CHECK(required("// require('x')\n/* require('x') */ 'require(\"x\")'; x.require('y'); "
                   "module.require('m')") == "m");
    CHECK(required("function require(x) {}; require.resolve('r')") == "r");
    CHECK(required("import {createRequire} from 'module'; const req = "
                   "createRequire(import.meta.url); req('x')") == "x");
    CHECK(required("require(ok ? 'a' : 'b'); require(x || 'c')") == "a b c");
    CHECK(required("const dir = './lib'\nrequire(dir + '/x')\nrequire(`${dir}/y`)") ==
          "./lib/x ./lib/y");
    CHECK(required("require('./locale/' + name); require(`./x/${n}.js`)") == "./locale/* ./x/*.js");
    CHECK(required("require(path.join(__dirname, '..', 'x')); require(process.platform + '-' + "
                   "process.arch)") == "/app/x linux-x64");
    CHECK(required("a = b / c; require('x'); d = /require('y')/.test(e); if (f) "
                   "/['\"]/.test(require('z'))") == "x z");
    CHECK(required("`${`${require('in')}`}`") == "in");
    CHECK(
        imported(
            "import 'a'; import b from 'b'; import {c as d, e} from \"c\"; import * as f from 'f';"
            "import g, {h} from 'g'; export * from 'i'; export {j} from 'j'; export * as k from "
            "'k'; import('l');"
            "export const m = 'no'; import.meta.resolve('n'); export {o}; const from = 'no'") ==
        "a b c f g i j k l n");
  }

  TEST_CASE("javascript: files and programs") {
    CHECK(text_of(read_js("fs.readFileSync(path.join(__dirname, 'a.txt')); new Worker(new "
                          "URL('./w.js', import.meta.url));"
                          "readFile('/etc/x'); readFileSync(new URL('./b', import.meta.url)); "
                          "fs.readFile(name)")
                      .files) == "/app/src/a.txt /app/src/w.js /etc/x /app/src/b");
    CHECK(text_of(read_js("const root = path.resolve(__dirname, '..'); app.set('views', "
                          "path.join(root, 'views'));"
                          "express.static(root + '/public')")
                      .folders) == "/app/views /app/public");
    CHECK(text_of(read_js("const cp = require('child_process'); cp.exec('git log | sort'); "
                          "cp.spawn('tar', ['x']);"
                          "/x/.exec('no'); re.exec('no')")
                      .programs) == "sh git sort tar");
    CHECK(text_of(read_js("import {execFile, exec} from 'node:child_process'; execFile('gzip'); "
                          "exec(`convert ${x} y`)")
                      .programs) == "gzip sh convert");
  }

  TEST_CASE("javascript: nesting has an end") {
    for (const std::string open : {"(",
                                   "[",
                                   "{",
                                   "`${",
                                   "require(",
                                   "a=(",
                                   "x?",
                                   "new ",
                                   "!",
                                   "import(",
                                   "a.b(",
                                   "path.join("}) {
      std::string deep;
      for (int i = 0; i < 50'000; ++i) {
        deep += open;
      }
      read_js(deep);
    }
  }

  TEST_CASE("node: files and folders") {
    CHECK(asked("require('./a'); require('./b'); require('./c'); require('./d.json'); "
                "require('./gone')",
                {{"/app/a.js", "require('./a')"},
                 {"/app/b/index.js", ""},
                 {"/app/c/package.json", "{\"main\":\"lib/x\"}"},
                 {"/app/c/lib/x.js", "require('fs')"},
                 {"/app/d.json", "{}"}}) ==
          "file /app/a.js\nfile /app/b/index.js\nfile /app/c/package.json\nfile "
          "/app/c/lib/x.js\nfile /app/d.json\n");
  }

  TEST_CASE("node: packages, their exports and imports") {
    CHECK(
        asked(
            "require('a'); require('@s/b/sub'); import('c'); require('c'); require('c/f/x'); "
            "require('d')",
            {{"/app/node_modules/a/package.json", "{\"main\":\"./m.js\"}"},
             {"/app/node_modules/a/m.js", "require('e')"},
             {"/node_modules/e.js", ""},
             {"/app/node_modules/@s/b/package.json", "{}"},
             {"/app/node_modules/@s/b/sub.js", ""},
             {"/app/node_modules/c/package.json",
              R"({"name":"c","exports":{".":{"import":"./m.mjs","require":"./m.cjs"},"./f/*":{"browser":"./no","node":"./f/*.js"}},)"
              R"("imports":{"#in":"./in.js"}})"},
             {"/app/node_modules/c/m.mjs", "import '#in'"},
             {"/app/node_modules/c/m.cjs", "require('c/f/y')"},
             {"/app/node_modules/c/in.js", ""},
             {"/app/node_modules/c/f/x.js", ""},
             {"/app/node_modules/c/f/y.js", ""},
             {"/app/node_modules/unused/index.js", ""},
             {"/usr/share/nodejs/d/index.js", ""}}) ==
        "file /app/node_modules/a/package.json\nfile /app/node_modules/a/m.js\n"
        "file /app/node_modules/@s/b/package.json\nfile /app/node_modules/@s/b/sub.js\n"
        "file /app/node_modules/c/package.json\nfile /app/node_modules/c/m.cjs\nfile "
        "/app/node_modules/c/f/x.js\n"
        "file /usr/share/nodejs/d/index.js\nfile /app/node_modules/c/m.mjs\n"
        "file /node_modules/e.js\nfile /app/node_modules/c/f/y.js\nfile "
        "/app/node_modules/c/in.js\n");
  }

  TEST_CASE("node: computed names take a folder; details") {
    CHECK(asked("require('./lang/' + x)",
                {{"/app/lang/de.js", "require('../z')"}, {"/app/z.js", ""}},
                true) == "folder /app/lang (require './lang/*': the name is computed)\nfile "
                         "/app/z.js (require '../z')\n");
    CHECK(asked("require('./' + x)", {{"/app/package.json", "{}"}}) == "file /app/package.json\n");
  }

  TEST_CASE("node: addons and builds for a platform") {
    CHECK(asked("require('a'); require('b'); require('c')",
                {{"/app/node_modules/a/package.json", "{\"name\":\"a\"}"},
                 {"/app/node_modules/a/index.js", "require('bindings')('x')"},
                 {"/app/node_modules/a/build/Release/x.node", ""},
                 {"/app/node_modules/b/package.json", "{\"name\":\"b\"}"},
                 {"/app/node_modules/b/index.js",
                  "module.exports = require('node-gyp-build')(__dirname)"},
                 {"/app/node_modules/b/prebuilds/linux-x64/b.musl.node", ""},
                 {"/app/node_modules/b/prebuilds/linux-x64/b.glibc.node", ""},
                 {"/app/node_modules/b/prebuilds/darwin-x64/b.node", ""},
                 {"/app/node_modules/c/package.json",
                  R"({"name":"c","optionalDependencies":{"@c/l":"1","@c/m":"1"}})"},
                 {"/app/node_modules/c/index.js", ""},
                 {"/app/node_modules/@c/l/package.json", R"({"os":["linux"],"cpu":["x64"]})"},
                 {"/app/node_modules/@c/m/package.json", R"({"os":["darwin"],"cpu":["x64"]})"}},
                true) == "file /app/node_modules/a/package.json (package.json of a)\nfile "
                         "/app/node_modules/a/index.js (require 'a')\n"
                         "file /app/node_modules/b/package.json (package.json of b)\nfile "
                         "/app/node_modules/b/index.js (require 'b')\n"
                         "file /app/node_modules/c/package.json (package.json of c)\nfile "
                         "/app/node_modules/c/index.js (require 'c')\n"
                         "file /app/node_modules/a/build/Release/x.node (addon of a)\n"
                         "file /app/node_modules/b/prebuilds/linux-x64/b.glibc.node (addon of b)\n"
                         "folder /app/node_modules/@c/l (the build for linux x64 of c)\n");
  }

  TEST_CASE("node: damage, and what node reads at its start") {
    CHECK(asked("require('a')",
                {{"/app/node_modules/a/package.json", "{"}, {"/app/node_modules/a/index.js", ""}})
              .find("warning /app/node_modules/a/package.json: not JSON") != std::string::npos);
    MemoryRoot root;
    using namespace std::string_literals;
    test::add_elf(root,
                  "/usr/lib/libnode.so.108",
                  {.constants = "x\0/usr/share/nodejs/acorn/acorn.js\0a.js\0/gone.js\0"s});
    root.add_file(at("/usr/share/nodejs/acorn/acorn.js"), "");
    test::Finding<NodeModules> finding(root);
    finding.show("/usr/lib/libnode.so.108", FileKind::library);
    CHECK(finding.text() ==
          "file /usr/share/nodejs/acorn/acorn.js (read at every start of node)\n");
  }
}

} // namespace pare
