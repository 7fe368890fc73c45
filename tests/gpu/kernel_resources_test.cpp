// What ptxas says of the kernels that the program carries. Runs where they were compiled.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>

namespace souk::gpu {
namespace {

namespace fs = std::filesystem;

struct Kernel {
  std::string file;
  std::string name;
  std::string architecture;
  int stack = -1;
  int spill_stores = -1;
  int spill_loads = -1;
  int registers = -1;
};

/// Every kernel of one report (ptxas -v).
std::vector<Kernel> read_report(const fs::path& path) {
  static const std::regex entry("Compiling entry function '([^']+)' for '([^']+)'");
  static const std::regex local(
      "(\\d+) bytes stack frame, (\\d+) bytes spill stores, (\\d+) bytes spill loads");
  static const std::regex used("Used (\\d+) registers");
  std::vector<Kernel> kernels;
  std::ifstream in(path);
  std::smatch match;
  for (std::string line; std::getline(in, line);) {
    if (std::regex_search(line, match, entry)) {
      kernels.push_back({.file = path.filename().string(), .name = match[1], .architecture = match[2]});
    } else if (!kernels.empty() && std::regex_search(line, match, local)) {
      kernels.back().stack = std::stoi(match[1]);
      kernels.back().spill_stores = std::stoi(match[2]);
      kernels.back().spill_loads = std::stoi(match[3]);
    } else if (!kernels.empty() && std::regex_search(line, match, used)) {
      kernels.back().registers = std::stoi(match[1]);
    }
  }
  return kernels;
}

class KernelResources : public ::testing::Test {
 protected:
  void SetUp() override {
    const fs::path folder = SOUK_GPU_REPORTS;
    if (folder.empty()) GTEST_SKIP() << "built without nvcc";
    for (const auto& file : fs::recursive_directory_iterator(folder)) {
      if (file.path().extension() != ".ptxas") continue;
      const auto read = read_report(file.path());
      kernels.insert(kernels.end(), read.begin(), read.end());
    }
  }
  std::vector<Kernel> kernels;
};

TEST_F(KernelResources, EveryFileIsCompiledForEveryArchitecture) {
  std::map<std::string, std::set<std::string>> architectures;
  for (const Kernel& k : kernels) architectures[k.file].insert(k.architecture);
  const std::set<std::string> portable{"sm_75", "sm_80", "sm_86", "sm_89", "sm_90", "sm_120"};
  for (const char* file : {"memory", "fma", "mma_gemm", "mma_issue", "proof_blake3", "proof_operands",
                           "proof_round", "proof_sweep"})
    EXPECT_EQ(architectures[file + std::string(".cu.o.ptxas")], portable) << file;
  for (const char* file : {"wgmma_gemm", "wgmma_issue", "wgmma_round"})
    EXPECT_EQ(architectures[file + std::string(".cu.o.ptxas")], std::set<std::string>{"sm_90a"}) << file;
}

TEST_F(KernelResources, NoKernelSpillsToLocalMemory) {
  for (const Kernel& k : kernels) {
    EXPECT_EQ(k.spill_stores, 0) << k.name << " for " << k.architecture;
    EXPECT_EQ(k.spill_loads, 0) << k.name << " for " << k.architecture;
    EXPECT_EQ(k.stack, 0) << k.name << " for " << k.architecture;
  }
  EXPECT_GE(kernels.size(), 150u);
}

TEST_F(KernelResources, TheTensorKernelsKeepTheirResultsInRegisters) {
  // A kernel that only traps, because the chip lacks the instruction, needs next to none.
  std::map<std::string, int> real;
  for (const Kernel& k : kernels) {
    const bool mma = k.file == "mma_gemm.cu.o.ptxas" || k.file == "proof_round.cu.o.ptxas";
    if (mma && k.registers > 128) ++real[k.architecture];
    if (k.file == "wgmma_gemm.cu.o.ptxas" || k.file == "wgmma_round.cu.o.ptxas") {
      // 384 threads: with 168 each the consumers' 232 and the producer's 40 come out even.
      EXPECT_EQ(k.registers, 168) << k.name;
      ++real[k.architecture];
    }
  }
  // One per type of the bench, and the proof's round.
  const std::map<std::string, int> types{{"sm_75", 2 + 1}, {"sm_80", 3 + 1}, {"sm_86", 3 + 1},
                                         {"sm_89", 4 + 1}, {"sm_90", 3 + 1}, {"sm_90a", 4 + 1},
                                         {"sm_120", 4 + 1}};
  EXPECT_EQ(real, types);
}

TEST_F(KernelResources, TheHashAndSweepKernelsLeaveRoomForManyThreads) {
  int hashes = 0;
  for (const Kernel& k : kernels) {
    // Registers per SM / threads: 64 let 1024 threads hash at once, 128 let 512 keep 8 loads each in flight.
    if (k.file == "proof_blake3.cu.o.ptxas") {
      EXPECT_LE(k.registers, 64) << k.name << " for " << k.architecture;
      ++hashes;
    }
    if (k.file == "proof_sweep.cu.o.ptxas") {
      EXPECT_LE(k.registers, 128) << k.name << " for " << k.architecture;
    }
  }
  EXPECT_EQ(hashes, kernels.empty() ? 0 : 5 * 6);
}

}  // namespace
}  // namespace souk::gpu
