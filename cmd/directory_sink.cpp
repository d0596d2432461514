// --output-dir: a file for each message, which is there whole or not at all.
#include <cerrno>
#include <cstdio>
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/format.h"
#include "file_name.h"
#include "sink.h"

namespace cmd {
namespace {

/// A descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int get() const noexcept { return number_; }

 private:
  int number_;
};

/// The highest number that a name in the directory has: later runs go on behind it.
std::uint64_t highest_number(const std::string& directory) {
  std::uint64_t highest = 0;
  DIR* const listing = ::opendir(directory.c_str());
  if (listing == nullptr) return 0;
  while (const dirent* entry = ::readdir(listing)) {
    if (const auto number = number_of(entry->d_name)) highest = std::max(highest, *number);
  }
  ::closedir(listing);
  return highest;
}

/// 0, or an errno.
int write_all(int descriptor, base::Bytes bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) return errno;
    if (written > 0) bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return 0;
}

class DirectorySink final : public Sink {
 public:
  DirectorySink(std::string path, Descriptor directory, Manners manners)
      : path_(std::move(path)), directory_(std::move(directory)), number_(highest_number(path_)), manners_(manners) {}

  void take(const wire::Publish& publish, render::Moment) override {
    if (failure_) return;
    const std::string unfinished = base::format(".unfinished-{}-{}", ::getpid(), number_ + 1);
    if (!write(unfinished, publish.payload)) return;
    std::string name;
    int error = EEXIST;
    while (error == EEXIST) {  // another program writes here, too
      name = file_name(++number_, publish.topic);
      error = rename(unfinished, name);
    }
    if (error == 0) return;
    ::unlinkat(directory_.get(), unfinished.c_str(), 0);
    fail(ExitCode::cannot_create, name, error);
  }

 private:
  bool write(const std::string& name, base::Bytes payload) {
    constexpr int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    const Descriptor file(::openat(directory_.get(), name.c_str(), flags, 0666));
    if (file.get() < 0) return fail(ExitCode::cannot_create, name, errno);
    const int error = write_all(file.get(), payload);
    if (error == 0) return true;
    ::unlinkat(directory_.get(), name.c_str(), 0);
    return fail(ExitCode::io_error, name, error);
  }

  /// 0, or an errno: EEXIST where the name is taken.
  int rename(const std::string& from, const std::string& to) {
    const int at = directory_.get();
    if (::renameat2(at, from.c_str(), at, to.c_str(), RENAME_NOREPLACE) == 0) return 0;
    // A file system that cannot promise it (EINVAL) replaces a file of the same number and topic.
    if (errno != EINVAL) return errno;
    return ::renameat(at, from.c_str(), at, to.c_str()) == 0 ? 0 : errno;
  }

  bool fail(ExitCode code, const std::string& name, int number) {
    failure_ = explain_file(code, path_ + "/" + name, number, manners_);
    return false;
  }

  std::string path_;
  Descriptor directory_;
  std::uint64_t number_;
  Manners manners_;
};

}  // namespace

MadeSink make_directory_sink(const std::string& directory, Manners manners) {
  const bool made = ::mkdir(directory.c_str(), 0777) == 0 || errno == EEXIST;
  Descriptor opened(made ? ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1);
  if (opened.get() < 0) {
    return base::unexpected(explain_file(ExitCode::cannot_create, directory, errno, manners));
  }
  return std::make_unique<DirectorySink>(directory, std::move(opened), manners);
}

}  // namespace cmd
