#include "bench/gpu/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

namespace souk::gpu {
namespace {

Unexpected<Error> refused(const std::string& path, const char* what) {
  return fail(path + ": " + what + ": " + std::strerror(errno));
}

/// Closes a file at the end of a scope.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  explicit operator bool() const { return number_ >= 0; }
  int number() const { return number_; }
  /// Returns whether the system had nothing to report so late.
  bool close() { return ::close(std::exchange(number_, -1)) == 0; }

 private:
  int number_;
};

bool write_all(int file, std::span<const std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return true;
}

/// Fills `bytes` or stops at the end of the file. Returns how much there was, -1 on an error.
ssize_t read_all(int file, std::span<std::uint8_t> bytes) {
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const ssize_t count = ::read(file, bytes.data() + filled, bytes.size() - filled);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return -1;
    if (count == 0) break;
    filled += static_cast<std::size_t>(count);
  }
  return static_cast<ssize_t>(filled);
}

}  // namespace

Result<Bytes> load_file(const std::string& path, std::uint64_t max_bytes) {
  // Non-blocking, or the opening of a pipe that nobody writes to would wait for ever.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file) return refused(path, "cannot be opened");
  struct stat status{};
  if (::fstat(file.number(), &status) != 0) return refused(path, "cannot be opened");
  if (!S_ISREG(status.st_mode)) return fail(path + ": is not a plain file");
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (size > max_bytes)
    return fail(path + ": has " + std::to_string(size) + " bytes, at most " + std::to_string(max_bytes) +
                " are allowed");
  Bytes bytes(size);
  const ssize_t count = read_all(file.number(), bytes);
  if (count < 0) return refused(path, "cannot be read");
  bytes.resize(static_cast<std::size_t>(count));  // it may have been cut meanwhile
  return bytes;
}

Result<void> save_file(const std::string& path, std::span<const std::uint8_t> bytes) {
  struct stat status{};
  if (::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode))
    return fail(path + ": cannot be written: is not a plain file");
  const std::string temporary = path + ".tmp." + std::to_string(::getpid());
  Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  if (!file) return refused(path, "cannot be written");
  if (write_all(file.number(), bytes) && ::fsync(file.number()) == 0 && file.close() &&
      std::rename(temporary.c_str(), path.c_str()) == 0)
    return {};
  const auto error = refused(path, "cannot be written");
  ::unlink(temporary.c_str());
  return error;
}

}  // namespace souk::gpu
