// The classes of Java itself are one file (lib/modules), so no import has to be followed. What
// remains is by which name the virtual machine opens which of its own files, learnt from traces of
// OpenJDK 8, 11, 17 and 21, and that is a table: the packages of Java that a class names, and the
// files behind them.

#include "finders/modules/java.hpp"

#include "base/names.hpp"
#include "finders/modules/java_class.hpp"
#include "finders/modules/lookup.hpp"
#include "formats/zip.hpp"
#include "loaders/machines.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace pare {
namespace {

constexpr std::uint64_t most_class_bytes = 256 << 20; ///< Of one jar, inflated.
constexpr std::uint64_t most_entry_bytes = 8 << 20;
constexpr std::uint64_t most_nested_bytes = 64 << 20; ///< Of a jar that is deflated in a jar.
constexpr std::size_t most_levels = 3;
constexpr std::size_t most_jars = 5000; ///< In one jar.

/// What classes of certain packages use of the virtual machine.
struct Use {
  std::string_view name;     ///< For `why`.
  std::string_view packages; ///< Beginnings of class names, blanks around each.
  std::string_view files;    ///< Below the home, as Java 9 and later have it.
};

// The libraries: the loadLibrary() calls of each module (OpenJDK 17, src/MODULE/**/*.java). The
// others: by trace.
constexpr auto uses = std::to_array<Use>({
    {"java.desktop",
     " java/awt/ javax/swing/ javax/imageio/ javax/print/ sun/awt/ javafx/ ",
     " lib/libawt.so lib/libawt_headless.so lib/libfontmanager.so "
     "lib/libfreetype.so lib/libjavajpeg.so"
     " lib/liblcms.so lib/libmlib_image.so lib/fontconfig.bfc "
     "lib/fontconfig.properties"
     " conf/accessibility.properties "},
    {"windows of java.desktop",
     " javax/swing/ java/awt/Frame java/awt/Window java/awt/Dialog java/awt/Robot java/awt/Desktop"
     " java/awt/SystemTray javafx/ ",
     " lib/libawt_xawt.so lib/libjawt.so conf/swing.properties "},
    {"javax.sound", " javax/sound/ ", " lib/libjsound.so conf/sound.properties "},
    {"TLS",
     " javax/net/ssl/ java/net/http/ ",
     " lib/security/cacerts lib/security/blocked.certs lib/security/public_suffix_list.dat "},
    {"java.management",
     " java/lang/management/ javax/management/ com/sun/management/ ",
     " lib/libmanagement.so lib/libmanagement_ext.so "},
    {"java.lang.instrument", " java/lang/instrument/ ", " lib/libinstrument.so "},
    {"java.prefs", " java/util/prefs/ ", " lib/libprefs.so "},
    {"java.rmi", " java/rmi/ javax/management/remote/ ", " lib/librmi.so "},
    {"com.sun.security.auth", " com/sun/security/auth/ ", " lib/libjaas.so lib/libjaas_unix.so "},
    {"java.security.jgss", " org/ietf/jgss/ javax/security/auth/kerberos/ ", " lib/libj2gss.so "},
    {"javax.smartcardio", " javax/smartcardio/ ", " lib/libj2pcsc.so "},
    {"com.sun.nio.sctp", " com/sun/nio/sctp/ ", " lib/libsctp.so "},
    {"com.sun.tools.attach", " com/sun/tools/attach/ ", " lib/libattach.so "},
    {"java.lang.foreign", " java/lang/foreign/ jdk/incubator/foreign/ ", " lib/libsyslookup.so "},
    {"jdk.jfr", " jdk/jfr/ ", " lib/jfr/default.jfc lib/jfr/profile.jfc "},
    {"a process that it starts",
     " java/lang/ProcessBuilder java/lang/Process ",
     " lib/jspawnhelper "},
    {"a security manager",
     " java/lang/SecurityManager java/security/Policy ",
     " conf/security/java.policy lib/security/default.policy "},
});

/// What every start reads, or nearly every program soon after.
constexpr std::string_view at_start =
    " lib/jvm.cfg lib/modules lib/server/libjvm.so lib/server/classes.jsa lib/libjava.so "
    "lib/libjimage.so lib/libverify.so"
    " lib/libzip.so lib/libnet.so lib/libnio.so lib/libextnet.so lib/libjsvml.so lib/tzdb.dat "
    "conf/net.properties"
    " conf/logging.properties conf/security/java.security "
    "conf/security/policy/unlimited/default_US_export.policy"
    " conf/security/policy/unlimited/default_local.policy ";

/// What the layout of Java 8 has besides.
constexpr std::string_view at_start_of_8 =
    " lib/rt.jar lib/resources.jar lib/jsse.jar lib/jce.jar lib/charsets.jar lib/meta-index "
    "lib/currency.data"
    " lib/content-types.properties lib/calendars.properties lib/security/US_export_policy.jar"
    " lib/security/local_policy.jar lib/security/blacklisted.certs lib/ext/meta-index ";

struct Home {
  std::string folder;    ///< Where lib lies: of Java 8 HOME/jre, if there is one.
  std::string libraries; ///< "lib", of Java 8 "lib/amd64".
  bool is_8 = false;
  const Examined* by = nullptr; ///< The launcher, or libjvm.so.

  std::string place_of(std::string_view file) const {
    if (is_8 && file.starts_with("conf/")) {
      return fmt::format("{}/lib/{}", folder, file.substr(5));
    }
    const bool is_library =
        file.starts_with("lib/lib") || file.starts_with("lib/server/") || file == "lib/jvm.cfg";
    return is_library ? fmt::format("{}/{}/{}", folder, libraries, file.substr(4))
                      : fmt::format("{}/{}", folder, file);
  }
};

bool is_jar_name(std::string_view name) {
  return name.ends_with(".jar") || name.ends_with(".war") || name.ends_with(".ear");
}

/// A header of a manifest's main part, its continuation lines joined (Jar File Specification);
/// empty: it is not there.
std::string header_of(std::string_view manifest, std::string_view name) {
  std::string value;
  bool found = false;
  while (!manifest.empty()) {
    const std::size_t end = std::min(manifest.find('\n'), manifest.size());
    std::string_view line = manifest.substr(0, end);
    manifest.remove_prefix(std::min(end + 1, manifest.size()));
    if (line.ends_with('\r')) {
      line.remove_suffix(1);
    }
    if (line.empty()) {
      break; // what follows is about single entries
    }
    if (found && line.starts_with(' ')) {
      value += line.substr(1);
    } else if (found) {
      break;
    } else if (line.size() > name.size() && line.starts_with(name) && line[name.size()] == ':') {
      found = true;
      value = line.substr(std::min(line.find_first_not_of(' ', name.size() + 1), line.size()));
    }
  }
  return value;
}

} // namespace

class JavaModules::Work {
public:
  explicit Work(FinderContext& context) : context_(context), lookup_(context.files) {}

  void
  examine(const Subject& subject, std::vector<Request>& requests, std::vector<Warning>& warnings) {
    const Examined& file = *subject.file;
    requests_ = &requests;
    if (file.elf() != nullptr) {
      find_home(file);
    } else if (std::holds_alternative<Plain>(file.facts)) {
      const std::string_view name = file.path.name();
      if (name.ends_with(".class") || is_jar_name(name)) {
        if (homes_.empty()) {
          waiting_.push_back(&file);
        } else {
          read(file, warnings);
        }
      }
    }
    if (!homes_.empty()) {
      for (const Examined* waiting : std::exchange(waiting_, {})) {
        read(*waiting, warnings);
      }
    }
  }

private:
  /// `loaded_in`: of a library that a class asks for, whose process loads it.
  void ask(std::string place,
           std::string detail,
           const Examined& by,
           const Examined* loaded_in = nullptr) {
    if (lookup_.is_file(place)) {
      requests_->push_back({.kind = RequestKind::file,
                            .reason = ReasonKind::module,
                            .names = {std::move(place)},
                            .detail = std::move(detail),
                            .by = &by,
                            .loaded_in = loaded_in});
    }
  }

  // ---------------------------------------------------------------- the virtual machine

  void find_home(const Examined& file) {
    const std::string path = file.path.text();
    std::string home;
    if (base_of(folder_of(path)) == "bin") {
      home = folder_of(folder_of(path));
      if (base_of(home) == "jre") { // of a JDK 8: JDK/jre/bin/java
        home = folder_of(home);
      }
    } else if (file.path.name() == "libjvm.so") {
      home =
          folder_of(folder_of(path)); // HOME/lib/server/libjvm.so, JRE/lib/amd64/server/libjvm.so
      while (home.size() > 1 && base_of(home) != "lib") {
        home = folder_of(home);
      }
      home = folder_of(home);
    } else {
      return;
    }
    for (const std::string& folder : {home, joined_path(home, "jre")}) {
      if (lookup_.is_file(joined_path(folder, "lib/jvm.cfg"))) {
        add_home({.folder = folder, .libraries = "lib", .is_8 = false, .by = &file});
        return;
      }
      for (const std::string& name : lookup_.list(joined_path(folder, "lib"))) {
        if (lookup_.is_file(joined_path(folder, "lib/" + name + "/jvm.cfg"))) {
          add_home({.folder = folder, .libraries = "lib/" + name, .is_8 = true, .by = &file});
          return;
        }
      }
    }
  }

  void add_home(Home home) {
    const std::string_view launcher = base_of(home.by->path.text());
    if (launcher == "javac") {
      ask(home.place_of("lib/ct.sym"), "javac --release", *home.by);
    } else if (launcher == "jlink") {
      requests_->push_back({.kind = RequestKind::folder,
                            .reason = ReasonKind::module,
                            .names = {joined_path(home.folder, "jmods")},
                            .detail = "the modules that jlink links",
                            .by = home.by});
    }
    if (std::ranges::find(homes_, home.folder, &Home::folder) != homes_.end()) {
      return;
    }
    for (const std::string_view list : {at_start, home.is_8 ? at_start_of_8 : std::string_view()}) {
      for (const std::string_view name : split(list, ' ')) {
        ask(home.place_of(name), "read by the Java virtual machine", *home.by);
      }
    }
    if (home.is_8) {
      for (const std::string& name : lookup_.list(joined_path(home.folder, "lib/ext"))) {
        if (name.ends_with(".jar")) {
          ask(joined_path(home.folder, "lib/ext/" + name), "the extension class path", *home.by);
        }
      }
    }
    for (const auto& [use, by] : used_) {
      take_use(home, *use, *by);
    }
    homes_.push_back(std::move(home));
  }

  void take_use(const Home& home, const Use& use, const Examined& by) {
    for (const std::string_view name : split(use.files, ' ')) {
      ask(home.place_of(name), fmt::format("uses {}", use.name), by, home.by);
    }
  }

  void note_use(const Use& use, const Examined& by) {
    if (used_.emplace(&use, &by).second) {
      for (const Home& home : homes_) {
        take_use(home, use, by);
      }
    }
  }

  // ---------------------------------------------------------------- classes

  void read(const Examined& file, std::vector<Warning>& warnings) {
    for (const Home& home : homes_) {
      if (file.path.is_in(RootPath::trusted(home.folder))) {
        return; // Java's own: rt.jar names everything
      }
    }
    damage_.clear();
    try {
      const std::optional<Root::Opened> opened = context_.files.root().open(file.path);
      if (!opened) {
        return;
      }
      if (is_jar_name(file.path.name())) {
        std::uint64_t left = most_class_bytes;
        std::size_t jars = 0;
        read_jar(*opened->bytes, file, 0, left, jars);
      } else {
        read_one(read_all(*opened->bytes, most_entry_bytes), file, 0);
      }
    } catch (const InputError& error) {
      damage_ = error.what();
    }
    if (!damage_.empty()) {
      warnings.push_back({file.path.text(), damage_});
    }
  }

  void read_jar(const ByteSource& jar,
                const Examined& file,
                std::size_t level,
                std::uint64_t& left,
                std::size_t& jars) {
    for (const ZipEntry& entry : read_zip(jar)) {
      try {
        read_entry(jar, entry, file, level, left, jars);
      } catch (const InputError& error) {
        damage_ = fmt::format(
            "{}: {}", shown(entry.name), error.what()); // the others are read all the same
      }
    }
  }

  void read_entry(const ByteSource& jar,
                  const ZipEntry& entry,
                  const Examined& file,
                  std::size_t level,
                  std::uint64_t& left,
                  std::size_t& jars) {
    const std::string_view name = entry.name;
    if (name.ends_with(".class")) {
      if (entry.size <= std::min(left, most_entry_bytes)) {
        left -= entry.size;
        read_one(read_zip_entry(jar, entry, most_entry_bytes), file, level);
      }
    } else if (name == "META-INF/MANIFEST.MF" && level == 0) {
      read_manifest(read_zip_entry(jar, entry, most_entry_bytes), file);
    } else if (is_jar_name(name) && level + 1 < most_levels && jars < most_jars &&
               entry.size <= most_nested_bytes) {
      ++jars; // Spring Boot: BOOT-INF/lib/x.jar
      const std::unique_ptr<ByteSource> inner = open_zip_entry(jar, entry, most_nested_bytes);
      read_jar(*inner, file, level + 1, left, jars);
    }
  }

  void read_manifest(const std::string& manifest, const Examined& file) {
    // URLs relative to the jar, blanks between them.
    const std::string class_path = header_of(manifest, "Class-Path");
    for (const std::string_view name : split(class_path, ' ')) {
      if (name.find(':') == std::string_view::npos || name.starts_with("file:/")) {
        const std::string_view path = name.starts_with("file:") ? name.substr(5) : name;
        ask(joined_path(folder_of(file.path.text()), path),
            fmt::format("Class-Path: {}", name),
            file);
      }
    }
    if (!header_of(manifest, "Premain-Class").empty() ||
        !header_of(manifest, "Launcher-Agent-Class").empty()) {
      note_use(use_of("java/lang/instrument/"), file);
    }
  }

  static const Use& use_of(std::string_view package) {
    return *std::ranges::find_if(uses,
                                 [&](const Use& use) { return is_one_of(use.packages, package); });
  }

  void read_one(const std::string& bytes, const Examined& file, std::size_t level) {
    const ClassConstants constants = read_class(bytes);
    bool loads_library = false, has_loader = false, opens_url = false, starts_programs = false;
    for (const std::string_view name : constants.names) {
      note_uses(name, file);
      loads_library = loads_library || name == "loadLibrary" || name == "load" ||
                      name == "loadLibraryWithOptions";
      has_loader = has_loader || name == "java/lang/System" || name == "java/lang/Runtime" ||
                   name == "com/sun/jna/Native";
      starts_programs =
          starts_programs || name == "java/lang/ProcessBuilder" || name == "java/lang/Process";
      opens_url = opens_url || name == "java/net/URL" || name == "java/net/URI";
    }
    for (const std::string_view text : constants.strings) {
      if (opens_url && text.starts_with("https:")) {
        note_use(use_of("javax/net/ssl/"), file);
      }
      if (loads_library && has_loader) {
        load(text, file);
      }
      if (starts_programs) {
        start(text, file, level == 0 ? Confidence::likely : Confidence::possible);
      }
    }
  }

  /// `name`: a class ("java/awt/Font"), an array or a descriptor ("(Ljava/awt/Font;)V").
  void note_uses(std::string_view name, const Examined& file) {
    if (used_.size() == uses.size() || name.find('/') == std::string_view::npos) {
      return;
    }
    for (std::size_t at = 0; at != std::string_view::npos && at < name.size();) {
      const std::string_view rest = name.substr(at);
      if (rest.starts_with("java") || rest.starts_with("com/sun/") ||
          rest.starts_with("org/ietf/") || rest.starts_with("jdk/") ||
          rest.starts_with("sun/awt/")) {
        for (const Use& use : uses) {
          if (!used_.contains(&use) &&
              std::ranges::any_of(split(use.packages, ' '), [&](std::string_view package) {
                return rest.starts_with(package);
              })) {
            note_use(use, file);
          }
        }
      }
      at = name.find('L', at);
      at = at == std::string_view::npos ? at : at + 1;
    }
  }

  /// new ProcessBuilder("git", …), Runtime.exec("git log"): a text of a class that starts
  /// processes, if it can be a program.
  void start(std::string_view text, const Examined& file, Confidence confidence) {
    const std::string_view word = text.substr(0, text.find(' '));
    const bool is_name =
        word.size() > 1 && word.size() < 256 && std::ranges::all_of(word, [](char c) {
          return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
                 c == '.' || c == '+' || c == '/';
        });
    if (!is_name || word[0] == '-' || word[0] == '.' ||
        (word[0] != '/' && word.find('/') != std::string_view::npos)) {
      return;
    }
    requests_->push_back({.kind = RequestKind::program,
                          .reason = ReasonKind::module,
                          .names = {std::string(word)},
                          .confidence = confidence,
                          .detail = fmt::format("starts '{}'", word),
                          .by = &file});
  }

  /// System.loadLibrary("x"), System.load("/x.so"), Native.load("x", …) of JNA.
  void load(std::string_view text, const Examined& file) {
    if (text.starts_with('/') && text.ends_with(".so")) {
      ask(std::string(text), fmt::format("System.load {}", text), file, homes_[0].by);
      return;
    }
    const bool is_name = text.size() < 64 && std::ranges::all_of(text, [](char c) {
                           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                                  (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.' ||
                                  c == '+';
                         });
    if (!is_name || text.empty()) {
      return;
    }
    for (const std::string& folder : library_folders()) {
      const std::string place = fmt::format("{}/lib{}.so", folder, text);
      if (lookup_.is_file(place)) {
        ask(place, fmt::format("System.loadLibrary {}", text), file, homes_[0].by);
        return;
      }
    }
  }

  /// java.library.path: LD_LIBRARY_PATH and the built-in folders (OpenJDK 17, os_linux.cpp,
  /// init_system_properties_values; Debian adds the multiarch and jni folders).
  const std::vector<std::string>& library_folders() {
    if (library_folders_.empty()) {
      for (const std::string& list : context_.options.library_path) {
        for (const std::string_view folder : split(list, ':')) {
          library_folders_.emplace_back(folder);
        }
      }
      for (const std::string_view folder :
           split(variable(context_.options, "LD_LIBRARY_PATH"), ':')) {
        library_folders_.emplace_back(folder);
      }
      library_folders_.emplace_back("/usr/java/packages/lib");
      if (const Elf* elf = homes_[0].by->elf()) {
        for (const std::string& folder : machine_of(elf->machine).usual_folders) {
          library_folders_.push_back(folder + "jni");
          library_folders_.push_back(folder);
        }
      }
      for (const char* folder : {"/usr/lib/jni", "/usr/lib64", "/lib64", "/lib", "/usr/lib"}) {
        library_folders_.emplace_back(folder);
      }
    }
    return library_folders_;
  }

  FinderContext& context_;
  Lookup lookup_;
  std::vector<Request>* requests_ = nullptr; ///< Of the call that is under way.
  std::string damage_;                       ///< Of the file that is read.
  std::vector<Home> homes_;
  std::vector<const Examined*> waiting_;       ///< Classes and jars that came before Java.
  std::map<const Use*, const Examined*> used_; ///< And the first that does.
  std::vector<std::string> library_folders_;
};

JavaModules::JavaModules(FinderContext& context) : work_(std::make_unique<Work>(context)) {}
JavaModules::~JavaModules() = default;

void JavaModules::examine(const Subject& subject,
                          std::vector<Request>& requests,
                          std::vector<Warning>& warnings) {
  work_->examine(subject, requests, warnings);
}

} // namespace pare
