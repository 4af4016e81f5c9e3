// The interpreters of this machine judge: whatever they say that they loaded must have been asked
// for. Without one, its test has nothing to say.

#include "command.hpp"
#include "finders/modules/lookup.hpp"
#include "finders/modules/node.hpp"
#include "finders/modules/php.hpp"
#include "finders/modules/ruby.hpp"
#include "requests_text.hpp"
#include "root/directory.hpp"
#include "temp_folder.hpp"

#include <doctest/doctest.h>

#include <set>

namespace pare {
namespace {

/// The files that `said` names, a line each, and that neither were asked for nor are own; a line
/// each.
template <typename OneFinder>
std::string not_asked(const std::string& said, test::Finding<OneFinder>& finding) {
  std::set<std::string> asked;
  Lookup lookup(finding.files);
  for (const Request& request : finding.requests) {
    for (const std::string& name : request.names) {
      if (request.kind == RequestKind::folder) {
        for (const std::string& file : lookup.files_below(name, "")) {
          asked.insert(file);
        }
      } else if (const Examined* file =
                     request.kind == RequestKind::file ? lookup.file(name) : nullptr) {
        asked.insert(file->path.text());
      }
    }
  }
  for (const Examined* file : finding.shown) {
    asked.insert(file->path.text());
  }
  std::string out;
  for (const std::string_view line : split(said, '\n')) {
    const Examined* file = line.starts_with('/') ? lookup.file(line) : nullptr;
    if (file != nullptr && !asked.contains(file->path.text())) {
      out += file->path.text() + "\n";
    }
  }
  return out;
}

/// The real path of the first of these programs; empty: none is there.
std::string program(std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (std::filesystem::exists(name)) {
      return std::filesystem::canonical(name);
    }
  }
  return {};
}

} // namespace

TEST_SUITE("finders") {

  TEST_CASE("judged by node: what it has loaded") {
    const std::string node = program({"/usr/bin/node", "/usr/local/bin/node"});
    if (node.empty()) {
      return;
    }
    const test::TempFolder folder;
    folder.write(
        "a.js",
        "exports.b = require('./b'); require('pkg'); require('pkg/sub/x.js'); require('@s/p')");
    folder.write("b/index.js",
                 "require('../c.json'); module.exports = name => require(`../d/${name}`)('x')");
    folder.write("c.json", "{}");
    folder.write("d/e.js", "module.exports = () => require('#in')");
    folder.write("in.js", "");
    folder.write("package.json", R"({"name":"app","imports":{"#in":"./in.js"}})");
    folder.write(
        "node_modules/pkg/package.json",
        R"({"exports":{".":{"import":"./no.mjs","node":{"require":"./main.cjs"}},"./sub/*":"./lib/*"}})");
    folder.write("node_modules/pkg/main.cjs", "");
    folder.write("node_modules/pkg/lib/x.js", "");
    folder.write("node_modules/@s/p/package.json", R"({"main":"lib"})");
    folder.write("node_modules/@s/p/lib/index.js", "");
    // A large program, where there is one.
    const std::string main = folder.write(
        "main.js",
        "require('./a').b('e');\n"
        "try { require('/usr/lib/node_modules/npm/lib/cli/entry.js') } catch {}\n"
        "try { require('/usr/lib/node_modules/npm/lib/commands/install.js') } catch {}\n"
        "console.log(Object.keys(require.cache).join('\\n'))\n");
    const test::Output said = test::run({node, main});
    REQUIRE(said.code == 0);
    const std::unique_ptr<Root> root = open_directory("/");
    test::Finding<NodeModules> finding(*root);
    finding.show(main, FileKind::data, true);
    finding.show(node, FileKind::program);
    CHECK(not_asked(said.text, finding) == "");
  }

  TEST_CASE("judged by ruby: the features that it has loaded") {
    const std::string ruby = program({"/usr/bin/ruby", "/usr/local/bin/ruby"});
    if (ruby.empty()) {
      return;
    }
    const test::TempFolder folder;
    folder.write("lib/mine.rb", "autoload :Late, File.join(__dir__, 'late')\n");
    folder.write("lib/late.rb", "module Late; end\n");
    const std::string main =
        folder.write("main.rb",
                     "$LOAD_PATH.unshift File.expand_path('lib', __dir__)\n"
                     "require 'mine'\nLate\n"
                     "%w[no_such_feature].each { |f| begin; require f; rescue LoadError; end }\n"
                     "require 'json'; require 'set'; require 'optparse'; require 'net/http'\n"
                     "require 'openssl'; require 'yaml'; require 'erb'; require 'digest'\n"
                     "require 'tempfile'; require 'time'; require 'open3'; require 'logger'\n"
                     "'x'.encode('Shift_JIS'); 'x'.encode('ISO-8859-2'); 'x'.encode('UTF-16LE')\n"
                     "puts File.read('/proc/self/maps')[/\\S+libruby\\S+/] || RbConfig.ruby\n"
                     "puts $LOADED_FEATURES\n");
    const test::Output said = test::run({ruby, main});
    REQUIRE(said.code == 0);
    const std::unique_ptr<Root> root = open_directory("/");
    test::Finding<RubyModules> finding(*root);
    finding.show(main, FileKind::data, true);
    finding.show(ruby, FileKind::program);
    finding.show(said.text.substr(0, said.text.find('\n')), FileKind::library);
    CHECK(not_asked(said.text, finding) == "");
  }

  TEST_CASE("judged by php: the files that it has included, its ini files and extensions") {
    const std::string php = program({"/usr/bin/php", "/usr/local/bin/php"});
    if (php.empty()) {
      return;
    }
    const test::TempFolder folder;
    folder.write("inc/a.php",
                 "<?php define('SUB', dirname(__FILE__) . '/sub'); require_once SUB . '/b.php';");
    folder.write("inc/sub/b.php", "<?php namespace N; class B {}");
    folder.write("vendor/autoload.php",
                 "<?php require_once __DIR__ . '/composer/autoload_real.php';");
    folder.write("vendor/composer/autoload_real.php",
                 "<?php spl_autoload_register(function ($class) { foreach (require __DIR__ . "
                 "'/autoload_psr4.php' as $prefix => $folders) {\n"
                 "if (str_starts_with($class, $prefix)) { require $folders[0] . '/' . "
                 "str_replace('\\\\', '/', substr($class, strlen($prefix))) . '.php'; } } });");
    folder.write("vendor/composer/autoload_psr4.php",
                 "<?php $vendorDir = dirname(__DIR__); return array('P\\\\Q\\\\' => "
                 "array($vendorDir . '/p/src'));");
    folder.write("vendor/p/src/R/S.php", "<?php namespace P\\Q\\R; class S {}");
    const std::string main = folder.write(
        "main.php",
        "<?php require __DIR__ . '/inc/a.php'; require 'vendor/autoload.php';\n"
        "use P\\Q\\R; new N\\B; new R\\S;\n"
        "preg_match_all('~/\\S+php\\S+\\.so$~m', file_get_contents('/proc/self/maps'), $found);\n"
        "echo implode(\"\\n\", array_merge(get_included_files(), $found[0], "
        "[php_ini_loaded_file()],\n"
        "  array_map('trim', explode(',', (string)php_ini_scanned_files())))), \"\\n\";\n");
    const test::Output said = test::run({php, main});
    REQUIRE(said.code == 0);
    const std::unique_ptr<Root> root = open_directory("/");
    test::Finding<PhpModules> finding(*root);
    finding.show(main, FileKind::data, true);
    finding.show(php, FileKind::program);
    CHECK(not_asked(said.text, finding) == "");
  }
}

} // namespace pare
