#include "runtime/signatures.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/checked_signatures.hpp"
#include "tests/runtime/recorded_run.hpp"
#include "tests/runtime/scripted.hpp"

namespace souk::runtime {
namespace {

using namespace std::chrono_literals;
using consensus::Signature;
using testing::ElementsAre;

Bytes bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

template <std::size_t n>
std::array<std::uint8_t, n> from_hex(std::string_view text) {
  std::array<std::uint8_t, n> bytes{};
  for (std::size_t i = 0; i < n; ++i) {
    bytes[i] = static_cast<std::uint8_t>(std::stoi(std::string(text.substr(2 * i, 2)), nullptr, 16));
  }
  return bytes;
}

class EveryScheme : public testing::TestWithParam<const SignatureScheme*> {};

TEST_P(EveryScheme, TakesItsOwnSignaturesAndNoOthers) {
  const SignatureScheme& scheme = *GetParam();
  const KeyPair alice = scheme.key_pair({1});
  const KeyPair bob = scheme.key_pair({2});
  const Bytes message = bytes_of("precommit 7");
  const Signature signature = scheme.sign(alice.secret, message);
  EXPECT_TRUE(scheme.verify(alice.public_key, message, signature));
  EXPECT_EQ(scheme.sign(alice.secret, message), signature) << "signing draws nothing";
  EXPECT_EQ(scheme.key_pair({1}).public_key, alice.public_key);
  EXPECT_FALSE(scheme.verify(bob.public_key, message, signature));
  EXPECT_FALSE(scheme.verify(alice.public_key, bytes_of("precommit 8"), signature));
  for (std::size_t bit = 0; bit < 8 * signature.size(); bit += 37) {
    Signature bad = signature;
    bad[bit / 8] = static_cast<std::uint8_t>(bad[bit / 8] ^ (1u << (bit % 8)));
    EXPECT_FALSE(scheme.verify(alice.public_key, message, bad)) << "bit " << bit;
  }
}

TEST_P(EveryScheme, OneWrongSignatureSpoilsABatch) {
  const SignatureScheme& scheme = *GetParam();
  const KeyPair key = scheme.key_pair({1});
  const auto message = std::make_shared<const Bytes>(bytes_of("x"));
  const SignatureCheck good{key.public_key, message, scheme.sign(key.secret, *message)};
  SignatureCheck bad = good;
  bad.signature[5] = static_cast<std::uint8_t>(bad.signature[5] ^ 1);
  EXPECT_TRUE(verify_all(scheme, std::vector{good, good}));
  EXPECT_TRUE(verify_all(scheme, {}));
  EXPECT_FALSE(verify_all(scheme, std::vector{good, bad}));
  EXPECT_FALSE(verify_all(scheme, std::vector{SignatureCheck{key.public_key, nullptr, good.signature}}));
}

/// keyed_hash(), counting the questions.
class CountingScheme final : public SignatureScheme {
 public:
  const char* name() const override { return "counting"; }
  KeyPair key_pair(const Seed& seed) const override { return keyed_hash().key_pair(seed); }
  Signature sign(const SecretKey& key, std::span<const std::uint8_t> bytes) const override {
    return keyed_hash().sign(key, bytes);
  }
  bool verify(const consensus::PublicKey& key, std::span<const std::uint8_t> bytes,
              const Signature& signature) const override {
    ++count;
    return keyed_hash().verify(key, bytes, signature);
  }
  mutable int count = 0;
};

TEST(CheckedSignatures, AreComputedOnceAndOnlyTheVerySameQuestionIsSpared) {
  const CountingScheme scheme;
  const KeyPair alice = scheme.key_pair({1});
  const KeyPair bob = scheme.key_pair({2});
  const auto shared = [](std::string_view text) { return std::make_shared<const Bytes>(bytes_of(text)); };
  const SignatureCheck good{alice.public_key, shared("vote"), scheme.sign(alice.secret, bytes_of("vote"))};
  CheckedSignatures checked;
  const auto ask = [&](const SignatureCheck& check) { return checked.verify_all(scheme, {&check, 1}); };
  EXPECT_TRUE(ask(good));
  EXPECT_TRUE(ask(good));
  SignatureCheck elsewhere = good;
  elsewhere.bytes = shared("vote");
  EXPECT_TRUE(ask(elsewhere));
  EXPECT_EQ(scheme.count, 1);
  SignatureCheck bad = good;
  bad.key = bob.public_key;
  EXPECT_FALSE(ask(bad));
  bad = good;
  bad.bytes = shared("vole");
  EXPECT_FALSE(ask(bad));
  bad = good;
  bad.signature.back() = static_cast<std::uint8_t>(bad.signature.back() ^ 1);
  EXPECT_FALSE(ask(bad));
  EXPECT_FALSE(ask(bad)) << "wrong ones are not remembered";
  EXPECT_EQ(scheme.count, 5);
  bad.bytes = nullptr;
  EXPECT_FALSE(ask(bad));
  EXPECT_TRUE(ask(good));
  EXPECT_FALSE(checked.verify_all(scheme, std::vector{good, bad}));
  EXPECT_EQ(scheme.count, 5);
}

INSTANTIATE_TEST_SUITE_P(Schemes, EveryScheme, testing::Values(&keyed_hash(), &ed25519()),
                         [](const auto& parameter) { return parameter.param->name(); });

TEST(Ed25519, AgreesWithTest2OfRfc8032Section71) {
  const KeyPair key =
      ed25519().key_pair(from_hex<32>("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"));
  EXPECT_EQ(key.public_key, from_hex<32>("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"));
  EXPECT_EQ(ed25519().sign(key.secret, Bytes{0x72}),
            from_hex<64>("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                         "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"));
}

/// Asks for both kinds when started, three questions in one batch.
Scripted asks(const SignatureScheme& scheme, bool right) {
  const KeyPair key = scheme.key_pair(chatter_seed(0));
  const auto message = std::make_shared<const Bytes>(bytes_of("hello"));
  SignatureCheck check{key.public_key, message, scheme.sign(key.secret, *message)};
  if (!right) check.signature[3] = static_cast<std::uint8_t>(check.signature[3] ^ 4);
  const auto checks = std::make_shared<const std::vector<SignatureCheck>>(2, check);
  return says({VerifySignatures{7, checks}, MakeSignature{8, message}, VerifySignatures{9, checks}});
}

std::vector<std::uint64_t> tickets(const Scripted& actor) {
  std::vector<std::uint64_t> all;
  for (const Told& told : actor.told) {
    const auto* event = std::get_if<ValidatorEvent>(&told.event);
    if (event == nullptr) continue;
    if (const auto* made = std::get_if<SignatureMade>(event)) all.push_back(made->ticket);
    if (const auto* verified = std::get_if<SignaturesVerified>(event)) all.push_back(verified->ticket);
  }
  return all;
}

template <class Host>
void check_answers(Host& host, const SignatureScheme& scheme, bool right) {
  host.spawn("asker", asks(scheme, right), {.signing_seed = chatter_seed(0)});
  ASSERT_TRUE(host.run_until(run_genesis + 1min).has_value());
  const Scripted& actor = *host.actor(ActorId{0}).template as<Scripted>();
  EXPECT_THAT(tickets(actor), ElementsAre(7u, 8u, 9u));
  const auto& verified = std::get<SignaturesVerified>(std::get<ValidatorEvent>(actor.told.at(1).event));
  EXPECT_EQ(verified.valid, right);
  const auto& made = std::get<SignatureMade>(std::get<ValidatorEvent>(actor.told.at(2).event));
  const KeyPair key = scheme.key_pair(chatter_seed(0));
  EXPECT_TRUE(scheme.verify(key.public_key, bytes_of("hello"), made.signature));
}

TEST_P(EveryScheme, AnswersAnActorOfTheSimulatorInOrderAndAtOnce) {
  for (const bool right : {true, false}) {
    SimHost host({.seed = run_seed, .genesis = run_genesis, .signatures = GetParam()});
    check_answers(host, *GetParam(), right);
    for (const Told& told : host.actor(ActorId{0}).as<Scripted>()->told) EXPECT_EQ(told.at, run_genesis);
  }
}

TEST_P(EveryScheme, AnswersAnActorOfTheLiveHostInOrder) {
  for (const bool right : {true, false}) {
    CafHost host({.seed = run_seed, .genesis = run_genesis, .speedup = 1000, .signatures = GetParam()});
    check_answers(host, *GetParam(), right);
  }
}

TEST(SimHostDeathTest, SigningWithoutASeedIsTheProgramsFault) {
  testing::GTEST_FLAG(death_test_style) = "threadsafe";
  EXPECT_DEATH(
      {
        SimHost host({.genesis = run_genesis});
        host.spawn("keyless", says({MakeSignature{1, std::make_shared<const Bytes>(1)}}));
        (void)host.run_until(run_genesis + 1s);
      },
      "MakeSignature needs ActorOptions::signing_seed");
}

}  // namespace
}  // namespace souk::runtime
