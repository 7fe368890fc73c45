#pragma once

#include <memory>
#include <vector>

#include "actors/chain/codes.hpp"
#include "actors/chain/events.hpp"
#include "actors/chain/msgs.hpp"
#include "actors/chain/undo_map.hpp"

namespace souk {

/// Attributes of providers, signed by auditors. Source: akash-chain.md section 6.2.
class AuditRegistry {
 public:
  struct Key {
    Address owner;
    Address auditor;
    friend constexpr auto operator<=>(const Key&, const Key&) = default;
  };

  /// Adds to and replaces in the record of (owner, auditor), key by key. The provider need not exist.
  Verdict sign(const MsgSignProviderAttributes& msg, std::vector<ChainEvent>& events);
  /// Removes the named keys, or the whole record if none is named or none is left. Errors: 1 no record,
  /// 3 a key is not in it.
  Verdict remove(const MsgDeleteProviderAttributes& msg, std::vector<ChainEvent>& events);

  const AuditedAttributes* find(const Address& owner, const Address& auditor) const;
  /// All records about one provider, appended to `records` by auditor address bytes.
  void of_provider(const Address& owner, std::vector<SharedAudit>& records) const;

  auto begin() const { return records_.begin(); }
  auto end() const { return records_.end(); }
  void begin_tx() { records_.begin_tx(); }
  void rollback() { records_.rollback(); }

 private:
  UndoMap<Key, SharedAudit> records_;
};

}  // namespace souk
