// Rules in memory: the patterns, what is wrong with a rule, what fires and what it asks for; and
// the rules that are built in.
#include "finders/rule_config.hpp"
#include "finders/rule_pattern.hpp"
#include "finders/rule_text.hpp"
#include "finders/rules.hpp"
#include "small_root.hpp"
#include "temp_folder.hpp"

#include <pare/error.hpp>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

using namespace pare;
using test::at;

TEST_SUITE_BEGIN("finders");

namespace {

/// "name=value ..." of the captures; "no" when it does not match.
std::string matched(std::string_view pattern, std::string_view text) {
  Captures captures;
  if (!match_pattern(pattern, text, captures)) {
    return "no";
  }
  std::string out = "yes";
  for (const auto& [name, value] : captures) {
    out += fmt::format(" {}={}", name, value);
  }
  return out;
}

/// "a b|c d": each match, its captures.
std::string lines_matched(std::string_view pattern, std::string_view record) {
  std::string out;
  for (const std::vector<std::string>& values : LinePattern(pattern).match(record)) {
    out += fmt::format("{}{}", out.empty() ? "" : "|", fmt::join(values, " "));
  }
  return out;
}

std::string fault_of(std::string_view rules) {
  try {
    parse_rules(rules, "x.toml");
  } catch (const UsageError& error) {
    return error.what();
  }
  return "none";
}

/// A root, rules, and what they ask for, a line a request.
class Scene {
public:
  explicit Scene(std::string_view rules) {
    set_.add(parse_rules(fmt::format("subject = 'x'\n{}", rules), "x.toml"), "x.toml");
  }

  MemoryRoot root;
  Options options;

  void file(const std::string& path, const std::string& text = "") {
    root.add_file(at(path), text);
  }

  std::string show(const std::string& path, FileKind kind = FileKind::data) {
    finder().examine({.file = open(path), .kind = kind, .is_own = false}, requests_, warnings_);
    return take();
  }

  std::string symbol(const std::string& by,
                     const std::string& name,
                     Confidence confidence = Confidence::likely) {
    return reach({.kind = ReachedKind::symbol,
                  .file = open(by),
                  .text = name,
                  .arguments = {},
                  .confidence = confidence});
  }

  std::string constant(const std::string& by, const std::string& text) {
    return reach({.kind = ReachedKind::constant, .file = open(by), .text = text, .arguments = {}});
  }

  std::string call(const std::string& by,
                   const std::string& name,
                   std::vector<std::optional<std::string>> arguments) {
    return reach({.kind = ReachedKind::call,
                  .file = open(by),
                  .text = name,
                  .arguments = std::move(arguments)});
  }

  bool knows(const std::string& swept, const std::string& path) {
    return finder().knows(at(swept), at(path));
  }

private:
  std::string reach(const Reached& event) {
    finder().reached(event, requests_, warnings_);
    return take();
  }

  RuleFinder& finder() {
    if (!finder_) {
      files_ = std::make_unique<Files>(root);
      context_ = std::make_unique<FinderContext>(FinderContext{*files_, options});
      finder_ = std::make_unique<RuleFinder>(*context_, set_);
    }
    return *finder_;
  }

  const Examined* open(const std::string& path) {
    finder();
    const Found& found = files_->open(path);
    REQUIRE(found.file != nullptr);
    return found.file;
  }

  std::string take() {
    constexpr std::string_view kinds[] = {"library", "program", "file", "folder", "glob"};
    std::string text;
    for (const Request& request : requests_) {
      text += fmt::format("{} {} ({}){}\n",
                          kinds[static_cast<std::size_t>(request.kind)],
                          fmt::join(request.names, " | "),
                          request.detail,
                          request.confidence == Confidence::likely ? "" : " not likely");
      CHECK(request.by != nullptr);
      CHECK(request.reason == ReasonKind::rule);
    }
    for (const Warning& warning : warnings_) {
      text += fmt::format("{}: {}\n", warning.path, warning.message);
    }
    requests_.clear();
    warnings_.clear();
    return text;
  }

  RuleSet set_{RuleBook()};
  std::unique_ptr<Files> files_;
  std::unique_ptr<FinderContext> context_;
  std::unique_ptr<RuleFinder> finder_;
  std::vector<Request> requests_;
  std::vector<Warning> warnings_;
};

} // namespace

TEST_CASE("a pattern over names") {
  CHECK(matched("getpwnam*", "getpwnam_r") == "yes");
  CHECK(matched("getpwnam", "getpwnam_r") == "no");
  CHECK(matched("/usr/*/x", "/usr/lib/x") == "yes");
  CHECK(matched("/usr/*/x", "/usr/lib/y/x") == "no");
  CHECK(matched("/usr/**/x", "/usr/lib/y/x") == "yes");
  CHECK(matched("**/bin/git", "/bin/git") == "yes");
  CHECK(matched("**/bin/g?t", "/usr/bin/g/t") == "no");
  CHECK(matched("/usr/lib/{version}/bin/{name}", "/usr/lib/15/bin/psql") ==
        "yes name=psql version=15");
  CHECK(matched("/a{rest**}/c", "/a/b/b/c") == "yes rest=/b/b");
  CHECK(matched("x{y}", "x") == "no");
  CHECK(matched("[a-c][!x]*", "bz") == "yes");
  CHECK(matched("[a-c][!x]*", "bx") == "no");
  CHECK(matched("[!/]x", "/x") == "no");
  CHECK(matched("a[b", "a[b") == "yes");
  CHECK(matched("\\*", "*") == "yes");
  CHECK(matched("\\*", "x") == "no");
  // A run that cannot go on gives way to the one before it.
  CHECK(matched("**a*b/c", "a/ab/b/axb/c") == "yes");
  CHECK(matched("*ab*ab", "abxabxab") == "yes");
  CHECK(matched("*ab*ab", "abxabxa") == "no");
  CHECK(matched("**", "") == "yes");
}

TEST_CASE("many runs take no time that grows with their number") {
  const std::string text(20000, 'a');
  CHECK(matched("*a*a*a*a*a*a*a*a*a*a*b", text) == "no");
  CHECK(matched("**a**a**a**a**a**a**a**b", text) == "no");
}

TEST_CASE("a pattern over lines") {
  CHECK(lines_matched("passwd: {service...}", "passwd:  files systemd") == "files|systemd");
  CHECK(lines_matched("passwd: {service...}", "passwd:files,nis") == "files|nis");
  CHECK(lines_matched("passwd: {service...}", "passwd_compat: nis") == "");
  CHECK(lines_matched("load_module {path}", "load_module  \"modules/a b.so\"") == "modules/a b.so");
  CHECK(lines_matched("load_module {path}", "LOAD_MODULE modules/x.so more") == "modules/x.so");
  CHECK(lines_matched("load_module {path}", "load_modules/x") == "");
  CHECK(lines_matched("Driver = {path}", "Driver=/usr/lib/x.so") == "/usr/lib/x.so");
  CHECK(lines_matched("Driver = {path}", "driver   =   /usr/lib/x.so") == "/usr/lib/x.so");
  CHECK(lines_matched("\"{path}\"", "\"/usr/lib/a b.so\" more") == "/usr/lib/a b.so");
  CHECK(lines_matched("*<dir*>{path}</dir>", "<x/><dir>/a b</dir><dir prefix=\"xdg\">c</dir>") ==
        "/a b|c");
  CHECK(lines_matched("* -x {name}", "run -x one -x two") == "one|two");
  CHECK(lines_matched("{key} = {value}", "a = b") == "a b");
  CHECK(lines_matched("errorfile * {path}", "errorfile 400 /e/400.http") == "/e/400.http");
  CHECK(lines_matched("* crt {path}", "bind :443 ssl crt /c.pem alpn h2") == "/c.pem");
  CHECK(LinePattern("{a}{b}").fault() == "nothing tells where the capture begins");
  CHECK(LinePattern("{a...} x").fault() == "{name...} stands at the end");
  CHECK(LinePattern("{a").fault() == "a brace without an end");
}

TEST_CASE("templates and filters") {
  const auto values = [](std::string_view name) {
    return name == "two"    ? Values{"1", "2"}
           : name == "path" ? Values{"/abs"}
           : name == "lang" ? Values{"de_DE.UTF-8@euro"}
                            : Values();
  };
  CHECK(expand("/x/{two}/{two}", values) ==
        std::vector<std::string>{"/x/1/1", "/x/1/2", "/x/2/1", "/x/2/2"});
  CHECK(expand("/x/{path}/y", values) == std::vector<std::string>{"/abs/y"});
  CHECK(expand("/x/{none}", values).empty());
  CHECK(expand("{lang|codeset}", values) == std::vector<std::string>{"de_DE.utf8@euro"});
  CHECK(expand("{lang|charset}", values) == std::vector<std::string>{"UTF-8"});
  CHECK(expand("{lang|languages}", values) == std::vector<std::string>{"de_DE", "de"});
  CHECK(expand("{lang|first}", values) == std::vector<std::string>{"d"});
  CHECK(filtered("codeset", "ja_JP.ISO-8859-1") == Values{"ja_JP.iso88591"});
  CHECK(filtered("codeset", "x.8859-1") == Values{"x.iso88591"});
  CHECK(filtered("codeset", "C") == Values{"C"});
}

TEST_CASE("records of a config file: comments, joined lines, sections") {
  Config config{
      .files = {},
      .split = "\n",
      .comments = {"#", "<!-- -->"},
      .lines = {
          {.match = {"load {name}"}, .section = "", .skip = {}, .brings = {}, .include = {}},
          {.match = {"{name} = *"}, .section = "plug*", .skip = {}, .brings = {}, .include = {}}}};
  std::string text;
  for (const ConfigMatch& match : match_config(
           "# load a\nload \\\n b\nload <!-- x\n--> c#d # e\n[plugins]\nf = g\n[other]\nh = i\n",
           config)) {
    text += fmt::format("{}:{} ", match.captures.at("section"), match.captures.at("name"));
  }
  CHECK(text == ":b :c#d plugins:f ");
}

TEST_CASE("what is wrong with a rule is said with its line") {
  const std::string rule = "subject = 's'\n[[rule]]\nid = 'a'\nsource = 'man'\n";
  CHECK(fault_of(rule + "when = [{ symbols = ['f'] }]\ntake = ['/x']\n") == "none");
  CHECK(fault_of("subject = 's'\n") == "x.toml:1: no [[rule]]");
  CHECK(fault_of("subject = \n").starts_with("x.toml:1: "));
  CHECK(fault_of(rule + "take = ['/x']\n") == "x.toml:2: when is not there");
  CHECK(fault_of(rule + "when = [{ exists = ['/x'] }]\n") ==
        "x.toml:5: one of calls, strings, symbols, files, needed and rules is wanted in each "
        "alternative");
  CHECK(fault_of(rule + "when = [{ symbol = ['f'] }]\n") == "x.toml:5: unknown condition symbol");
  CHECK(fault_of(rule + "when = [{ symbols = ['f'] }]\ntakes = ['/x']\n")
            .starts_with("x.toml:6: unknown key takes; known are "));
  CHECK(fault_of(rule + "when = [{ symbols = ['f'] }]\ntake = ['x']\n") ==
        "x.toml:6: x: a path starts with / or a placeholder");
  CHECK(fault_of(rule + "when = [{ symbols = ['f'] }]\ntake = ['/x/{y}']\n") ==
        "x.toml:6: /x/{y}: nothing captures {y}");
  CHECK(
      fault_of(rule + "when = [{ files = ['/{y}'] }, { symbols = ['f'] }]\ntake = ['/x/{y}']\n") ==
      "x.toml:6: /x/{y}: nothing captures {y}");
  CHECK(fault_of(rule + "when = [{ files = ['/{y'] }]\n") ==
        "x.toml:5: /{y: a brace without an end");
  CHECK(fault_of(rule + "when = [{ calls = ['open'] }]\n") ==
        "x.toml:5: open: a call is written NAME(ARGUMENT)");
  CHECK(fault_of(rule + "when = [{ symbols = ['f'] }]\ntake = ['/{env:X|up}']\n") ==
        "x.toml:6: /{env:X|up}: there is no filter up");
  CHECK(fault_of(rule + "when = [{ symbols = ['f'] }]\nconfidence = 'sure'\n") ==
        "x.toml:6: confidence is certain, likely or possible");
  CHECK(fault_of(rule + "when = [{ symbols = ['f'] }]\n[[rule.config]]\nfiles = "
                        "['/x']\n[[rule.config.line]]\nmatch = '{a'\ntake = '/x'\n") ==
        "x.toml:9: {a: a brace without an end");
  CHECK(fault_of(rule + "when = [{ symbols = ['f'] }]\n[[rule]]\nid = 'a'\nsource = 'x'\nwhen = [{ "
                        "symbols = ['f'] }]\n") == "x.toml:6: the id a is there twice");
  CHECK(fault_of(rule + "when = [{ symbols = [] }]\n") == "x.toml:5: symbols is empty");
}

TEST_CASE("a rule is kept packed, whole") {
  const std::vector<Rule> rules = parse_rules(
      "subject = 's'\n# why\n[[rule]]\nid = 'a'\nsource = 'man'\n"
      "when = [{ symbols = ['f*'], unset = ['X'] }, { files = '/x/{y}' }]\n"
      "take = ['/x', ['/y', '/z/']]\nlibraries = ['l']\nprograms = ['p']\nleave = ['**.a']\n"
      "confidence = 'possible'\n[[rule.config]]\nfiles = ['/c']\nsplit = ';'\ncomment = '#'\n"
      "[[rule.config.line]]\nmatch = 'm {n}'\nsection = 's'\ntake = '/{n}'\ninclude = '/{n}'\n",
      "x.toml");
  REQUIRE(rules.size() == 1);
  CHECK(unpack(pack(rules[0])) == rules[0]);
  CHECK(rules[0].text.starts_with("# why\n[[rule]]\n"));
}

TEST_CASE("a symbol that is reached fires a rule once for each file that uses it") {
  Scene scene("[[rule]]\nid='r'\nsource='s'\nwhen=[{symbols=['get*', 'f']}]\ntake=['/etc/a', "
              "['/etc/b', '/etc/c']]\n"
              "libraries=['liba.so']\nprograms=['sh']\n");
  scene.file("/bin/x");
  scene.file("/bin/y");
  CHECK(scene.symbol("/bin/x", "other") == "");
  CHECK(scene.symbol("/bin/x", "getpwnam") ==
        "file /etc/a (r: getpwnam)\nfile /etc/b | /etc/c (r: getpwnam)\n"
        "library liba.so (r: getpwnam)\nprogram sh (r: getpwnam)\n");
  CHECK(scene.symbol("/bin/x", "f") == "");
  CHECK(scene.symbol("/bin/y", "f") != "");
}

TEST_CASE("a rule is as sure as what triggered it, and asks again when it is surer") {
  const std::string rule = "[[rule]]\nid='r'\nsource='s'\nwhen=[{symbols=['f']}]\ntake='/etc/a'\n";
  Scene scene(rule);
  scene.options.confidence = Confidence::possible;
  scene.file("/bin/x");
  CHECK(scene.symbol("/bin/x", "f", Confidence::possible) == "file /etc/a (r: f) not likely\n");
  CHECK(scene.symbol("/bin/x", "f") == "file /etc/a (r: f)\n");
  Scene plain(rule);
  plain.file("/bin/x");
  CHECK(plain.symbol("/bin/x", "f", Confidence::possible) == "");
}

TEST_CASE("all keys of an alternative must hold, in whatever order they come to") {
  const std::string rule =
      "[[rule]]\nid='r'\nsource='s'\nwhen=[{symbols=['f'], needed='liba.so.1', exists='/etc/x', "
      "unset='NO'}, {strings='/opt/{name}'}]\ntake='{dir}/a'\n";
  for (const bool symbol_first : {false, true}) {
    Scene scene(rule + "[[rule]]\nid='q'\nsource='s'\nwhen=[{rules='r'}]\ntake='/q'\n");
    scene.file("/etc/x");
    scene.file("/bin/x");
    test::add_library(scene.root, "/lib/liba.so.1");
    std::string found = symbol_first ? scene.symbol("/bin/x", "f")
                                     : scene.show("/lib/liba.so.1", FileKind::library);
    CHECK(found == "");
    found = symbol_first ? scene.show("/lib/liba.so.1", FileKind::library)
                         : scene.symbol("/bin/x", "f");
    CHECK(found == "file /lib/a (r: f)\nfile /q (q: f)\n");
  }
  Scene without(rule);
  without.options.environment["NO"] = "1";
  without.file("/etc/x");
  without.file("/bin/x");
  test::add_library(without.root, "/lib/liba.so.1");
  without.show("/lib/liba.so.1", FileKind::library);
  CHECK(without.symbol("/bin/x", "f") == "");
  CHECK(without.constant("/bin/x", "/opt/y") == "file /bin/a (r: /opt/y)\n");
}

TEST_CASE("captures of paths, calls and variables") {
  Scene scene(
      "[[rule]]\nid='p'\nsource='s'\nwhen=[{files='/usr/lib/{v}/bin/db'}]\ntake='/usr/share/db/{v}/"
      "x'\n"
      "[[rule]]\nid='c'\nsource='s'\nwhen=[{calls='start({name})'}]\ntake='/etc/{name}.conf'\n"
      "[[rule]]\nid='e'\nsource='s'\nwhen=[{symbols='loc', environment=['LANG={l}', "
      "'LC_*={l}']}]\ntake='/l/{l|codeset}'\n"
      "[[rule]]\nid='t'\nsource='s'\nwhen=[{symbols='term'}]\ntake='/t/{env:TERM|first}/"
      "{env:TERM}'\n"
      "[[rule]]\nid='h'\nsource='s'\nwhen=[{symbols='loc', environment='LANG={l}', holds=['/arch', "
      "\"\\u0000{l|codeset}\\u0000\"]}]\ntake='/arch'\n");
  scene.options.environment = {{"LANG", "de_DE.UTF-8"}, {"LC_TIME", "C"}};
  scene.file("/usr/lib/15/bin/db");
  scene.file("/bin/x");
  scene.file("/arch", std::string("\0de_DE.utf8\0", 12));
  CHECK(scene.show("/usr/lib/15/bin/db") == "file /usr/share/db/15/x (p: /usr/lib/15/bin/db)\n");
  CHECK(scene.call("/bin/x", "start", {std::nullopt, "login"}) ==
        "file /etc/login.conf (c: start(login))\n");
  CHECK(scene.symbol("/bin/x", "loc") ==
        "file /l/de_DE.utf8 (e: loc)\nfile /l/C (e: loc)\nfile /arch (h: loc)\n");
  CHECK(scene.symbol("/bin/x", "term") == ""); // TERM is not set
}

TEST_CASE("the library folder is that of the machine and the distribution: the first that has it") {
  Scene scene("[[rule]]\nid='r'\nsource='s'\nwhen=[{symbols='f'}]\ntake=['{lib}/m/', "
              "'{lib}/n/*.so', '{lib}/x.so']\n");
  test::add_elf(scene.root, "/bin/x", test::glibc_program({}));
  scene.file("/usr/lib/x86_64-linux-gnu/y");
  scene.file("/usr/lib/m/a");
  scene.file("/usr/lib/n/b.so");
  scene.file("/usr/lib/n/c.so");
  CHECK(scene.symbol("/bin/x", "f") ==
        "folder /usr/lib/m (r: f)\nfile /usr/lib/n/b.so (r: f)\nfile /usr/lib/n/c.so (r: f)\n"
        "file /usr/lib/x86_64-linux-gnu/x.so | /usr/lib/x.so (r: f)\n");
}

TEST_CASE("what is left out of a folder; alternatives of different kinds") {
  Scene scene("[[rule]]\nid='r'\nsource='s'\nwhen=[{symbols='f'}]\ntake=['/d/', ['/no', '/e/**.x', "
              "'/d/a']]\nleave=['/d/right/**', '**.bc']\n");
  scene.file("/bin/x");
  scene.file("/d/a");
  scene.file("/d/b.bc");
  scene.file("/d/s/c");
  scene.file("/d/right/a");
  scene.file("/e/1/2/z.x");
  CHECK(scene.symbol("/bin/x", "f") ==
        "file /d/a (r: f)\nfile /d/s/c (r: f)\nfile /e/1/2/z.x (r: f)\n");
}

TEST_CASE("of which folders the rules that fired know what is needed") {
  Scene scene("[[rule]]\nid='a'\nsource='x'\nwhen=[{files='/bin/a'}]\n"
              "take=['/data/run/', '/lib/a/*.so']\nleave=['**/doc/**', '/etc/a/old/**']");
  scene.file("/bin/a");
  scene.file("/data/run/x");
  scene.file("/data/run/doc/y");
  scene.file("/lib/a/z.so");
  CHECK_FALSE(scene.knows("/data", "/data/run/doc/y")); // it has not fired
  scene.show("/bin/a");
  CHECK(scene.knows("/data", "/data/run/doc/y"));
  CHECK(scene.knows("/data/run/doc", "/data/run/doc/y"));
  CHECK_FALSE(scene.knows("/data", "/data/other"));
  CHECK(scene.knows("/lib/a", "/lib/a/tools/t"));
  CHECK_FALSE(scene.knows("/lib/a/tools", "/lib/a/tools/t")); // a nearer name than the pattern's
  CHECK(scene.knows("/etc/a", "/etc/a/old/f"));
  CHECK_FALSE(scene.knows("/etc/a", "/etc/a/new/f"));
}

TEST_CASE("config files name more, and include others") {
  Scene scene("[[rule]]\nid='r'\nsource='s'\nwhen=[{symbols='f'}]\n[[rule.config]]\nfiles=[['/etc/"
              "no', '/etc/s.conf']]\nsplit=\"\\n;\"\ncomment='#'\n"
              "[[rule.config.line]]\nmatch='load {p}'\ntake='{confdir}/m/{p}'\n"
              "[[rule.config.line]]\nmatch='passwd: {s...}'\nlibraries='libnss_{s}.so.2'\n"
              "[[rule.config.line]]\nmatch='include {p}'\ninclude=['{confdir}/{p}', "
              "'{confdir}/{p}/*.conf']\n");
  scene.file("/bin/x");
  scene.file("/etc/s.conf",
             "load a.so; load /b.so # load c\npasswd: files nis\ninclude d;include s.conf\ninclude "
             "gone\n");
  scene.file("/etc/d/1.conf", "load e.so");
  scene.file("/etc/d/2.txt", "load f.so");
  CHECK(scene.symbol("/bin/x", "f") ==
        "file /etc/s.conf (r: f)\nfile /etc/m/a.so (r: f, by /etc/s.conf)\nfile /b.so (r: f, by "
        "/etc/s.conf)\n"
        "library libnss_files.so.2 (r: f, by /etc/s.conf)\nlibrary libnss_nis.so.2 (r: f, by "
        "/etc/s.conf)\n"
        "file /etc/d/1.conf (r: f)\nfile /etc/d/m/e.so (r: f, by /etc/d/1.conf)\n");
}

TEST_CASE("a line must agree with what the trigger captured; what is skipped") {
  Scene scene("[[rule]]\nid='r'\nsource='s'\nwhen=[{calls='iconv_open({charset})'}]\n[[rule.config]"
              "]\nfiles='/m'\n"
              "[[rule.config.line]]\nmatch='module {charset}// INTERNAL "
              "{module}'\nskip='S*'\ntake='/g/{module}.so'\n");
  scene.file("/bin/x");
  scene.file("/m",
             "module EUC-JP// INTERNAL EUC-JP 1\nmodule EUC-KR// INTERNAL EUC-KR 1\nmodule "
             "euc-jp// INTERNAL SKIPPED 1\n");
  CHECK(scene.call("/bin/x", "iconv_open", {"euc-jp"}) ==
        "file /m (r: iconv_open(euc-jp))\nfile /g/EUC-JP.so (r: iconv_open(euc-jp), by /m)\n");
}

TEST_CASE("a rule for versions of a library") {
  const std::string rule = "[[rule]]\nid='{0}'\nsource='s'\nwhen=[{{symbols='f', needed='liba.so', "
                           "{0}='V_2'}}]\ntake='/{0}'\n";
  Scene scene(fmt::format(fmt::runtime(rule), "defines") +
              fmt::format(fmt::runtime(rule), "lacks"));
  scene.file("/bin/x");
  test::add_elf(
      scene.root, "/lib/liba.so", {.soname = "liba.so", .versions = {"liba.so", "V_1", "V_2"}});
  scene.show("/lib/liba.so", FileKind::library);
  CHECK(scene.symbol("/bin/x", "f") == "file /defines (defines: f)\n");
}

TEST_CASE("a config file that is too long is a warning") {
  Scene scene("[[rule]]\nid='r'\nsource='s'\nwhen=[{symbols='f'}]\n[[rule.config]]\nfiles='/etc/"
              "c'\n[[rule.config.line]]\nmatch='x {p}'\ntake='/{p}'\n");
  scene.file("/bin/x");
  scene.file("/etc/c", std::string(5 << 20, 'x'));
  const std::string found = scene.symbol("/bin/x", "f");
  CHECK(found.starts_with("file /etc/c (r: f)\n/etc/c: "));
  CHECK(found.ends_with("what it names is not known\n"));
}

TEST_CASE("what the engine of reach must tell of") {
  RuleSet set{RuleBook()};
  set.add(parse_rules("subject='x'\n[[rule]]\nid='r'\nsource='s'\nwhen=[{symbols=['f', 'get*'], "
                      "strings='/etc/*'}, {calls='start(x)'}]\ntake='/x'\n",
                      "x.toml"),
          "x.toml");
  CHECK(set.interesting_symbol("f"));
  CHECK(set.interesting_symbol("getx"));
  CHECK_FALSE(set.interesting_symbol("g"));
  CHECK(set.interesting_constant("/etc/x"));
  CHECK_FALSE(set.interesting_constant("f"));
  CHECK(set.call_names() == std::set<std::string, std::less<>>{"start"});
}

TEST_CASE("the rules that are built in can be unpacked, and every file of rules/ is among them") {
  const RuleSet set;
  std::set<std::string> subjects;
  for (std::uint32_t i = 0; i < set.size(); ++i) {
    const Rule rule = set.get(i);
    CHECK(rule.id == set.id(i));
    CHECK_FALSE(rule.source.empty());
    subjects.insert(rule.subject);
  }
  std::size_t files = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(PARE_TEST_FOLDER) + "/../rules")) {
    if (entry.path().extension() == ".toml") {
      ++files;
      for (const Rule& rule : read_rules(entry.path())) {
        CHECK_MESSAGE(subjects.contains(rule.subject), entry.path().string());
      }
    }
  }
  CHECK(files == subjects.size());
}

TEST_CASE("a folder of rules: broken ones and doubles are named") {
  const test::TempFolder folder;
  const std::string rule = "subject='x'\n[[rule]]\nid='{}'\nsource='s'\nwhen=[{{{}}}]\ntake='/x'\n";
  const auto fault = [&] {
    try {
      RuleSet set{RuleBook()};
      set.add_folder(folder.path());
      return std::to_string(set.size());
    } catch (const Error& error) {
      const std::string text = error.what();
      return text.substr(text.rfind('/') + 1);
    }
  };
  CHECK(fault() == "0");
  folder.write("a.toml", fmt::format(fmt::runtime(rule), "a", "symbols='f'"));
  folder.write("b.txt", "no rule");
  CHECK(fault() == "1");
  folder.write("b.toml", fmt::format(fmt::runtime(rule), "b", "rules='c'"));
  CHECK(fault() == "b.toml: rule b waits for c, which is no rule");
  folder.write("b.toml", fmt::format(fmt::runtime(rule), "a", "symbols='g'"));
  CHECK(fault() == "b.toml: there is a rule a already");
  folder.write("b.toml", "x");
  CHECK(fault().starts_with("b.toml:1: "));
}

TEST_SUITE_END();
