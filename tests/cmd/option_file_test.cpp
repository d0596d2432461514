// Files of options: mosquitto's lines, profiles, and how they meet the command line.
#include "option_file.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

#include "catch.h"
#include "command_line.h"

namespace {

using cmd::Command;
using Words = std::vector<std::string>;

/// A directory that is gone at the end of a test.
class Directory {
 public:
  Directory() {
    std::string name = (std::filesystem::temp_directory_path() / "mqtt-test-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Directory() { std::filesystem::remove_all(path_); }

  std::string write(const std::string& name, const std::string& text, ::mode_t mode = 0600) const {
    const auto file = path_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
    ::chmod(file.c_str(), mode);
    return file.string();
  }
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

std::string shown(const cmd::FileOptions& options) {
  if (!options) return std::to_string(options.error().line) + ": " + options.error().text;
  std::string text;
  for (const auto& option : *options) {
    std::string value = option.value;
    for (char& c : value) c = c == cmd::word_separator ? '|' : c;
    text += std::string(option.row->name) + "=" + (option.off ? "off" : value) + ";";
  }
  return text;
}

}  // namespace

TEST_CASE("mosquitto's files have an option a line") {
  CHECK(shown(cmd::read_option_lines(Command::sub, "-h broker\r\n# a comment\n\n--topic a b\n-v\n-t #\n")) ==
        "host=broker;topic=a b;verbose=;topic=#;");
  CHECK(shown(cmd::read_option_lines(Command::pub, "\xEF\xBB\xBF  -q 1\n   \n")) == "qos=1;");
  CHECK(shown(cmd::read_option_lines(Command::pub, "-m  two blanks ")) == "message= two blanks ;");
  CHECK(shown(cmd::read_option_lines(Command::pub, "-D publish user-property a  b c")) ==
        "property=publish|user-property|a|b c;");
  CHECK(shown(cmd::read_option_lines(Command::pub, "-D publish content-type text/plain; charset=utf-8")) ==
        "property=publish|content-type|text/plain; charset=utf-8;");
  CHECK(shown(cmd::read_option_lines(Command::pub, "-h broker\n-J x\n")) == "2: unknown option -J");
  CHECK(shown(cmd::read_option_lines(Command::pub, "host broker\n")) == "1: unknown option host");
  CHECK(shown(cmd::read_option_lines(Command::pub, "-h\n")) == "1: option host needs a value (HOST)");
  CHECK(shown(cmd::read_option_lines(Command::pub, "-o other\n")) == "1: unknown option -o");
}

TEST_CASE("profiles are sections") {
  const char* text =
      "# profiles\n"
      "[default]\n"
      "host = broker ; not a comment\n"
      "  # a comment\n"
      "count 5\n"
      "ws\n"
      "[cloud]\n"
      "url=wss://cloud/mqtt?a=b\n"
      "insecure = no\n"
      "property = connect user-property site a=b\n";
  CHECK(shown(cmd::read_profile(Command::pub, text, "default", false)) == "host=broker ; not a comment;ws=;");
  CHECK(shown(cmd::read_profile(Command::sub, text, "default", false)) == "host=broker ; not a comment;count=5;ws=;");
  CHECK(shown(cmd::read_profile(Command::pub, text, "cloud", true)) ==
        "url=wss://cloud/mqtt?a=b;insecure=off;property=connect|user-property|site|a=b;");
  CHECK(shown(cmd::read_profile(Command::pub, text, "none", true)) == "0: there is no profile [none]; there is [default], [cloud]");
  CHECK(shown(cmd::read_profile(Command::pub, "# nothing\n", "none", true)) ==
        "0: there is no profile [none]; there is none at all");
  CHECK(shown(cmd::read_profile(Command::pub, text, "none", false)).empty());
  CHECK(shown(cmd::read_profile(Command::pub, "[a]\nhostt = x\n", "a", false)) == "2: unknown option hostt");
  CHECK(shown(cmd::read_profile(Command::pub, "[a]\nhostt = x\n[default]\nws\n", "default", false)) == "ws=;");
  CHECK(shown(cmd::read_profile(Command::pub, "\nqos = 1\n", "default", false)) ==
        "2: this stands before the first section, such as [default]");
  CHECK(shown(cmd::read_profile(Command::pub, "[a\n", "a", false)) == "1: a section is [name]");
  CHECK(shown(cmd::read_profile(Command::pub, "[a]\nws = maybe\n", "a", false)) == "2: option ws takes no value");
}

TEST_CASE("command line, options file, environment and profile, in this order") {
  const Directory directory;
  directory.write("mqtt/config",
                  "[default]\nhost = profile\nport = 1\nkeepalive = 11\nqos = 1\ntopic = p\n[other]\nhost = other\n");
  const auto file = directory.write("options", "-k 13\n-q 2\n");
  const std::map<std::string, std::string> environment{{"XDG_CONFIG_HOME", directory.path()}, {"MQTT_KEEPALIVE", "12"}};

  const auto profile = CommandLine("pub", {"-m", "x"}, {{"XDG_CONFIG_HOME", directory.path()}}).pub();
  REQUIRE(profile);
  CHECK(profile->connection.network.host == "profile");
  CHECK(profile->connection.network.port == 1);
  CHECK(profile->connection.session.keep_alive == 11);
  CHECK(profile->topics == Words{"p"});

  CHECK(CommandLine("pub", {"-m", "x"}, environment).pub()->connection.session.keep_alive == 12);
  const auto from_file = CommandLine("pub", {"-m", "x", "-o", file}, environment).pub();
  CHECK(from_file->connection.session.keep_alive == 13);
  CHECK(from_file->qos == 2);
  const auto all = CommandLine("pub", {"-m", "x", "-o", file, "-k", "14", "-t", "t"}, environment).pub();
  CHECK(all->connection.session.keep_alive == 14);
  CHECK(all->topics == Words{"t"});

  const auto other = CommandLine("pub", {"-m", "x", "-t", "t", "--profile", "other"}, environment).pub();
  CHECK(other->connection.network.host == "other");
  CHECK(other->connection.network.port == 1883);
  const auto none = CommandLine("pub", {"-m", "x", "-t", "t"}, {{"HOME", directory.path()}}).pub();
  CHECK(none->connection.network.host == "localhost");
}

TEST_CASE("a bad file is named with its line") {
  const Directory directory;
  const auto config = directory.write("mqtt/config", "[default]\n\nport = many\n");
  const auto refused = CommandLine("sub", {"-t", "a"}, {{"XDG_CONFIG_HOME", directory.path()}}).sub();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().exit_code == 78);
  CHECK(refused.error().err == "mqtt sub: " + config + ":3: option port: \"many\" is not a number from 1 to 65535\n");
  const auto missing =
      CommandLine("sub", {"-t", "a", "--profile", "x"}, {{"XDG_CONFIG_HOME", directory.path() + "/none"}}).sub();
  CHECK(missing.error().exit_code == 66);
  const auto no_profile =
      CommandLine("sub", {"-t", "a", "--profile", "x"}, {{"XDG_CONFIG_HOME", directory.path()}}).sub();
  CHECK(no_profile.error().exit_code == 78);
  CHECK(no_profile.error().err == "mqtt sub: " + config + ": there is no profile [x]; there is [default]\n");
}

TEST_CASE("mosquitto's own files are read under its names only") {
  const Directory directory;
  directory.write("mosquitto_sub", "-t from-file\n-h far\n");
  const std::map<std::string, std::string> environment{{"XDG_CONFIG_HOME", directory.path()}};
  const auto theirs = CommandLine("mosquitto_sub", {"-t", "a"}, environment).sub();
  REQUIRE(theirs);
  CHECK(theirs->topics == Words{"from-file", "a"});
  CHECK(theirs->connection.network.host == "far");
  const auto ours = CommandLine("sub", {"-t", "a"}, environment).sub();
  CHECK(ours->connection.network.host == "localhost");
}

TEST_CASE("secrets come from files, and one that others can read is named") {
  const Directory directory;
  const auto password = directory.write("password", "s3cret\nsecond line\n");
  const auto by_file = CommandLine("sub", {"-t", "a", "-u", "me", "--password-file", password}).sub();
  CHECK(by_file->connection.session.password == "s3cret");
  const auto missing = CommandLine("sub", {"-t", "a", "-u", "me", "--password-file", "/nowhere"}).sub();
  CHECK(missing.error().exit_code == 66);
  CHECK(missing.error().err == "mqtt sub: /nowhere: No such file or directory\n");

  const auto config = directory.write("mqtt/config", "[default]\nusername = me\npassword = pass word\n", 0644);
  const std::map<std::string, std::string> environment{{"XDG_CONFIG_HOME", directory.path()}};
  const auto readable = CommandLine("sub", {"-t", "a"}, environment).sub();
  CHECK(readable->connection.session.password == "pass word");
  CHECK(readable->connection.warnings == Words{config + " holds a secret and others can read it; chmod 600 " + config});
  ::chmod(config.c_str(), 0600);
  CHECK(CommandLine("sub", {"-t", "a"}, environment).sub()->connection.warnings.empty());

  const auto users = directory.write("users", "# ours\nme:a:b\nyou:\n");
  const auto broker = CommandLine("broker", {"--password-file", users}).broker();
  REQUIRE(broker);
  REQUIRE(broker->users.size() == 2);
  CHECK(broker->users[0].name == "me");
  CHECK(broker->users[0].password == "a:b");
  CHECK(broker->users[1].password.empty());
}
