#include "actors/base/ids.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "actors/base/hash.hpp"
#include "actors/base/rng.hpp"

namespace souk {
namespace {

Address random_address(Rng& rng) {
  Address address;
  for (auto& byte : address.bytes) byte = static_cast<std::uint8_t>(rng.next());
  return address;
}

TEST(Address, ModuleAccountsAreThoseOfTheChain) {  // akash-chain.md section 0
  EXPECT_EQ(to_bech32(module_address("escrow")), "akash14pphss726thpwws3yc458hggufynm9x77l4l2u");
  EXPECT_EQ(to_bech32(module_address("fee_collector")), "akash17xpfvakm2amg962yls6f84z3kell8c5lazw8j8");
}

TEST(Address, TextRoundTripsForRandomAndExtremeAddresses) {
  Rng rng(1, ActorId{0}, Purpose::test, 0);
  std::vector<Address> addresses(1000);
  for (auto& address : addresses) address = random_address(rng);
  addresses[0].bytes.fill(0);
  addresses[1].bytes.fill(0xff);
  for (const Address& address : addresses) {
    const std::string text = to_bech32(address);
    EXPECT_EQ(text.size(), 44u);
    EXPECT_EQ(parse_bech32(text).value(), address);
  }
}

TEST(Address, UpperCaseIsTheSameAddress) {
  std::string text = to_bech32(module_address("escrow"));
  for (char& c : text) c = static_cast<char>(std::toupper(c));
  EXPECT_EQ(parse_bech32(text).value(), module_address("escrow"));
}

TEST(Address, EverySingleMistypedCharacterIsRefused) {
  const std::string right = to_bech32(module_address("escrow"));
  for (std::size_t i = 6; i < right.size(); ++i) {
    for (const char c : std::string_view("qpzry9x8gf2tvdw0s3jn54khce6mua7l")) {
      std::string wrong = right;
      wrong[i] = c;
      EXPECT_EQ(parse_bech32(wrong).has_value(), wrong == right) << wrong;
    }
  }
}

TEST(Address, ErrorsSayWhatIsWrong) {
  const auto message = [](std::string_view text) { return parse_bech32(text).error().message; };
  EXPECT_EQ(message(""), "address '': is empty");
  EXPECT_EQ(message("cosmos1qqqq"), "address 'cosmos1qqqq': must begin with 'akash1'");
  EXPECT_EQ(message("akash"), "address 'akash': must begin with 'akash1'");
  EXPECT_EQ(message("akash1bbb"), "address 'akash1bbb': character 'b' is not in the bech32 alphabet");
  EXPECT_EQ(message("akash1QQQ"), "address 'akash1QQQ': mixes upper and lower case");
  EXPECT_EQ(message("akash1qq\n"), "address 'akash1qq?': character '?' is not in the bech32 alphabet");
  EXPECT_EQ(message("akash1qqqqqq"),
            "address 'akash1qqqqqq': the checksum is wrong; a character was mistyped or lost");
  EXPECT_NE(message(std::string(1'000'000, 'a')).find("longer than the 90 characters"), std::string::npos);
  // A right checksum over 32 bytes: a contract's address, which is no account.
  EXPECT_NE(message("akash1nc5tatafv6eyq7llkr2gv50ff9e22mnf70qgjlv737ktmt4eswrqyagled").find("20 bytes"),
            std::string::npos);
}

TEST(Address, LessOfTheTextIsFoundWithoutTheText) {
  Rng rng(2, ActorId{0}, Purpose::test, 0);
  for (int i = 0; i < 20'000; ++i) {
    const Address a = random_address(rng);
    Address b = a;
    // Half of the pairs differ in one bit only, so that the first difference is anywhere.
    if (i % 2 == 0)
      b = random_address(rng);
    else
      b.bytes[rng.below(20)] ^= static_cast<std::uint8_t>(1u << rng.below(8));
    ASSERT_EQ(bech32_less(a, b), to_bech32(a) < to_bech32(b)) << to_bech32(a) << ' ' << to_bech32(b);
    ASSERT_FALSE(bech32_less(a, a));
  }
}

TEST(Ids, TextsNameTheWholePath) {
  const Address owner = module_address("escrow");
  const Address provider = module_address("fee_collector");
  const BidId bid{owner, provider, 42, 1, 2, 0};
  EXPECT_EQ(to_string(bid.deployment()), to_bech32(owner) + "/42");
  EXPECT_EQ(to_string(bid.group()), to_bech32(owner) + "/42/1");
  EXPECT_EQ(to_string(bid.order()), to_bech32(owner) + "/42/1/2");
  EXPECT_EQ(to_string(bid), to_bech32(owner) + "/42/1/2/" + to_bech32(provider));
}

TEST(Ids, OrderingFollowsDseqBeforeGseq) {
  const Address owner{};
  EXPECT_LT((GroupId{owner, 9, 1}), (GroupId{owner, 1, 2}));
  EXPECT_LT((OrderId{owner, 9, 1, 9}), (OrderId{owner, 1, 2, 1}));
  EXPECT_LT((OrderId{owner, 1, 2, 1}), (OrderId{owner, 1, 2, 2}));
}

}  // namespace
}  // namespace souk
