#include "finders/modules/php.hpp"
#include "finders/modules/php_source.hpp"
#include "requests_text.hpp"

#include <doctest/doctest.h>

namespace pare {
namespace {

using test::at;
using namespace std::string_literals;

std::string included(std::string_view source) {
  std::map<std::string, std::string> constants;
  std::string out;
  for (const PhpInclude& include : read_php(source, "/app/lib/a.php", constants).includes) {
    std::string shown = include.path;
    std::ranges::replace(shown, '\0', '*');
    out += (out.empty() ? "" : " ") + shown;
  }
  return out;
}

std::string classes(std::string_view source) {
  std::map<std::string, std::string> constants;
  std::string out;
  for (const std::string& name : read_php(source, "/a.php", constants).classes) {
    if (name.find('\\') != std::string::npos) {
      out += (out.empty() ? "" : " ") + name;
    }
  }
  return out;
}

MemoryRoot php_root() {
  MemoryRoot root;
  test::add_elf(
      root,
      "/usr/bin/php8.2",
      {.constants = "\0/etc/php/cli\0/etc/php/cli/conf.d\0/usr/lib/php/2022\0/usr/share/php\0"s});
  root.add_file(
      at("/etc/php/cli/php.ini"),
      "[PHP]\n; extension=no\nmemory_limit = 1M ; more\nopenssl.cafile=\"/etc/ca.pem\"\n");
  root.add_file(at("/etc/ca.pem"), "");
  root.add_file(at("/etc/php/mods/pdo.ini"), "extension=pdo.so\n");
  root.add_link(at("/etc/php/cli/conf.d/10-pdo.ini"), "../../mods/pdo.ini");
  root.add_file(at("/etc/php/cli/conf.d/20-opcache.ini"),
                "zend_extension = opcache\nextension=gone\n");
  root.add_file(at("/usr/lib/php/2022/pdo.so"), "");
  root.add_file(at("/usr/lib/php/2022/opcache.so"), "");
  root.add_file(at("/usr/lib/php/2022/other.so"), "");
  root.add_file(at("/usr/share/php/Shared/a.php"), "<?php");
  return root;
}

const std::string started =
    "file /etc/php/cli/php.ini\nfile /etc/ca.pem\nfile /etc/php/cli/conf.d/10-pdo.ini\n"
    "file /etc/php/cli/conf.d/20-opcache.ini\nfile /usr/lib/php/2022/pdo.so\nfile "
    "/usr/lib/php/2022/opcache.so\n";

std::string asked(MemoryRoot& root, const std::string& main) {
  root.add_file(at("/app/main.php"), main);
  test::Finding<PhpModules> finding(root);
  finding.show("/app/main.php", FileKind::data, true);
  CHECK(finding.text() == "");
  finding.show("/usr/bin/php8.2", FileKind::program);
  const std::string text = finding.text(false);
  CHECK(text.starts_with(started));
  return text.substr(std::min(text.size(), started.size()));
}

} // namespace

TEST_SUITE("finders") {

  TEST_CASE("php: includes") {
    CHECK(included("text require 'no'; <?php require 'a.php'; include_once(\"b.php\"); ?> include "
                   "'no'; <?= require 'c';") == "a.php b.php c");
    CHECK(included("<?php require __DIR__ . '/x.php'; require dirname(__FILE__).'/y'; require "
                   "dirname(__DIR__) . '/z';"
                   "require dirname(__DIR__, 2) . '/w';") ==
          "/app/lib/x.php /app/lib/y /app/z //w");
    CHECK(included("<?php define('ROOT', __DIR__ . '/'); const SUB = 'sub'; $d = ROOT . SUB; "
                   "require ROOT . SUB . '/x'; require $d . '/y';") ==
          "/app/lib/sub/x /app/lib/sub/y");
    CHECK(included("<?php // require 'a'\n# require 'b'\n/* require 'c' */ $x = 'require \"d\"'; "
                   "$o->require('e');"
                   " $h = <<<END\nrequire 'f';\n END;\n require __DIR__ . \"/v/$name.php\";") ==
          "/app/lib/v/*");
  }

  TEST_CASE("php: names of classes") {
    CHECK(classes("<?php namespace App; use Psr\\Log\\LoggerInterface as L; use A\\{B, C as D}; "
                  "new L; new D\\E(); new \\F\\G; new H(); I::x(); $c = 'J\\\\K';") ==
          "A\\B A\\C A\\C\\E App\\H App\\I F\\G J\\K Psr\\Log\\LoggerInterface");
  }

  TEST_CASE("php: ini files and extensions") {
    MemoryRoot root = php_root();
    CHECK(asked(root, "<?php echo 1;") == "");
  }

  TEST_CASE("php: sources") {
    MemoryRoot root = php_root();
    root.add_file(at("/app/inc/b.php"), "<?php include 'Shared/a.php'; exec('convert x');");
    CHECK(asked(root,
                "<?php require 'inc/b.php'; require __DIR__ . '/gone.php'; require "
                "__DIR__.'/inc/'.$x;") == "file /app/inc/b.php\nfolder /app/inc\nfile "
                                          "/usr/share/php/Shared/a.php\nprogram convert\n");
  }

  TEST_CASE("php: Composer's maps") {
    MemoryRoot root = php_root();
    const std::string head =
        "<?php $vendorDir = dirname(__DIR__); $baseDir = dirname($vendorDir); return array(\n";
    root.add_file(at("/app/vendor/autoload.php"),
                  "<?php require_once __DIR__ . '/composer/autoload_real.php';");
    root.add_file(at("/app/vendor/composer/autoload_real.php"), "<?php");
    root.add_file(
        at("/app/vendor/composer/autoload_psr4.php"),
        head + "'P\\\\' => array($vendorDir . '/p/src'),\n'App\\\\' => array($baseDir . '/src'));");
    root.add_file(at("/app/vendor/composer/autoload_classmap.php"),
                  head + "'Old' => $vendorDir . '/old/Old.php',);");
    root.add_file(at("/app/vendor/composer/autoload_files.php"),
                  head + "'0e' => $vendorDir . '/q/f.php',);");
    root.add_file(at("/app/vendor/p/src/Used.php"),
                  "<?php namespace P; class Used extends Sub\\Base {}");
    root.add_file(at("/app/vendor/p/src/Sub/Base.php"), "<?php");
    root.add_file(at("/app/vendor/p/src/Unused.php"), "<?php");
    root.add_file(at("/app/vendor/old/Old.php"), "<?php");
    root.add_file(at("/app/vendor/q/f.php"), "<?php");
    CHECK(asked(root, "<?php require 'vendor/autoload.php'; use P\\Used; new Used; new Old();") ==
          "file /app/vendor/autoload.php\nfile /app/vendor/composer/autoload_classmap.php\nfile "
          "/app/vendor/composer/autoload_files.php\n"
          "file /app/vendor/composer/autoload_psr4.php\nfile "
          "/app/vendor/composer/autoload_real.php\nfile /app/vendor/q/f.php\n"
          "file /app/vendor/old/Old.php\nfile /app/vendor/p/src/Used.php\nfile "
          "/app/vendor/p/src/Sub/Base.php\n");
  }

  TEST_CASE("php: nesting has an end") {
    std::map<std::string, std::string> constants;
    for (const std::string open :
         {"(", "require(", "dirname(", "[", "'a' => array(", "<<<A\n", "use A\\{", "\"{$"}) {
      std::string deep = "<?php ";
      for (int i = 0; i < 50'000; ++i) {
        deep += open;
      }
      read_php(deep, "/a.php", constants);
    }
  }
}

} // namespace pare
