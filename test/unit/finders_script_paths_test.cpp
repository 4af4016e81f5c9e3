#include "finder_run.hpp"
#include "finders/script_paths.hpp"
#include "small_root.hpp"

using namespace pare;
using test::at;
using Strings = std::vector<std::string>;

TEST_SUITE("finders") {

  TEST_CASE("scripts: paths in quotes") {
    MemoryRoot root;
    root.add_file(at("/usr/games/moo"),
                  "#!/usr/bin/perl\n$cows = $ENV{C} || '/usr/share/moo/cows';\n"
                  "# '/usr/share/moo/old'\nopen F, \"/usr/share/moo/$x\"; y('/etc/other');\n",
                  0755);
    root.add_file(at("/usr/share/moo/cows/tux.cow"), "");
    root.add_file(at("/usr/share/moo/old"), "");
    root.add_file(at("/etc/other"), "");
    Options options;
    Files files(root);
    const FinderContext context{files, options};
    PathsFinder paths(context);
    ScriptPathsFinder finder(context, paths);
    const auto asked = [&](bool is_own) {
      std::vector<Request> requests;
      std::vector<Warning> warnings;
      finder.examine(
          {.file = files.open("/usr/games/moo").file, .kind = FileKind::program, .is_own = is_own},
          requests,
          warnings);
      CHECK(warnings.empty());
      Strings lines;
      for (const Request& request : requests) {
        lines.push_back(std::string(request.kind == RequestKind::folder ? "folder " : "file ") +
                        request.names.front() +
                        (request.confidence == Confidence::likely ? "" : " (possible)"));
      }
      return lines;
    };
    // The folder has the program's name; of the other file nothing speaks but that it is named.
    CHECK(asked(false) == Strings{"file /etc/other (possible)", "folder /usr/share/moo/cows"});
    CHECK(asked(true) == Strings{"file /etc/other", "folder /usr/share/moo/cows"});
  }
}
