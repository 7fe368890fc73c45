#include <gtest/gtest.h>

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "actors/capacity/chacha8.hpp"
#include "actors/capacity/transcript.hpp"
#include "tests/capacity/proof_fixture.hpp"

/// One flipped bit anywhere in a challenge, a commit, a nonce or a transcript, and the verdict it must give:
/// more than 2,400 of them, at random places of every field, as they are and signed again by a cheating
/// provider.
namespace souk::capacity {
namespace {

/// A stretch of bytes whose flips all have one verdict.
struct Field {
  std::string name;
  std::size_t offset;
  std::size_t bytes;
  Verdict verdict;
};

/// The fields of a transcript of `proof`, by section 5's sizes.
std::vector<Field> transcript_fields(const Proof& proof) {
  const Params& params = proof.record.challenge.params;
  const Draws draws = draw_openings(params, record_seed(proof.record));
  const std::size_t path = 32 * std::size_t{params.path_length()};
  std::vector<Field> fields;
  std::size_t at = 0;
  const auto add = [&](const std::string& name, std::size_t bytes, Verdict verdict) {
    fields.push_back({name, at, bytes, verdict});
    at += bytes;
  };
  const auto add_gemm = [&](const std::string& name) {
    for (std::uint32_t q = 0; q < params.leaves_per_row(); ++q) {
      add(name + " input leaf", 1024, Verdict::input_path);
      add(name + " input path", path, Verdict::input_path);
    }
    add(name + " sums", 4096, Verdict::freivalds);
    add(name + " output path", path, Verdict::output_path);
  };
  add("id", 32, Verdict::id);
  for (std::uint32_t t = 0; t <= params.rounds(); ++t) add("d_" + std::to_string(t), 32, Verdict::h_chain);
  for (std::uint32_t s = 1; s <= params.sweeps; ++s) add("F_" + std::to_string(s), 32, Verdict::g_chain);
  for (std::size_t n = 0; n < draws.gemms.size(); ++n) add_gemm("GEMM opening " + std::to_string(n));
  for (std::size_t n = 0; n < draws.checkpoints.size(); ++n) {
    const std::string name = "checkpoint opening " + std::to_string(n);
    const std::size_t value = 8 * (draws.checkpoints[n].segment % 128);
    add(name + " segment", 4096, Verdict::segment_path);
    add(name + " segment path", path - 64, Verdict::segment_path);
    if (value > 0) add(name + " values before", value, Verdict::sweep_path);
    add(name + " value", 8, Verdict::sweep_value);
    if (value < 1016) add(name + " values after", 1016 - value, Verdict::sweep_path);
    add(name + " sweep path", 32 * path_length(params.sweep_leaves(), draws.checkpoints[n].segment / 128),
        Verdict::sweep_path);
    for (std::uint32_t d = 0; d < draws.checkpoints[n].links(params); ++d) add_gemm(name + " link");
  }
  for (std::uint32_t n = 0; n < x0_draws; ++n) add("X_0 path", path, Verdict::x0);
  add("signature", 64, Verdict::signature);
  EXPECT_EQ(at, proof.transcript.size());
  return fields;
}

class Flips : public testing::Test {
 protected:
  /// A random bit of the field.
  void flip(std::span<std::uint8_t> bytes, const Field& field) {
    const std::uint64_t bit = stream_.next_below(8 * field.bytes);
    bytes[field.offset + bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
  }

  /// Flips one bit `times` times with `change`, and asks the first verifier always, the second every eighth
  /// time.
  void expect(const std::string& name, int times, Verdict verdict,
              const std::function<void(Proof&)>& change) {
    for (int n = 0; n < times; ++n, ++flips_) {
      Proof proof = honest_;
      change(proof);
      EXPECT_EQ(verdict_name(verify_in_tests(proof, check_)), verdict_name(verdict)) << name << ' ' << n;
      if (flips_ % 8 == 0) {
        EXPECT_EQ(verify_simply(proof), verdict_name(verdict)) << name << ' ' << n;
      }
    }
  }

  void sign_transcript(Proof& proof) const {
    const std::span<std::uint8_t> all = proof.transcript;
    const auto body = all.first(all.size() - signature_bytes);
    std::ranges::copy(sign_as(proof.record.challenge.provider, signed_transcript_bytes(body)),
                      all.last(signature_bytes).begin());
  }

  const Proof honest_ = prove(vector_challenge());
  const EpochCheck check_ = epoch_check_of(honest_.record.challenge);
  ChaCha8 stream_{repeated(3)};
  int flips_ = 0;
};

TEST_F(Flips, OfATranscriptSignedAgainNameWhatIsWrong) {
  for (const Field& field : transcript_fields(honest_)) {
    expect(field.name, 16, field.verdict, [&](Proof& proof) {
      flip(proof.transcript, field);
      if (field.name != "signature") sign_transcript(proof);
    });
  }
  EXPECT_GE(flips_, 1'500);
}

TEST_F(Flips, OfATranscriptAsItIsBreakItsSignature) {
  const Field whole{"transcript", 0, honest_.transcript.size(), Verdict::signature};
  expect("transcript", 200, Verdict::signature, [&](Proof& proof) { flip(proof.transcript, whole); });
}

/// The challenge with one bit of its bytes flipped; those that cannot be read have the verdict `params`.
Verdict verdict_on_challenge(const Proof& honest, const Bytes& bytes) {
  Proof proof = honest;
  auto challenge = decode_challenge(bytes, Scope::tests);
  if (!challenge) return Verdict::params;
  proof.record.challenge = *challenge;
  const EpochCheck check = epoch_check_of(*challenge);
  const VerifierOptions options{Scope::tests, honest.record.challenge.params, 4};
  return verify(proof.record, proof.transcript, check, repeated(1), is_signed_by, options);
}

TEST_F(Flips, OfAChallengeNameWhatIsWrong) {
  std::vector<Field> fields{
      {"chain", 0, 32, Verdict::id},
      {"height", 32, 8, Verdict::id},
      {"block", 40, 32, Verdict::id},
      {"epoch", 72, 32, Verdict::id},
      {"provider", 104, 32, Verdict::signature},
      {"gpu", 136, 4, Verdict::id},
      {"params", 140, 16, Verdict::params},
  };
  for (std::size_t i = 0; i < 3; ++i) {
    fields.push_back({"validator key", 156 + 64 * i, 32, Verdict::id});
    fields.push_back({"anchor", 188 + 64 * i, 32, Verdict::nonce});
  }
  for (const Field& field : fields) {
    for (int n = 0; n < 25; ++n, ++flips_) {
      Bytes bytes = encode_challenge(honest_.record.challenge);
      flip(bytes, field);
      EXPECT_EQ(verdict_name(verdict_on_challenge(honest_, bytes)), verdict_name(field.verdict))
          << field.name;
    }
  }
  EXPECT_EQ(flips_, 325);
}

/// A bit of a commit's bytes.
void flip_commit(Commit& commit, const std::function<void(std::span<std::uint8_t>)>& flip) {
  Bytes bytes = encode_commit(commit);
  flip(bytes);
  commit = decode_commit(bytes).value();
}

TEST_F(Flips, OfACommitAsItIsBreakItsSignature) {
  for (Commit Record::* commit : {&Record::fill, &Record::sweep}) {
    for (const Field& field :
         {Field{"id", 0, 32, {}}, Field{"value", 33, 32, {}}, Field{"signature", 65, 64, {}}})
      expect(field.name, 30, Verdict::signature, [&](Proof& proof) {
        flip_commit(proof.record.*commit, [&](auto bytes) { flip(bytes, field); });
      });
    for (unsigned bit = 0; bit < 8; ++bit)
      expect("mask", 1, bit < 3 ? Verdict::signature : Verdict::nonce,
             [&](Proof& proof) { (proof.record.*commit).mask ^= static_cast<std::uint8_t>(1u << bit); });
  }
}

TEST_F(Flips, OfACommitSignedAgainNameWhatIsWrong) {
  const Field id{"id", 0, 32, Verdict::id};
  const auto change = [&](Commit& commit, CommitKind kind, const std::function<void(Commit&)>& by) {
    by(commit);
    commit.signature = sign_as(honest_.record.challenge.provider, signed_bytes(kind, commit));
  };
  struct Case {
    CommitKind kind;
    Commit Record::* commit;
    Verdict chain;
  };
  for (const Case& c : {Case{CommitKind::fill, &Record::fill, Verdict::h_chain},
                        Case{CommitKind::sweep, &Record::sweep, Verdict::g_chain}}) {
    expect("id", 30, Verdict::id, [&](Proof& proof) {
      change(proof.record.*c.commit, c.kind, [&](Commit& commit) { flip(commit.id, id); });
    });
    expect("value", 30, c.chain, [&](Proof& proof) {
      change(proof.record.*c.commit, c.kind, [&](Commit& commit) { flip(commit.value, id); });
    });
    for (unsigned bit = 0; bit < 8; ++bit)
      expect("mask", 1, bit < 3 ? c.chain : Verdict::nonce, [&](Proof& proof) {
        change(proof.record.*c.commit, c.kind,
               [&](Commit& commit) { commit.mask ^= static_cast<std::uint8_t>(1u << bit); });
      });
  }
}

TEST_F(Flips, OfANonceOrTheSeedsBlockNameWhatIsWrong) {
  const Field hash{"hash", 0, 32, {}};
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::optional<Hash> Revealed::* link : {&Revealed::n, &Revealed::m, &Revealed::z})
      expect("nonce", 10, Verdict::nonce, [&](Proof& proof) { flip(*(proof.record.nonces[i].*link), hash); });
  }
  // Another seed asks for other openings: the first one that is not there is an input leaf.
  expect("L'", 50, Verdict::input_path, [&](Proof& proof) { flip(proof.record.seed_block, hash); });
}

}  // namespace
}  // namespace souk::capacity
