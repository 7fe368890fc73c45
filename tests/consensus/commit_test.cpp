#include "actors/consensus/commit.hpp"

#include <gtest/gtest.h>

#include "actors/consensus/evidence.hpp"
#include "tests/consensus/statements_fixture.hpp"

namespace souk::consensus {
namespace {

using test::chain;
using test::set_of;
using test::signed_by;
using test::value_named;
using test::vote_by;
using Kind = CommitSignature::Kind;

const ValueId a = value_named('a');
const ValueId b = value_named('b');
const Height height{7};
const CommitClaim claim{chain, height, a};

CommitSignature part(const ValidatorSet& set, std::size_t i, std::optional<ValueId> value) {
  return {value ? Kind::for_value : Kind::for_nil, set[i].address,
          vote_by(set, i, Step::precommit, 2, value, height).signature};
}

/// Seven validators of power 1; five for the value, one for nil, one absent.
struct CommitCheck : ::testing::Test {
  ValidatorSet set = set_of({1, 1, 1, 1, 1, 1, 1});
  Commit commit{height, 2, a, {}};
  CommitCheck() {
    for (std::size_t i = 0; i < 5; ++i) commit.signatures.push_back(part(set, i, a));
    commit.signatures.push_back(part(set, 5, std::nullopt));
    commit.signatures.emplace_back();
  }
  bool full() const { return verify_commit(set, claim, commit, KeyedHash()).has_value(); }
  bool light() const { return verify_commit_light(set, claim, commit, KeyedHash()).has_value(); }
  bool trusting() const { return verify_commit_trusting(set, claim, commit, KeyedHash()).has_value(); }
};

TEST_F(CommitCheck, FiveOfSevenProveTheDecision) {
  EXPECT_TRUE(full());
  EXPECT_TRUE(light());
  EXPECT_TRUE(trusting());
}

TEST_F(CommitCheck, OneBelowTheQuorumDoesNot) {
  commit.signatures[4] = part(set, 4, std::nullopt);
  EXPECT_FALSE(full());
  EXPECT_FALSE(light());
  EXPECT_TRUE(trusting()) << "four are more than a third";
}

TEST_F(CommitCheck, WrongNilSignatureMattersOnlyInFull) {
  commit.signatures[5].signature[0] ^= 1;
  EXPECT_FALSE(full());
  EXPECT_TRUE(light());
}

TEST_F(CommitCheck, EveryCountedSignatureIsChecked) {
  for (std::size_t i = 0; i < 5; ++i) {
    Commit forged = commit;
    forged.signatures[i].signature[3] ^= 1;
    EXPECT_FALSE(verify_commit(set, claim, forged, KeyedHash())) << i;
    EXPECT_FALSE(verify_commit_light(set, claim, forged, KeyedHash())) << i;
  }
}

TEST_F(CommitCheck, AnotherChainHeightOrValueIsRefused) {
  EXPECT_FALSE(verify_commit(set, {"souk-test-2", height, a}, commit, KeyedHash()));
  EXPECT_FALSE(verify_commit(set, {chain, Height{8}, a}, commit, KeyedHash()));
  EXPECT_FALSE(verify_commit(set, {chain, height, b}, commit, KeyedHash()));
  commit.round = 3;
  EXPECT_FALSE(full()) << "the round is signed";
  commit.round = round_max + 1;
  EXPECT_FALSE(check_commit(set, claim, commit));
  commit.round = round_max;
  EXPECT_TRUE(check_commit(set, claim, commit));
}

// CSA-2026-001 "Tachyon": entries are looked up by index, and the address there must match.
TEST_F(CommitCheck, SwappedAddressesAreRefused) {
  std::swap(commit.signatures[0].validator, commit.signatures[1].validator);
  EXPECT_FALSE(full());
  std::swap(commit.signatures[0].validator, commit.signatures[1].validator);
  std::swap(commit.signatures[0], commit.signatures[1]);
  EXPECT_FALSE(full());
}

TEST_F(CommitCheck, SizeMustBeTheSetsAndAbsentMeansEmpty) {
  commit.signatures.pop_back();
  EXPECT_FALSE(full());
  commit.signatures.emplace_back();
  EXPECT_TRUE(full());
  commit.signatures.emplace_back();
  EXPECT_FALSE(full());
  commit.signatures.pop_back();
  commit.signatures[6].validator = set[6].address;
  EXPECT_FALSE(full());
  commit.signatures[6] = {static_cast<Kind>(9), set[6].address, {}};
  EXPECT_FALSE(full());
}

TEST_F(CommitCheck, TrustingNeedsMoreThanAThirdOfTheTrustedSet) {
  // A trusted set of which only two of seven, then three of seven signed.
  const auto with_known = [&](std::size_t known) {
    Commit partial = commit;
    for (std::size_t i = known; i < 5; ++i) partial.signatures[i].validator.bytes[0] ^= 0xff;
    return verify_commit_trusting(set, claim, partial, KeyedHash()).has_value();
  };
  EXPECT_FALSE(with_known(2));
  EXPECT_TRUE(with_known(3));
  Commit twice = commit;
  twice.signatures[1] = twice.signatures[0];
  EXPECT_FALSE(verify_commit_trusting(set, claim, twice, KeyedHash())) << "one validator counted twice";
  twice = commit;
  twice.signatures[0].signature[0] ^= 1;
  EXPECT_FALSE(verify_commit_trusting(set, claim, twice, KeyedHash()));
}

struct EvidenceCheck : ::testing::Test {
  ValidatorSet set = set_of({4, 3, 2, 1});
  Signed one = vote_by(set, 1, Step::prevote, 3, a, height);
  Signed other = vote_by(set, 1, Step::prevote, 3, b, height);
  Evidence evidence = make_evidence(set, other, one);
  bool convicts(const Evidence& e) const { return verify_evidence(set, chain, e, KeyedHash()).has_value(); }
};

TEST_F(EvidenceCheck, DoubleVoteConvictsInWhateverOrderItWasSeen) {
  EXPECT_EQ(evidence, make_evidence(set, one, other));
  EXPECT_EQ(evidence.power, 3);
  EXPECT_EQ(evidence.total_power, 10);
  EXPECT_TRUE(convicts(evidence));
  EXPECT_TRUE(convicts(make_evidence(set, one, vote_by(set, 1, Step::prevote, 3, std::nullopt, height))))
      << "nil is a value";
}

TEST_F(EvidenceCheck, DoubleProposalConvicts) {
  const Statement first{Step::propose, height, 3, a, no_round};
  Statement second = first;
  second.value = b;
  EXPECT_TRUE(convicts(make_evidence(set, signed_by(set, 1, first), signed_by(set, 1, second))));
  second = first;
  second.valid_round = 1;
  EXPECT_TRUE(contradict(first, second)) << "two valid rounds for one value";
  second.round = 4;
  EXPECT_FALSE(contradict(first, second));
}

TEST_F(EvidenceCheck, NothingElseConvicts) {
  EXPECT_FALSE(convicts({one, one, 3, 10})) << "the same vote twice";
  EXPECT_FALSE(convicts({evidence.second, evidence.first, 3, 10})) << "wrong order";
  const auto against = [&](const Signed& vote) {
    return Evidence{
        std::min(one, vote, [](const auto& x, const auto& y) { return x.statement < y.statement; }),
        std::max(one, vote, [](const auto& x, const auto& y) { return x.statement < y.statement; }), 3, 10};
  };
  EXPECT_TRUE(convicts(against(other)));
  EXPECT_FALSE(convicts(against(vote_by(set, 1, Step::prevote, 4, b, height)))) << "another round";
  EXPECT_FALSE(convicts(against(vote_by(set, 1, Step::precommit, 3, b, height)))) << "another step";
  EXPECT_FALSE(convicts(against(vote_by(set, 1, Step::prevote, 3, b, Height{8})))) << "another height";
  EXPECT_FALSE(convicts(against(vote_by(set, 2, Step::prevote, 3, b, height)))) << "another validator";
  EXPECT_FALSE(convicts(against(signed_by(set, 1, other.statement, "souk-test-2")))) << "another chain";
  Evidence wrong = evidence;
  wrong.power = 4;
  EXPECT_FALSE(convicts(wrong));
  wrong = evidence;
  wrong.total_power = 11;
  EXPECT_FALSE(convicts(wrong));
  wrong = evidence;
  wrong.first.index = wrong.second.index = 4;
  EXPECT_FALSE(convicts(wrong)) << "one above the last index";
  wrong = evidence;
  wrong.second.signature[0] ^= 1;
  EXPECT_FALSE(convicts(wrong));
}

TEST(EvidenceAge, ExpiresOnlyPastBothLimits) {
  const EvidenceAge age;
  const Duration time = std::chrono::hours(48);
  EXPECT_FALSE(expired(age, {100'000}, time + Duration(1)));
  EXPECT_FALSE(expired(age, {100'001}, time));
  EXPECT_TRUE(expired(age, {100'001}, time + Duration(1)));
}

TEST(SignBytes, DifferInEveryFieldThatIsSigned) {
  const Statement s{Step::prevote, height, 3, a, 1};
  const Bytes bytes = sign_bytes(chain, s);
  const auto differs = [&](auto change) {
    Statement other = s;
    change(other);
    return sign_bytes(chain, other) != bytes;
  };
  EXPECT_TRUE(differs([](Statement& x) { x.step = Step::precommit; }));
  EXPECT_TRUE(differs([](Statement& x) { x.height.value = 8; }));
  EXPECT_TRUE(differs([](Statement& x) { x.round = 4; }));
  EXPECT_TRUE(differs([](Statement& x) { x.value = b; }));
  EXPECT_TRUE(differs([](Statement& x) { x.value.reset(); }));
  EXPECT_TRUE(differs([](Statement& x) { x.valid_round = 2; }));
  EXPECT_NE(sign_bytes("souk-test-2", s), bytes);
  Statement nil = s;
  nil.value = ValueId{};
  Statement none = s;
  none.value.reset();
  EXPECT_NE(sign_bytes(chain, nil), sign_bytes(chain, none)) << "a value of zeros is not nil";
}

}  // namespace
}  // namespace souk::consensus
