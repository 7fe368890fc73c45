#pragma once

#include <memory>
#include <vector>

#include "actors/chain/codes.hpp"
#include "actors/chain/events.hpp"
#include "actors/chain/matching.hpp"
#include "actors/chain/msgs.hpp"
#include "actors/chain/table.hpp"

namespace souk {

/// Providers by owner. Records are replaced whole and never removed. Source: akash-chain.md section 6.1.
class ProviderRegistry {
 public:
  /// Errors: 4 exists. The shape of the record is checked before, statelessly.
  Verdict create(const MsgCreateProvider& msg, std::vector<ChainEvent>& events);
  /// Errors: 3 not found. Active leases are not looked at, as on the live chain.
  Verdict update(const MsgUpdateProvider& msg, std::vector<ChainEvent>& events);
  /// Errors: 3 not found; then always 10: the live chain does not implement it.
  Verdict remove(const MsgDeleteProvider& msg) const;

  /// Null if there is none. Valid until the record is updated.
  const ProviderRecord* find(const Address& owner) const;
  /// REQUIRES: find(owner) is not null.
  const Capabilities& capabilities(const Address& owner) const;

  std::uint32_t size() const { return providers_.size(); }
  const ProviderRecord& operator[](std::uint32_t row) const { return *providers_[row].record; }

  void begin() { providers_.begin(); }
  void rollback();

 private:
  struct Row {
    std::shared_ptr<const ProviderRecord> record;
    std::shared_ptr<const Capabilities> capabilities;
  };
  std::uint32_t row_of(const Address& owner) const;
  static Row make(const ProviderRecord& record);

  Table<Row> providers_;
  HashIndex index_;
};

}  // namespace souk
