// The program as a user runs it: challenge, prove, verify, and what may go wrong between them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>
#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "bench/gpu/proof_file.hpp"
#include "tests/gpu/program.hpp"

namespace souk::gpu {
namespace {

using test::Answer;
using test::TemporaryFolder;
using testing::ElementsAre;
using testing::HasSubstr;

/// One challenge and its proof, made by the program once for all tests.
class ProofVerbs : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TemporaryFolder;
    made_ = run({"challenge", "--out", challenge(), "--k", "1024", "--seed", "7"});
    proved_ = run({"prove", "--challenge", challenge(), "--out", proof(), "--cpu"});
  }
  static void TearDownTestSuite() {
    delete folder_;
    folder_ = nullptr;
  }

  static Answer run(std::vector<std::string> arguments) { return test::run(*folder_, std::move(arguments)); }
  static Answer verify(const std::string& challenge, const std::string& proof) {
    return run({"verify", "--challenge", challenge, "--proof", proof});
  }
  static std::string path(const std::string& name) { return *folder_ / name; }
  static std::string challenge() { return path("challenge.bin"); }
  static std::string proof() { return path("proof.bin"); }

  /// The verdict on the good proof after `change`.
  template <class Change>
  static Answer verify_changed(Change change) {
    auto changed = load_proof(proof()).value();
    change(changed);
    test::write_bytes(path("changed.bin"), encode_file(changed));
    return verify(challenge(), path("changed.bin"));
  }

  static void expect_bad_input(const Answer& result, const std::string& said) {
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_THAT(result.err, HasSubstr(said));
    EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
    EXPECT_EQ(result.out, "");
  }
  static void expect_rejected(const Answer& result, const std::string& verdict) {
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_EQ(result.out, "rejected: " + verdict + "\n");
    EXPECT_EQ(result.err, "");
  }

  static TemporaryFolder* folder_;
  static Answer made_;
  static Answer proved_;
};
TemporaryFolder* ProofVerbs::folder_ = nullptr;
Answer ProofVerbs::made_;
Answer ProofVerbs::proved_;

TEST_F(ProofVerbs, AcceptAGoodProof) {
  EXPECT_EQ(made_.exit_code, 0) << made_.err;
  EXPECT_EQ(proved_.exit_code, 0) << proved_.err;
  const Answer verified = verify(challenge(), proof());
  EXPECT_EQ(verified.exit_code, 0);
  EXPECT_EQ(verified.out, "accepted\n");
  EXPECT_EQ(verified.err, "");
#if defined(__OPTIMIZE__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  EXPECT_LE(made_.cpu_seconds + proved_.cpu_seconds + verified.cpu_seconds, 3.0);
#endif
}

TEST_F(ProofVerbs, LeaveNothingBehindButWhatWasAskedFor) {
  const TemporaryFolder folder;
  EXPECT_EQ(test::run(folder, {"challenge", "--out", folder / "c", "--states", "1"}).exit_code, 0);
  EXPECT_EQ(
      test::run(folder, {"prove", "--challenge", folder / "c", "--out", folder / "p", "--cpu"}).exit_code, 0);
  EXPECT_THAT(folder.names(), ElementsAre("c", "p"));
}

TEST_F(ProofVerbs, GiveTheSameChallengeForTheSameSeedOnly) {
  run({"challenge", "--out", path("again.bin"), "--k", "1024", "--seed", "7"});
  run({"challenge", "--out", path("seed8.bin"), "--k", "1024", "--seed", "8"});
  run({"challenge", "--out", path("random1.bin")});
  run({"challenge", "--out", path("random2.bin")});
  EXPECT_EQ(test::bytes_of_file(path("again.bin")), test::bytes_of_file(challenge()));
  EXPECT_NE(test::bytes_of_file(path("seed8.bin")), test::bytes_of_file(challenge()));
  EXPECT_NE(test::bytes_of_file(path("random1.bin")), test::bytes_of_file(path("random2.bin")));
}

TEST_F(ProofVerbs, ProveWithFiveValidatorsAndAnotherShape) {
  const std::string c = path("five.bin");
  const std::string p = path("five_proof.bin");
  EXPECT_EQ(run({"challenge", "--out",    c,   "--validators",    "5", "--k",
                 "2048",      "--states", "2", "--rho",           "3", "--depth",
                 "3",         "--sweeps", "2", "--gemm-openings", "8", "--checkpoint-openings",
                 "8",         "--seed",   "1"})
                .exit_code,
            0);
  EXPECT_EQ(run({"prove", "--challenge", c, "--out", p, "--cpu"}).exit_code, 0);
  EXPECT_EQ(verify(c, p).exit_code, 0);
}

TEST_F(ProofVerbs, NameTheVerdictOnACorruptedProof) {
  expect_rejected(verify_changed([](ProofFile& p) { p.transcript.back() ^= 1; }), "signature");
  expect_rejected(verify_changed([](ProofFile& p) { p.transcript[p.transcript.size() / 2] ^= 1; }),
                  "signature");
  expect_rejected(verify_changed([](ProofFile& p) { p.transcript.pop_back(); }), "length");
  expect_rejected(verify_changed([](ProofFile& p) { p.transcript.clear(); }), "length");
  expect_rejected(verify_changed([](ProofFile& p) { p.fill.signature[3] ^= 1; }), "signature");
  expect_rejected(verify_changed([](ProofFile& p) { p.sweep.mask = 1; }), "nonce");
  expect_rejected(verify_changed([](ProofFile& p) { p.fill.mask = 0x0f; }), "nonce");
}

TEST_F(ProofVerbs, RejectAProofOfAnotherChallenge) {
  run({"challenge", "--out", path("other.bin"), "--k", "1024", "--seed", "8"});
  EXPECT_EQ(verify(path("other.bin"), proof()).exit_code, 1);
  // The same parties, another GPU: keys and nonces fit, so it takes the id to tell.
  auto other_gpu = load_challenge(challenge()).value();
  other_gpu.challenge.gpu = 1;
  test::write_bytes(path("other_gpu.bin"), encode_file(other_gpu));
  expect_rejected(verify(path("other_gpu.bin"), proof()), "id");
}

TEST_F(ProofVerbs, RefuseGarbage) {
  test::write_bytes(path("garbage.bin"), Bytes(900, 0xff));
  expect_bad_input(verify(challenge(), path("garbage.bin")), "garbage.bin: is not a proof file");
  expect_bad_input(verify(path("garbage.bin"), proof()), "garbage.bin: is not a challenge file");
  test::write_bytes(path("empty.bin"), {});
  expect_bad_input(verify(challenge(), path("empty.bin")), "empty.bin: commit1");
  expect_bad_input(verify(path("empty.bin"), proof()), "empty.bin: ");
  expect_bad_input(verify(challenge(), challenge()), "challenge.bin: is not a proof file");
  expect_bad_input(verify(path("missing.bin"), proof()), "missing.bin: cannot be opened");
  expect_bad_input(verify(challenge(), path("")), "is not a plain file");
  expect_bad_input(verify(challenge(), "/dev/zero"), "/dev/zero: is not a plain file");
}

TEST_F(ProofVerbs, RefuseAGibibyteOfGarbageUnread) {
  const std::string huge = path("huge.bin");
  test::write_bytes(huge, {0x0a});
  std::filesystem::resize_file(huge, std::uintmax_t{1} << 30);
  for (const Answer& result : {verify(challenge(), huge), verify(huge, proof()),
                               run({"prove", "--challenge", huge, "--out", path("never.bin"), "--cpu"})}) {
    expect_bad_input(result, "huge.bin: has 1073741824 bytes, at most ");
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    EXPECT_LT(result.peak_kib, 256 * 1024);
    EXPECT_LT(result.cpu_seconds, 0.5);
#endif
  }
  std::filesystem::remove(huge);
}

TEST_F(ProofVerbs, NameTheFieldAndItsBounds) {
  const auto refused = [](const std::string& option, const std::string& value) {
    return run({"challenge", "--out", path("never.bin"), option, value});
  };
  expect_bad_input(refused("--k", "1000"), "--k: 1000 is not one of 1024, 2048, 4096, 8192, 16384");
  expect_bad_input(refused("--k", "32768"), "--k: 32768");
  expect_bad_input(refused("--rho", "0"), "--rho: 0 is not within 1..16");
  expect_bad_input(refused("--rho", "258"), "--rho: 258 is not within 1..16");
  expect_bad_input(refused("--depth", "5"), "--depth: 5 is not within 1..4");
  expect_bad_input(refused("--states", "131073"), "--states: 131073 is not within 1..131072");
  expect_bad_input(refused("--states", "65536"), "R (rho times N) is 131072, it must be 1 to 65536");
  expect_bad_input(refused("--sweeps", "257"), "--sweeps: 257 is not within 1..256");
  expect_bad_input(refused("--gemm-openings", "513"), "--gemm-openings: 513 is not within 0..512");
  expect_bad_input(refused("--checkpoint-openings", "513"),
                   "--checkpoint-openings: 513 is not within 0..512");
  expect_bad_input(refused("--validators", "4"), "--validators: 4 is not 3 or 5");
  expect_bad_input(refused("--sweeps", "many"), "--sweeps");
  EXPECT_FALSE(std::filesystem::exists(path("never.bin")));
}

TEST_F(ProofVerbs, NameTheFieldOfAChallengeFileOutsideItsBounds) {
  const std::size_t params_at = 4 * 32 + 8 + 4;  // of the body, which follows its tag and length of 3 bytes
  Bytes bytes = test::bytes_of_file(challenge());
  bytes[3 + params_at + 1] = 9;  // kl
  test::write_bytes(path("small_k.bin"), bytes);
  expect_bad_input(verify(path("small_k.bin"), proof()),
                   "kl (log2 of the matrix size) is 9, it must be 10 to 14");
  expect_bad_input(run({"prove", "--challenge", path("small_k.bin"), "--out", path("never.bin"), "--cpu"}),
                   "it must be 10 to 14");
}

TEST_F(ProofVerbs, ProveOnAGpuUnlessToldOtherwiseAndSayWhereThereIsNone) {
  ::setenv("CUDA_VISIBLE_DEVICES", "", 1);  // so that the test says the same on every machine
  for (const std::vector<std::string>& more :
       {std::vector<std::string>{}, {"--device", "0"}, {"--path", "mma"}, {"--path", "wgmma"}}) {
    std::vector<std::string> arguments{"prove", "--challenge", challenge(), "--out", path("never.bin")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Answer answer = run(arguments);
    EXPECT_EQ(answer.exit_code, 3);
    EXPECT_THAT(answer.err, testing::StartsWith("souk-gpu: no GPU: "));
    EXPECT_EQ(answer.out, "");
  }
  ::unsetenv("CUDA_VISIBLE_DEVICES");
  const auto refused = [&](const std::string& option, const std::string& value) {
    return run({"prove", "--challenge", challenge(), "--out", path("never.bin"), option, value});
  };
  expect_bad_input(refused("--device", "-1"), "--device: -1 is not within 0..");
  expect_bad_input(refused("--path", "tcgen05"), "--path: 'tcgen05' is not one of auto, mma, wgmma");
  EXPECT_FALSE(std::filesystem::exists(path("never.bin")));
}

TEST_F(ProofVerbs, RefuseAnUnknownFlagVerbOrNone) {
  expect_bad_input(run({"challenge", "--out", path("never.bin"), "--fast"}), "--fast");
  expect_bad_input(run({"prove", "--challenge", challenge()}), "--out");
  expect_bad_input(run({"mine"}), "souk-gpu: ");
  expect_bad_input(run({}), "souk-gpu: ");
}

TEST_F(ProofVerbs, RefuseAChallengeTooLargeForTheCpuBeforeAllocating) {
  run({"challenge", "--out", path("large.bin"), "--k", "8192", "--states", "100", "--seed", "1"});
  const Answer result = run({"prove", "--challenge", path("large.bin"), "--out", path("never.bin"), "--cpu"});
  expect_bad_input(result, "souk-gpu: ");
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  EXPECT_LT(result.peak_kib, 256 * 1024);
#endif
}

TEST_F(ProofVerbs, SayWhereAFileCannotBeWritten) {
  expect_bad_input(run({"challenge", "--out", path("no_folder/c.bin")}),
                   "no_folder/c.bin: cannot be written");
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);  // a device, as harmless to lose
  expect_bad_input(run({"challenge", "--out", path("pipe")}), "pipe: cannot be written: is not a plain file");
  EXPECT_TRUE(std::filesystem::is_fifo(path("pipe")));
  std::filesystem::create_directory(path("folder"));
  expect_bad_input(run({"challenge", "--out", path("folder")}), "folder: cannot be written");
}

TEST_F(ProofVerbs, ReplaceAnOldFileByAWholeNewOne) {
  test::write_bytes(path("old.bin"), Bytes(5000, 1));
  EXPECT_EQ(run({"challenge", "--out", path("old.bin"), "--k", "1024", "--seed", "7"}).exit_code, 0);
  EXPECT_EQ(test::bytes_of_file(path("old.bin")), test::bytes_of_file(challenge()));
}

}  // namespace
}  // namespace souk::gpu
