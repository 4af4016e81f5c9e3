#include "command.hpp"
#include "finder_run.hpp"
#include "finders/modules/perl.hpp"
#include "finders/modules/perl_source.hpp"
#include "root/directory.hpp"
#include "small_root.hpp"
#include "temp_folder.hpp"

#include <doctest/doctest.h>

#include <sstream>

using namespace pare;
using test::at;
using test::run_finder;
using Strings = std::vector<std::string>;

TEST_SUITE_BEGIN("finders");

namespace {

const std::string perl = "/usr/bin/perl", lib = "/usr/share/perl/5.36/",
                  arch = "/usr/lib/x86_64-linux-gnu/perl/5.36/";

/// A perl with its two folders of modules.
MemoryRoot small_perl() {
  using namespace std::string_literals;
  MemoryRoot root;
  test::add_elf(
      root,
      perl,
      {.interpreter = test::glibc_name,
       .constants =
           "\0/usr/share/perl/5.36\0/usr/lib/x86_64-linux-gnu/perl/5.36\0/usr/share/perl5\0/usr/share/perl\0"s});
  root.add_file(at(lib + "strict.pm"), "package strict; 1;");
  root.add_file(at(arch + "Config.pm"), "package Config; 1;");
  return root;
}

/// What is taken of the root for one source of the program's own.
Strings taken(MemoryRoot& root, const std::string& source, Options options = {}) {
  root.add_file(at("/srv/app.pl"), source);
  const test::FinderRun run = run_finder<PerlModules>(
      root, options, {{perl, FileKind::program, false}, {"/srv/app.pl", FileKind::data, true}});
  CHECK(run.warnings.empty());
  Strings files = run.others;
  for (const std::string& file : run.files) {
    if (file != perl && file != "/srv/app.pl") {
      files.push_back(file.starts_with(lib) ? file.substr(lib.size()) : file);
    }
  }
  return files;
}

/// "sub: topic name" of each need.
Strings needs(std::string_view text) {
  NameTable names;
  const PerlSource source = read_perl(text, names);
  CHECK(source.damage == "");
  Strings lines;
  for (const PerlNeed& need : source.needs) {
    const char* const topics[] = {"module",
                                  "file",
                                  "computed",
                                  "library",
                                  "compiled",
                                  "autoloaded",
                                  "encoding",
                                  "program",
                                  "shell",
                                  "path"};
    lines.push_back(source.units[need.unit].name + ": " + topics[static_cast<int>(need.topic)] +
                    " " + need.name);
  }
  return lines;
}

} // namespace

TEST_CASE("perl: use and require in all their forms") {
  CHECK(needs("use strict; use A::B qw(x y); no warnings 'once';\n"
              "use parent -norequire, 'C'; use base qw(D E::F);\n"
              "use if $] < 5.012, G => 'x'; use if $^O eq 'MSWin32', 'Win32';\n"
              "use lib 'lib', \"$FindBin::Bin/../lib\";\n"
              "require H::I; require 'old.pl'; require 5.006; do './conf.pl';\n"
              "eval { require J; 1 } or eval \"use K; 1\";\n"
              "sub f { require L; use M; }\n") ==
        Strings{": module strict",       ": module A::B", ": module warnings",
                ": module parent",       ": module base", ": module D",
                ": module E::F",         ": module if",   ": module G",
                ": module if",           ": module lib",  ": library lib",
                ": library $Bin/../lib", ": module H::I", ": file old.pl",
                ": file ./conf.pl",      ": module J",    ": module K",
                "f: module L",           ": module M"});
}

TEST_CASE("perl: quotes, patterns, documents and POD hide nothing and show nothing") {
  CHECK(needs("my $x = q{ use A; { } } . qq(use B;) . 'use C;'; # use D;\n"
              "$x =~ s{a/}{use E;}gex; $x =~ m#use F;#; $x =~ tr/a-z/A-Z/; $y = $z / 2; split /;/, "
              "$x;\n"
              "$h{s} = { y => 1, q => 2 }; print $fh <<'END', <<~OTHER;\n"
              "use G;\nEND\n  use H;\n  OTHER\n"
              "use I;\n\n=head1 NAME\n\nuse J;\n\n=cut\n\nuse K;\n"
              "if (-s \"x\") { $#{$a}; $#a; %$b; $$c[0]; @{$d}; }\nuse L;\n__END__\nuse M;\n") ==
        Strings{": module I", ": module K", ": module L"});
}

TEST_CASE("perl: what the language itself loads") {
  CHECK(needs("use v5.36; use 5.010; use 5.006; use A 1.2;") == Strings{": module A"});
  CHECK(needs("print $!{ENOENT}; my @f = <*.c>; my @g = glob('*.h');") ==
        Strings{": module Errno", ": module File::Glob", ": module File::Glob"});
  CHECK(needs("open my $fh, '<:encoding(UTF-16)', $p; open $fh, '<', \\$text; print \"\\N{DEGREE "
              "SIGN}\";") == Strings{": module PerlIO",
                                     ": module PerlIO::encoding",
                                     ": encoding UTF-16",
                                     ": module PerlIO::scalar",
                                     ": module _charnames"});
}

TEST_CASE("perl: other systems are left out") {
  CHECK(needs("if ($^O eq 'MSWin32') { require A } else { require B }\n"
              "require C if $^O eq 'VMS';\n"
              "require D if $^O =~ /^(?:MSWin32|cygwin)$/ || $^O eq 'os2';\n"
              "require E unless $^O eq 'VMS';\n"
              "if ($x && $^O ne 'linux') { require F }\n"
              "require G;") == Strings{": module B", ": module E", ": module G"});
}

TEST_CASE("perl: programs and files") {
  CHECK(needs("system('sort', '-u'); exec \"gzip -d $file\"; my $x = `uname -a`; my $y = qx(date | "
              "wc);\n"
              "open(F, 'ls |'); open(my $p, '-|', 'id', '-u'); open F, '</etc/x' or die;\n"
              "find_encoding('euc-jp');") == Strings{": program sort",
                                                     ": program gzip",
                                                     ": program uname",
                                                     ": shell date | wc",
                                                     ": program date",
                                                     ": program ls",
                                                     ": program id",
                                                     ": path /etc/x",
                                                     ": encoding euc-jp"});
}

TEST_CASE("perl: damage is told and what came before stands") {
  NameTable names;
  const PerlSource source = read_perl("use A;\nmy $x = \"\nuse B;", names);
  CHECK(source.damage == "a quote has no end");
  CHECK(source.needs.size() == 1);
  CHECK(read_perl("print <<END;\nx\n", names).damage == "a here-document has no end");
  CHECK_NOTHROW(read_perl(std::string(100000, '{'), names));
  CHECK_NOTHROW(read_perl(std::string(100000, '}'), names));
  CHECK_NOTHROW(read_perl("s", names));
  CHECK_NOTHROW(read_perl("$", names));
  CHECK_NOTHROW(read_perl("<<", names));
}

TEST_CASE("perl: modules, their compiled part, and subs that nobody names") {
  MemoryRoot root = small_perl();
  root.add_file(at(arch + "List/Util.pm"),
                "package List::Util; require XSLoader; XSLoader::load('List::Util');\n"
                "sub used { require Wanted } sub unused { require Unwanted }\n"
                "our @EXPORT_OK = qw(used unused); 1;");
  root.add_file(at(lib + "XSLoader.pm"), "package XSLoader; 1;");
  root.add_file(at(lib + "Wanted.pm"), "");
  root.add_file(at(lib + "Unwanted.pm"), "");
  root.add_file(at(lib + "Alone.pm"), "");
  test::add_library(root, arch + "auto/List/Util/Util.so");
  CHECK(taken(root, "use strict; use List::Util qw(used); used();") ==
        Strings{arch + "List/Util.pm",
                arch + "auto/List/Util/Util.so",
                "Wanted.pm",
                "XSLoader.pm",
                "strict.pm"});
}

TEST_CASE("perl: PERL5LIB, use lib, and modules of the program's own") {
  MemoryRoot root = small_perl();
  root.add_file(at("/opt/perl/Extra.pm"), "");
  root.add_file(at("/srv/lib/My/Part.pm"), "package My::Part; use Extra; 1;");
  root.add_file(at("/usr/share/perl5/Vendor.pm"), "");
  CHECK(taken(root,
              "use FindBin; use lib \"$FindBin::Bin/lib\"; use My::Part; use Vendor;",
              {.environment = {{"PERL5LIB", "/opt/perl"}}}) ==
        Strings{"/opt/perl/Extra.pm", "/srv/lib/My/Part.pm", "/usr/share/perl5/Vendor.pm"});
}

TEST_CASE("perl: a computed name means what the program's own constants choose, else the folder") {
  MemoryRoot root = small_perl();
  root.add_file(at(lib + "DBI.pm"),
                "package DBI; sub connect { my $d = shift; eval \"require DBD::$d\" }");
  root.add_file(at(lib + "DBD/Pg.pm"), "");
  root.add_file(at(lib + "DBD/SQLite.pm"), "");
  root.add_file(at(lib + "DBD/Win32.pm"), "");
  CHECK(taken(root, "use DBI; DBI->connect('dbi:SQLite:x')") == Strings{"DBD/SQLite.pm", "DBI.pm"});
  CHECK(taken(root, "use DBI; DBI->connect($name)") ==
        Strings{"DBD/Pg.pm", "DBD/SQLite.pm", "DBI.pm"});
}

TEST_CASE("perl: strings that name a part of the file's own package, and zones") {
  MemoryRoot root = small_perl();
  root.add_file(at(lib + "Scope.pm"),
                "package Scope; load(implementations => ['XS', 'PP', 'Win32']); qw(No);\n1;");
  root.add_file(at(lib + "Scope/XS.pm"), "package Scope::XS; 1;");
  root.add_file(at(lib + "Scope/PP.pm"), "package Scope::PP; 1;");
  root.add_file(at(lib + "Scope/Win32.pm"), "package Scope::Win32; 1;");
  root.add_file(at(lib + "Scope/Other.pm"), "package Scope::Other; 1;");
  CHECK(taken(root, "use Scope;") == Strings{"Scope.pm", "Scope/PP.pm", "Scope/XS.pm"});
  root.add_file(at(lib + "Zone.pm"),
                "package Zone; sub new { my $c = \"Zone::$_[1]\"; require_module($c) } 1;");
  root.add_file(at(lib + "Zone/UTC.pm"), "package Zone::UTC; 1;");
  root.add_file(at(lib + "Zone/Asia/Tokyo.pm"), "package Zone::Asia::Tokyo; 1;");
  root.add_file(at(lib + "Zone/Asia/Seoul.pm"), "package Zone::Asia::Seoul; 1;");
  CHECK(taken(root, "use Zone; Zone->new('Asia/Tokyo');") ==
        Strings{"Zone.pm", "Zone/Asia/Tokyo.pm"});
}

TEST_CASE("perl: the compiled part by its name") {
  CHECK(needs("package A; XSLoader::load('B::C', $v); XSLoader::load($x); bootstrap A;") ==
        Strings{": compiled B::C", ": compiled A", ": compiled A"});
}

TEST_CASE("perl: encodings come by Encode's table") {
  MemoryRoot root = small_perl();
  root.add_file(at(arch + "Encode.pm"), "package Encode; use Encode::Config; 1;");
  root.add_file(at(arch + "Encode/Config.pm"),
                "package Encode::Config; our %ExtModule = ('cp437' => 'Encode::Byte', 'euc-jp' => "
                "'Encode::JP'); 1;");
  root.add_file(at(arch + "Encode/JP.pm"), "");
  root.add_file(at(arch + "Encode/Byte.pm"), "");
  CHECK(taken(root, "use Encode; decode('EUC-JP', $x);") ==
        Strings{arch + "Encode.pm", arch + "Encode/Config.pm", arch + "Encode/JP.pm"});
}

TEST_CASE("perl: nothing that the real perl loads is missing") {
  if (test::run({"/usr/bin/perl", "-e", "1"}).code != 0) {
    MESSAGE("no /usr/bin/perl: skipped");
    return;
  }
  const test::TempFolder folder;
  const std::string script =
      folder.write("app.pl",
                   "use strict; use warnings; use utf8; use POSIX qw(strftime floor); use "
                   "List::Util qw(sum); use Data::Dumper;\n"
                   "use File::Basename; use File::Temp; use Getopt::Long; use IO::Handle; use "
                   "Scalar::Util; use Storable;\n"
                   "use Time::Local; use constant X => 1; use Cwd; use File::Spec; use Encode; use "
                   "File::Find; use Text::Wrap;\n"
                   "strftime('%Y', gmtime 0); Dumper([1]); decode('UTF-16LE', 'ab'); my %h = (a => "
                   "$!{ENOENT});\n"
                   "open my $fh, '<', \\'text'; my @f = <*.c>; STDOUT->autoflush(1); "
                   "GetOptions('x' => \\my $x);\n"
                   "print \"$_\\n\" for sort values %INC;\n");
  const test::Output real = test::run({"/usr/bin/perl", script});
  REQUIRE(real.code == 0);
  const std::unique_ptr<Root> root = open_directory("/");
  const test::FinderRun run = run_finder<PerlModules>(
      *root, {}, {{"/usr/bin/perl", FileKind::program, false}, {script, FileKind::data, true}});
  Strings missing;
  Files files(*root);
  std::istringstream lines(real.text);
  for (std::string line; std::getline(lines, line);) {
    const Examined* file = files.open(line).file;
    if (file != nullptr && !run.files.contains(file->path.text())) {
      missing.push_back(line);
    }
  }
  CHECK(missing == Strings{});
}

TEST_SUITE_END();
