#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "tests/temporary_folder.hpp"

namespace souk::runtime {

using test::TemporaryFolder;

inline std::vector<char> file_bytes(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

inline void write_file(const std::filesystem::path& path, const std::vector<char>& bytes) {
  std::ofstream out(path, std::ios::binary);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

}  // namespace souk::runtime
