#pragma once

#include <fstream>
#include <string>
#include <vector>

#include "actors/base/codec.hpp"
#include "tests/program.hpp"

/// Runs the built souk-gpu in a folder of its own.
namespace souk::gpu::test {

using souk::test::Answer;
using souk::test::TemporaryFolder;
using souk::test::text_of_file;

inline Bytes bytes_of_file(const std::string& path) {
  const std::string text = text_of_file(path);
  return {text.begin(), text.end()};
}
inline void write_bytes(const std::string& path, const Bytes& bytes) {
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

/// souk-gpu with these arguments.
inline Answer run(const TemporaryFolder& folder, std::vector<std::string> arguments) {
  return souk::test::run_program(SOUK_GPU_PROGRAM, folder, std::move(arguments));
}

}  // namespace souk::gpu::test
