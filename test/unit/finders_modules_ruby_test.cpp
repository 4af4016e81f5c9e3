#include "finders/modules/ruby.hpp"
#include "finders/modules/ruby_source.hpp"
#include "requests_text.hpp"

#include <doctest/doctest.h>

namespace pare {
namespace {

using test::at;
using namespace std::string_literals;

/// "json (lazy) ./x/*": what a source /app/lib/a.rb requires.
std::string required(std::string_view source) {
  std::string out;
  for (const RubyRequire& require : read_ruby(source, "/app/lib/a.rb").requires_) {
    std::string shown = require.name;
    std::ranges::replace(shown, '\0', '*');
    out += (out.empty() ? "" : " ") + shown + (require.is_lazy ? "(lazy)" : "");
  }
  return out;
}

MemoryRoot ruby_root() {
  MemoryRoot root;
  test::add_elf(root, "/usr/bin/ruby3.1");
  test::add_elf(
      root,
      "/usr/lib/libruby-3.1.so.3.1.2",
      {.constants =
           "\0/usr/lib/ruby/vendor_ruby\0/usr/lib/ruby/3.1.0\0/usr/lib/x/ruby/3.1.0\0/usr/lib/ruby\0"s});
  root.add_file(at("/usr/lib/ruby/vendor_ruby/rubygems.rb"),
                "require 'rbconfig'\nmodule Gem\n  autoload :Version, File.join(__dir__, "
                "'rubygems/version')\n"
                "  autoload :Installer, 'rubygems/installer'\n  def self.x\n    require 'lazy'\n  "
                "end\nend\n");
  root.add_file(at("/usr/lib/ruby/vendor_ruby/rubygems/version.rb"), "");
  root.add_file(at("/usr/lib/ruby/vendor_ruby/rubygems/installer.rb"), "");
  root.add_file(at("/usr/lib/ruby/vendor_ruby/lazy.rb"), "");
  root.add_file(at("/usr/lib/ruby/3.1.0/json.rb"), "require 'json/parser'\n");
  root.add_file(at("/usr/lib/ruby/3.1.0/unused.rb"), "");
  for (const char* name : {"rbconfig.rb",
                           "json/parser.so",
                           "enc/encdb.so",
                           "enc/trans/transdb.so",
                           "enc/windows_31j.so",
                           "enc/trans/japanese_sjis.so"}) {
    root.add_file(at(std::string("/usr/lib/x/ruby/3.1.0/") + name), "");
  }
  root.add_file(at("/usr/lib/ruby/gems/3.1.0/specifications/default/json-2.6.1.gemspec"), "");
  return root;
}

const std::string started =
    "file /usr/lib/x/ruby/3.1.0/enc/encdb.so\nfile /usr/lib/x/ruby/3.1.0/enc/trans/transdb.so\n"
    "file /usr/lib/ruby/vendor_ruby/rubygems.rb\nfolder "
    "/usr/lib/ruby/gems/3.1.0/specifications/default\n";
const std::string rubygems =
    "file /usr/lib/x/ruby/3.1.0/rbconfig.rb\nfile /usr/lib/ruby/vendor_ruby/rubygems/version.rb\n";

std::string asked(MemoryRoot& root, const std::string& main) {
  root.add_file(at("/app/main.rb"), main);
  test::Finding<RubyModules> finding(root);
  if (root.lstat(at("/app/Gemfile.lock"))) {
    finding.show("/app/Gemfile.lock", FileKind::data, true);
  }
  finding.show("/app/main.rb", FileKind::data, true);
  finding.show("/usr/bin/ruby3.1", FileKind::program);
  CHECK(finding.text() == "");
  finding.show("/usr/lib/libruby-3.1.so.3.1.2", FileKind::library);
  std::string text = finding.text(false);
  CHECK(text.starts_with(started));
  const std::size_t start = text.find(rubygems);
  REQUIRE(start != std::string::npos);
  return text.erase(start, rubygems.size()).substr(started.size());
}

} // namespace

TEST_SUITE("finders") {

  TEST_CASE("ruby: what is required") {
    CHECK(required("require 'json'\nrequire(\"set\"); require_relative '../x'\nload 'y.rb' if "
                   "a\nbegin require 'z' rescue LoadError; end") == "json set ../x y.rb z");
    CHECK(
        required("autoload :A, 'a/b'\nautoload(:B, \"b\")\nobj.require 'no'\nKernel.require 'k'") ==
        "a/b b k");
    CHECK(required("require File.expand_path('../b', __FILE__)\nrequire File.join(__dir__, "
                   "'c')\nrequire \"#{__dir__}/d\"\nrequire __dir__ + '/e'") ==
          "/app/lib/b /app/lib/c /app/lib/d /app/lib/e");
    CHECK(required("require \"x/#{name}\"\nDir[File.join(__dir__, 'p', '*.rb')].each { |f| require "
                   "f }\nrequire name") == "x/* /app/lib/p");
    CHECK(required("x = \"a #{v.gsub(/'/, %q{', \"'\", '})} b\"\nrequire 'ok'") == "ok");
    CHECK(
        required("case n\nwhen :A\n  lib = 'd/a'\nelse\n  lib = File.join('d', n.to_s)\nend\n"
                 "require lib\n%w[p q].each { |x| require x }\n['r', \"s\"].each do |y|\n  require "
                 "y\nend\nother = 'no'") == "d/a d/* p q r s");
    CHECK(required("P = {\n 'a' => %(#{__dir__}/c/a),\n 'b' => 'c/b'\n}\nrequire P[k]") ==
          "/app/lib/c/a c/b");
    CHECK(required("def a\n  require 'a'\nend\nrequire 'b'\ndef c; require 'c'; end\nrequire "
                   "'d'\nprivate def e\n  require 'e'\nend") == "a(lazy) b c d e(lazy)");
  }

  TEST_CASE("ruby: what looks like it is none") {
    CHECK(required("# require 'a'\n=begin\nrequire 'b'\n=end\nx = \"require 'c'\"; y = 'require "
                   "\"d\"'\nz = %q(require 'e')\nrequire 'ok'\n__END__\nrequire 'f'") == "ok");
    CHECK(required("a = <<~X + <<-'Y'\n  require 'a'\n  X\nrequire 'b'\nY\nrequire 'ok'") == "ok");
    CHECK(required("a = b / c; d = /\"/ =~ e; f = %w[' \"]; g = ?\"; h = \"#{i[\"'\"]}\"; $\" << "
                   "x; require 'ok'") == "ok");
    CHECK(required("puts /'/, x %y; class << self; end\nrequire 'ok'") == "ok");
  }

  TEST_CASE("ruby: other needs") {
    const RubyNeeds needs =
        read_ruby("# -*- coding: euc-jp -*-\nsystem 'tar x | sort'; system(\"git\", \"log\"); "
                  "`uname -a`; Open3.capture3('jq .')\n"
                  "x.encode('Shift_JIS', 'UTF-8'); Encoding::GBK; gem 'rack'; File.read('/etc/x')\n"
                  "$LOAD_PATH.unshift File.expand_path('../lib', __dir__); $: << '/opt'; "
                  "Bundler.require(:default)",
                  "/app/lib/a.rb");
    CHECK(needs.programs == std::vector<std::string>{"tar", "sort", "git", "uname", "jq"});
    CHECK(needs.encodings == std::vector<std::string>{"euc-jp", "Shift_JIS", "UTF-8", "GBK"});
    CHECK(needs.gems == std::vector<std::string>{"rack"});
    CHECK(needs.files == std::vector<std::string>{"/etc/x"});
    CHECK(needs.load_paths == std::vector<std::string>{"/app/lib", "/opt"});
    CHECK(needs.requires_bundle);
  }

  TEST_CASE("ruby: the start, features and encodings") {
    MemoryRoot root = ruby_root();
    CHECK(asked(root, "require 'json'\nrequire 'gone'\n'x'.encode('SJIS')\n") ==
          "file /usr/lib/ruby/3.1.0/json.rb\nfile /usr/lib/x/ruby/3.1.0/enc/windows_31j.so\nfile "
          "/usr/lib/x/ruby/3.1.0/enc/trans/japanese_sjis.so\n"
          "file /usr/lib/x/ruby/3.1.0/json/parser.so\n");
  }

  TEST_CASE("ruby: gems") {
    MemoryRoot root = ruby_root();
    const std::string gems = "/var/lib/gems/3.1.0/";
    root.add_file(
        at(gems + "specifications/rack-2.0.gemspec"),
        "# stub: rack 2.0 ruby lib\ns.add_runtime_dependency(%q<dep>.freeze, [\">= 0\"])");
    root.add_file(at(gems + "specifications/rack-10.0.gemspec"), "# stub: rack 10.0 ruby lib\n");
    root.add_file(at(gems + "specifications/dep-1.gemspec"), "# stub: dep 1 ruby lib\n");
    root.add_file(at(gems + "specifications/native-1.gemspec"),
                  "# stub: native 1 ruby other\0lib\n"s);
    root.add_file(at(gems + "gems/rack-2.0/lib/rack.rb"), "");
    root.add_file(at(gems + "gems/rack-10.0/lib/rack.rb"), "");
    root.add_file(at(gems + "gems/native-1/lib/native.rb"), "require 'native/ext'");
    root.add_file(at(gems + "extensions/x86_64-linux/3.1.0/native-1/native/ext.so"), "");
    root.add_file(at(gems + "extensions/x86_64-linux/3.1.0/native-1/gem.build_complete"), "");
    CHECK(asked(root, "require 'rack'\n") == "file " + gems +
                                                 "specifications/rack-10.0.gemspec\nfile " + gems +
                                                 "gems/rack-10.0/lib/rack.rb\n");
    CHECK(asked(root, "require 'native'\n") ==
          "file " + gems + "specifications/native-1.gemspec\nfile " + gems +
              "extensions/x86_64-linux/3.1.0/native-1/gem.build_complete\n"
              "file " +
              gems + "gems/native-1/lib/native.rb\nfile " + gems +
              "extensions/x86_64-linux/3.1.0/native-1/native/ext.so\n");
    root.add_file(
        at("/app/Gemfile.lock"),
        "GEM\n  specs:\n    rack (2.0)\n      dep\n    dep (1)\n\nDEPENDENCIES\n  rack (~> 2)\n");
    CHECK(asked(root, "Bundler.require\n") ==
          "file " + gems + "specifications/rack-2.0.gemspec\nfile " + gems +
              "specifications/dep-1.gemspec\nfile " + gems + "gems/rack-2.0/lib/rack.rb\n");
  }

  TEST_CASE("ruby: nesting has an end") {
    for (const std::string open :
         {"(", "\"#{", "require(", "File.join(", "%q(", "<<~A\n", "def a\n ", "Dir[", "[", "%w["}) {
      std::string deep;
      for (int i = 0; i < 50'000; ++i) {
        deep += open;
      }
      read_ruby(deep, "/a.rb");
    }
  }
}

} // namespace pare
