#pragma once

#include <map>
#include <set>
#include <string>

#include "actors/base/enums.hpp"
#include "actors/chain/codes.hpp"
#include "tests/chain/chain_fixture.hpp"

namespace souk::test {

/// Collects the codes that transactions provoke, so that a test can end by showing that none is missing.
class Codes : public Chain {
 protected:
  template <class Error, class M>
  void expect(Error error, const M& msg) {
    const Hash before = ledger.state_hash();
    const TxResult result = send(msg);
    const Verdict wanted = refuse(error, "");
    EXPECT_EQ(text(result), std::string(codespace_name(wanted.codespace)) + " " + std::to_string(wanted.code))
        << enum_name(error) << "; log: " << result.log;
    EXPECT_EQ(ledger.state_hash(), before) << enum_name(error);
    EXPECT_TRUE(events.empty());
    provoked_[result.codespace].insert(result.code);
  }
  /// Every enumerator was provoked or is explained, and none is both.
  template <class Error>
  void expect_complete(const std::map<Error, std::string>& unreachable) {
    const auto& provoked = provoked_[refuse(Error{}, "").codespace];
    for (const Error error : enum_values<Error>) {
      const bool seen = provoked.contains(static_cast<std::uint32_t>(error));
      EXPECT_NE(seen, unreachable.contains(error)) << enum_name(error);
    }
  }

  const DeploymentId id{party(1), 100};
  const GroupId group = group_id(id, 1);
  const OrderId order = order_id(group, 1);
  const Address provider = party(2);
  const BidId bid = bid_id(order, provider);

 private:
  std::map<Codespace, std::set<std::uint32_t>> provoked_;
};

}  // namespace souk::test
