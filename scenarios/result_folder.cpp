#include "scenarios/result_folder.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include <fmt/format.h>

namespace souk::scenarios {
namespace {

Unexpected<Error> failed(const std::filesystem::path& path, const std::string& what, int error) {
  return fail(fmt::format("{}: {}: {}", path.string(), what, std::strerror(error)));
}

/// Writes all of `bytes` and waits until they are on the disk.
Result<void> write_durably(const std::filesystem::path& path, std::string_view bytes,
                           const std::filesystem::path& shown) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (file < 0) return failed(shown, "can not be written", errno);
  int error = 0;
  while (!bytes.empty() && error == 0) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) error = errno;
    if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  if (error == 0 && ::fsync(file) != 0 && errno != EINVAL) error = errno;  // EINVAL: not a disk
  if (::close(file) != 0 && error == 0) error = errno;
  return error == 0 ? Result<void>{} : failed(shown, "can not be written", error);
}

}  // namespace

Result<ResultFolder> ResultFolder::open(const std::string& folder) {
  const std::filesystem::path path(folder);
  std::error_code problem;
  const bool is_new = std::filesystem::create_directories(path, problem);
  if (problem) return failed(path, "can not be made", problem.value());
  if (!std::filesystem::is_directory(path, problem)) return fail(folder + ": is not a folder");
  if (::access(path.c_str(), W_OK | X_OK) != 0) return failed(path, "can not be written to", errno);
  return ResultFolder(path, is_new);
}

ResultFolder::~ResultFolder() {
  if (finished_) return;
  for (const std::string& name : names_) {
    std::error_code ignored;
    std::filesystem::remove(temporary(name), ignored);
  }
  std::error_code not_empty;
  if (is_new_) std::filesystem::remove(folder_, not_empty);
}

std::filesystem::path ResultFolder::temporary(const std::string& name) const {
  return folder_ / fmt::format(".{}.partial", name);
}

Result<void> ResultFolder::add(const std::string& name, std::string_view bytes) {
  names_.push_back(name);
  return write_durably(temporary(name), bytes, folder_ / name);
}

Result<void> ResultFolder::finish() {
  for (const std::string& name : names_) {
    if (::rename(temporary(name).c_str(), (folder_ / name).c_str()) != 0) {
      return failed(folder_ / name, "can not be given its name", errno);
    }
  }
  finished_ = true;
  return {};
}

}  // namespace souk::scenarios
