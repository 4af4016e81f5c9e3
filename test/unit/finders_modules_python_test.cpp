#include "command.hpp"
#include "finder_run.hpp"
#include "finders/modules/python.hpp"
#include "finders/modules/python_source.hpp"
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

const std::string python = "/usr/bin/python3.11", lib = "/usr/lib/python3.11/";

/// An upstream Python 3.11 in /usr with a library of a few modules.
MemoryRoot small_python() {
  MemoryRoot root;
  test::add_elf(root,
                python,
                {.interpreter = test::glibc_name,
                 .constants = std::string("\0PyInit_time\0PyInit__io\0", 24)});
  for (const char* name : {"os.py",
                           "site.py",
                           "io.py",
                           "abc.py",
                           "codecs.py",
                           "encodings/__init__.py",
                           "encodings/utf_8.py"}) {
    root.add_file(at(lib + name), "");
  }
  return root;
}

/// What is taken of the root for one source of the program's own, less what every start takes.
Strings taken(MemoryRoot& root, const std::string& source, Options options = {}) {
  root.add_file(at("/srv/app.py"), source);
  const test::FinderRun run = run_finder<PythonModules>(
      root, options, {{python, FileKind::program, false}, {"/srv/app.py", FileKind::data, true}});
  CHECK(run.warnings.empty());
  Strings files = run.others;
  for (const std::string& file : run.files) {
    if (file != python && file != "/srv/app.py" && file != lib + "os.py" &&
        !file.starts_with(lib + "encodings/__init__") &&
        !file.starts_with(lib + "encodings/utf_8")) {
      files.push_back(file.starts_with(lib) ? file.substr(lib.size()) : file);
    }
  }
  return files;
}

/// "unit: topic name member" of each need.
Strings needs(std::string_view text, PythonReading reading = {}) {
  NameTable names = python_names();
  const PythonSource source = read_python(text, reading, names);
  CHECK(source.damage == "");
  Strings lines;
  for (const PythonNeed& need : source.needs) {
    const char* const topics[] = {"module",
                                  "computed",
                                  "encoding",
                                  "library",
                                  "find_library",
                                  "program",
                                  "shell",
                                  "path",
                                  "distribution",
                                  "entry_points",
                                  "zone",
                                  "resource"};
    lines.push_back(source.units[need.unit].name + ": " + topics[static_cast<int>(need.topic)] +
                    " " + std::string(need.level, '.') + need.name +
                    (need.member.empty() ? "" : " " + need.member));
  }
  return lines;
}

} // namespace

TEST_CASE("python: imports in all their forms") {
  CHECK(needs("import a, b.c as d; from e import f\n"
              "from g import (h,  # a comment\n"
              "               i as j,)\n"
              "from . import k\n"
              "from ..l.m \\\n"
              "  import n\n"
              "from o import *\n") == Strings{": module a",
                                              ": module b.c",
                                              ": module e f",
                                              ": module g h",
                                              ": module g i",
                                              ": module . k",
                                              ": module ..l.m n",
                                              ": module o"});
}

TEST_CASE("python: strings that lie side by side, and many of them") {
  CHECK(needs("__import__('a' '.b')\n") == Strings{": module a.b"});
  std::string many = "x = (";
  for (int i = 0; i < 20000; ++i) {
    many += "'0123456789012345678901234567890123456789'\n";
  }
  CHECK(needs(many + ")\nimport a\n") == Strings{": module a"});
}

TEST_CASE("python: strings, comments and f-strings hide nothing and show nothing") {
  CHECK(needs("'''\nimport a\n'''\n"
              "x = 'import b' # import c\n"
              "y = f'{__import__(\"d\")!r:>{__import__(\"e\")}} import f'\n"
              "z = rb\"\\\" import g\" \"\"\"\n\nimport h\"\"\"\n"
              "print(f\"{f\"{__import__('i')}\"}\")\n") ==
        Strings{": module d", ": module e", ": module i"});
}

TEST_CASE("python: functions and methods are units of their own") {
  CHECK(
      needs("class A(B):\n"
            "  import a\n"
            "  def f(self):\n"
            "    import b\n"
            "    def g(): import c\n"
            "    import d\n"
            "\n"
            "async def h():\n"
            "\timport e\n"
            "import f\n") ==
      Strings{
          ": module a", "f: module b", "g: module c", "f: module d", "h: module e", ": module f"});
}

TEST_CASE("python: what never runs here is left out") {
  PythonReading reading{.minor = 11, .is_main = false, .exists = [](int, std::string_view name) {
                          return name == "there";
                        }};
  CHECK(needs("import sys, os\n"
              "if TYPE_CHECKING: import a\n"
              "if sys.platform == 'win32':\n  import b\nelif os.name == 'posix':\n  import "
              "c\nelse:\n  import d\n"
              "if sys.version_info >= (3, 12):\n  import e\nelse:\n  import f\n"
              "if __name__ == '__main__':\n  import g\n"
              "WINDOWS = sys.platform.startswith('win')\n"
              "if not WINDOWS and x:\n  import h\n"
              "if WINDOWS or sys.platform in ('cygwin', 'msys'):\n  import i\n",
              reading) ==
        Strings{": module sys", ": module os", ": module c", ": module f", ": module h"});
  CHECK(needs("try:\n  import there\nexcept ImportError:\n  import a\nelse:\n  import b\n",
              reading) == Strings{": module there", ": module b"});
  CHECK(needs("try:\n  import absent\nexcept (ImportError, OSError):\n  import a\nelse:\n  import "
              "b\nimport c\n",
              reading) == Strings{": module absent", ": module a", ": module c"});
  reading.is_main = true;
  CHECK(needs("if __name__ == '__main__':\n  import g\n", reading) == Strings{": module g"});
}

TEST_CASE("python: calls that name what they load") {
  CHECK(needs("name.decode(self.encoding or 'cp437'); open(p, encoding=e if e else 'cp866')\n") ==
        Strings{": encoding cp437", ": encoding cp866"});
  CHECK(needs("importlib.import_module('a.b')\n"
              "importlib.import_module('.c', __package__)\n"
              "import_module(f'pkg.plugins.{name}')\n"
              "__import__('pkg.' + name)\n"
              "'x'.encode('idna'); open(p, encoding='shift_jis'); codecs.lookup('rot13')\n"
              "CDLL('libz.so.1'); ctypes.util.find_library('m')\n"
              "subprocess.run(['git', 'log']); os.system('ls -l | sort'); shutil.which('cc')\n"
              "open('/etc/x'); Path('/etc/y').read_text()\n"
              "version('dist'); entry_points(group='g'); ZoneInfo('Europe/Rome'); ZoneInfo(z)\n"
              "pkgutil.get_data('pkg', 'data.txt')\n"
              "cmd = ['ip', 'link']\n"
              "Popen(cmd)\n") == Strings{": module a.b",
                                         ": module .c",
                                         ": computed pkg.plugins.",
                                         ": computed pkg.",
                                         ": encoding idna",
                                         ": encoding shift_jis",
                                         ": encoding rot13",
                                         ": library libz.so.1",
                                         ": find_library m",
                                         ": program git",
                                         ": shell ls -l | sort",
                                         ": program cc",
                                         ": path /etc/x",
                                         ": path /etc/y",
                                         ": distribution dist",
                                         ": entry_points g",
                                         ": zone Europe/Rome",
                                         ": zone ",
                                         ": resource pkg data.txt",
                                         ": program ip"});
}

TEST_CASE("python: damage is told and what came before stands") {
  NameTable names = python_names();
  const PythonSource source = read_python("import a\nx = '''\nimport b\n", {}, names);
  CHECK(source.damage == "a string has no end");
  CHECK(source.needs.size() == 1);
  // Nothing of it takes long, or throws.
  CHECK_NOTHROW(read_python(std::string(100000, '('), {}, names));
  CHECK_NOTHROW(read_python("f'" + std::string(10000, '{'), {}, names));
  std::string deep;
  for (int i = 0; i < 1000; ++i) {
    deep += std::string(static_cast<std::size_t>(i), ' ') + "if x:\n";
  }
  CHECK_NOTHROW(read_python(deep, {}, names));
}

TEST_CASE("python: the start-up set, and nothing that nobody names") {
  MemoryRoot root = small_python();
  root.add_file(at(lib + "unused.py"), "");
  const test::FinderRun run =
      run_finder<PythonModules>(root, {}, {{python, FileKind::program, false}});
  // os, io, abc, codecs and site are frozen since 3.11; os.py is the landmark of the library.
  CHECK(run.files ==
        std::set<std::string>{
            python, lib + "encodings/__init__.py", lib + "encodings/utf_8.py", lib + "os.py"});
  CHECK(run.edges.front() == lib + "os.py <- " + python + ": os.py, by which the library is found");
}

TEST_CASE("python: a module, a package with its parents, an extension, a namespace package") {
  MemoryRoot root = small_python();
  root.add_file(at(lib + "json/__init__.py"), "from .decoder import x");
  root.add_file(at(lib + "json/decoder.py"), "import _json, time");
  test::add_library(root, lib + "lib-dynload/_json.cpython-311-x86_64-linux-gnu.so");
  test::add_library(root, lib + "lib-dynload/_json.cpython-310-x86_64-linux-gnu.so");
  root.add_file(at(lib + "site-packages/space/part/__init__.py"), "");
  root.add_file(at(lib + "site-packages/other.py"), "");
  CHECK(taken(root, "import json.decoder\nfrom space import part\n") ==
        Strings{"json/__init__.py",
                "json/decoder.py",
                "lib-dynload/_json.cpython-311-x86_64-linux-gnu.so",
                "site-packages/space/part/__init__.py"});
}

TEST_CASE("python: what a function imports counts once somebody names the function") {
  MemoryRoot root = small_python();
  root.add_file(at(lib + "tool.py"),
                "def used(): import wanted\n"
                "def unused(): import unwanted\n"
                "class Server:\n"
                "  def run(self): import never\n"
                "def main(): import argparse\n"
                "TABLE = {'x': unused}\n");
  for (const char* name : {"wanted.py", "unwanted.py", "never.py", "argparse.py"}) {
    root.add_file(at(lib + name), "");
  }
  CHECK(taken(root, "import tool\ntool.used()\nx.run()\ndef main(): pass\nmain()") ==
        Strings{"tool.py", "wanted.py"});
  CHECK(taken(root, "import tool\ntool.TABLE['x']()\ntool.Server().run()") ==
        Strings{"never.py", "tool.py", "unwanted.py"});
  CHECK(taken(root, "import tool\ntool.main()") == Strings{"argparse.py", "tool.py"});
}

TEST_CASE("python: code that a compiled module replaces does not count") {
  MemoryRoot root = small_python();
  root.add_file(at(lib + "heapq.py"),
                "def heappush(): import slow\n"
                "try:\n  from _heapq import heappush\nexcept ImportError:\n  pass\n");
  root.add_file(at(lib + "slow.py"), "");
  CHECK(taken(root, "import heapq\nheapq.heappush()") == Strings{"heapq.py", "slow.py"});
  test::add_library(root, lib + "lib-dynload/_heapq.cpython-311-x86_64-linux-gnu.so");
  CHECK(taken(root, "import heapq\nheapq.heappush()") ==
        Strings{"heapq.py", "lib-dynload/_heapq.cpython-311-x86_64-linux-gnu.so"});
}

TEST_CASE("python: a lazy attribute of a package is imported for who takes it") {
  MemoryRoot root = small_python();
  root.add_file(at(lib + "pool/__init__.py"),
                "def __getattr__(name):\n"
                "  if name == 'Process':\n    from .process import Process\n    return Process\n"
                "  if name == 'Thread':\n    from .thread import Thread\n    return Thread\n");
  root.add_file(at(lib + "pool/process.py"), "");
  root.add_file(at(lib + "pool/thread.py"), "");
  CHECK(taken(root, "from pool import Thread\n") == Strings{"pool/__init__.py", "pool/thread.py"});
}

TEST_CASE(
    "python: a computed name means what the program's own constants choose, else the folder") {
  MemoryRoot root = small_python();
  root.add_file(at(lib + "site-packages/orm/__init__.py"),
                "def connect(url): __import__('orm.dialects.%s' % url)");
  for (const char* name : {"__init__.py", "mysql.py", "sqlite.py"}) {
    root.add_file(at(lib + "site-packages/orm/dialects/" + name), "");
  }
  CHECK(taken(root, "import orm\norm.connect('sqlite://')") ==
        Strings{"site-packages/orm/__init__.py",
                "site-packages/orm/dialects/__init__.py",
                "site-packages/orm/dialects/sqlite.py"});
  CHECK(taken(root, "import orm\norm.connect(url)") ==
        Strings{"site-packages/orm/__init__.py",
                "site-packages/orm/dialects/__init__.py",
                "site-packages/orm/dialects/mysql.py",
                "site-packages/orm/dialects/sqlite.py"});
}

TEST_CASE("python: PYTHONPATH, .pth files and the folder of the program") {
  MemoryRoot root = small_python();
  root.add_file(at("/opt/lib/extra.py"), "");
  root.add_file(at("/opt/eggs/egg.py"), "");
  root.add_file(at("/srv/helper.py"), "from sub import x");
  root.add_file(at("/srv/sub/__init__.py"), "");
  root.add_file(at(lib + "site-packages/eggs.pth"),
                "# paths\n/opt/eggs\n/not/there\nimport hook; hook.run()\n");
  root.add_file(at(lib + "site-packages/hook.py"), "");
  root.add_file(at(lib + "site-packages/idle.pth"), "/not/there\n");
  CHECK(taken(root, "import extra, egg, helper", {.environment = {{"PYTHONPATH", "/opt/lib"}}}) ==
        Strings{"/opt/eggs/egg.py",
                "/opt/lib/extra.py",
                "/srv/helper.py",
                "/srv/sub/__init__.py",
                "site-packages/eggs.pth",
                "site-packages/hook.py"});
}

TEST_CASE("python: Debian's dist-packages") {
  MemoryRoot root = small_python();
  root.add_file(at(lib + "site.py"), "# dist-packages\n");
  root.add_file(at("/usr/lib/python3/dist-packages/six.py"), "");
  root.add_file(at(lib + "site-packages/six.py"), "");
  CHECK(taken(root, "import six") == Strings{"/usr/lib/python3/dist-packages/six.py"});
}

TEST_CASE("python: a module with a #! line is no program of its own") {
  MemoryRoot root = small_python();
  root.add_file(
      at(lib + "tool.py"),
      "#!/usr/bin/python3.11\ndef f(): import never\nif __name__ == '__main__': import never\n");
  root.add_file(at(lib + "never.py"), "");
  root.add_file(at("/srv/app.py"), "import tool");
  const Options options;
  Files files(root);
  const FinderContext context{files, options};
  PythonModules finder(context);
  std::vector<Request> requests;
  std::vector<Warning> warnings;
  const auto show = [&](const std::string& path, FileKind kind, bool is_own) {
    requests.clear();
    finder.examine({files.open(path).file, kind, is_own}, requests, warnings);
    Strings asked;
    for (const Request& request : requests) {
      asked.push_back(request.names.front());
    }
    return asked;
  };
  show(python, FileKind::program, false);
  CHECK(show("/srv/app.py", FileKind::data, true) == Strings{lib + "tool.py"});
  CHECK(show(lib + "tool.py", FileKind::program, false) == Strings{});
}

TEST_CASE("python: a virtual environment is known by the name of its interpreter") {
  MemoryRoot root = small_python();
  root.add_file(at("/opt/venv/pyvenv.cfg"),
                "home = /usr/bin\ninclude-system-site-packages = false\n");
  root.add_link(at("/opt/venv/bin/python"), "/usr/bin/python3.11");
  root.add_file(at("/opt/venv/lib/python3.11/site-packages/web/__init__.py"), "");
  root.add_file(at("/srv/run"), "#!/opt/venv/bin/python\nimport web\n", 0755);
  const test::FinderRun run = run_finder<PythonModules>(
      root, {}, {{"/srv/run", FileKind::program, true}, {python, FileKind::interpreter, false}});
  CHECK(run.files.contains("/opt/venv/pyvenv.cfg"));
  CHECK(run.files.contains("/opt/venv/lib/python3.11/site-packages/web/__init__.py"));
}

TEST_CASE("python: what else sources name") {
  MemoryRoot root = small_python();
  root.add_file(at(lib + "encodings/aliases.py"), "aliases = {\n 'sjis': 'shift_jis',\n}\n");
  root.add_file(at(lib + "encodings/shift_jis.py"), "import _codecs_jp");
  test::add_library(root, lib + "lib-dynload/_codecs_jp.cpython-311-x86_64-linux-gnu.so");
  root.add_file(at("/usr/lib/x86_64-linux-gnu/libz.so.1"), "");
  root.add_file(at(lib + "site-packages/certs/__init__.py"),
                "def where():\n  return files('certs').joinpath('ca.pem')\n"
                "HERE = os.path.join(os.path.dirname(__file__), 'templates')\n");
  root.add_file(at(lib + "site-packages/certs/ca.pem"), "");
  root.add_file(at(lib + "site-packages/certs/readme.txt"), "");
  root.add_file(at(lib + "site-packages/certs/templates/a.html"), "");
  root.add_file(at(lib + "site-packages/certs-1.0.dist-info/METADATA"), "");
  root.add_file(at(lib + "site-packages/certs-1.0.dist-info/RECORD"), "");
  CHECK(
      taken(root,
            "import certs\ncerts.where()\nx.decode('SJIS')\n"
            "ctypes.util.find_library('z')\nversion('certs')\nsubprocess.run(['sort', '-u'])\n") ==
      Strings{"folder /usr/lib/python3.11/site-packages/certs/templates",
              "library libz.so.1",
              "program sort",
              "encodings/shift_jis.py",
              "lib-dynload/_codecs_jp.cpython-311-x86_64-linux-gnu.so",
              "site-packages/certs-1.0.dist-info/METADATA",
              "site-packages/certs/__init__.py",
              "site-packages/certs/ca.pem"});
}

TEST_CASE("python: bytecode without a source, and a program in the root's top") {
  MemoryRoot root = small_python();
  root.add_file(at("/main.py"), "import legacy");
  root.add_file(at("/legacy.pyc"),
                "\xa7\r\r\n....\xda\x05"
                "other\x5a\x04"
                "only");
  root.add_file(at(lib + "other.py"), "");
  root.add_file(at(lib + "only.py"), "");
  const test::FinderRun run = run_finder<PythonModules>(
      root, {}, {{python, FileKind::program, false}, {"/main.py", FileKind::data, true}});
  CHECK(run.files.contains("/legacy.pyc"));
  CHECK(run.files.contains(lib + "other.py"));
  CHECK(run.files.contains(lib + "only.py"));
}

TEST_CASE("python: a damaged source is one warning that names it") {
  MemoryRoot root = small_python();
  root.add_file(at("/srv/app.py"), "import broken, fine\n");
  root.add_file(at(lib + "broken.py"), "import fine\nx = '''");
  root.add_file(at(lib + "fine.py"), "");
  const test::FinderRun run = run_finder<PythonModules>(
      root, {}, {{python, FileKind::program, false}, {"/srv/app.py", FileKind::data, true}});
  CHECK(run.warnings == std::vector<Warning>{
                            {lib + "broken.py",
                             "this Python source cannot be read to its end: a string has no end"}});
  CHECK(run.files.contains(lib + "fine.py"));
}

TEST_CASE("python: nothing that the real interpreter imports is missing") {
  if (test::run({"/usr/bin/python3", "-c", "1"}).code != 0) {
    MESSAGE("no /usr/bin/python3: skipped");
    return;
  }
  const test::TempFolder folder;
  const std::string script = folder.write(
      "app.py",
      "import json, decimal, email.message, http.client, sqlite3, uuid, zipfile, logging.handlers\n"
      "import concurrent.futures, csv, datetime, argparse, subprocess, xml.etree.ElementTree\n"
      "concurrent.futures.ThreadPoolExecutor\n"
      "argparse.ArgumentParser().format_help(); 'b'.encode('idna')\n"
      "datetime.datetime.strptime('2024', '%Y')\n"
      "xml.etree.ElementTree.fromstring('<a/>')\n"
      "import sys\n"
      "for m in sorted(sys.modules):\n"
      "  s = getattr(sys.modules[m], '__spec__', None)\n"
      "  if s and s.has_location and s.origin: print(s.origin)\n");
  const test::Output real = test::run({"/usr/bin/python3", script});
  REQUIRE(real.code == 0);
  const std::unique_ptr<Root> root = open_directory("/");
  const test::FinderRun run = run_finder<PythonModules>(
      *root, {}, {{"/usr/bin/python3", FileKind::program, false}, {script, FileKind::data, true}});
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
