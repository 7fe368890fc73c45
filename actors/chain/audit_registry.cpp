#include "actors/chain/audit_registry.hpp"

#include <algorithm>

namespace souk {
namespace {

auto position(Attributes& attributes, const std::string& key) {
  return std::lower_bound(attributes.begin(), attributes.end(), key,
                          [](const Attribute& attribute, const std::string& k) { return attribute.key < k; });
}

}  // namespace

Verdict AuditRegistry::sign(const MsgSignProviderAttributes& msg, std::vector<ChainEvent>& events) {
  auto record = std::make_shared<AuditedAttributes>(AuditedAttributes{msg.owner, msg.auditor, {}});
  if (const AuditedAttributes* old = find(msg.owner, msg.auditor)) record->attributes = old->attributes;
  for (const Attribute& attribute : msg.attributes) {
    const auto at = position(record->attributes, attribute.key);
    if (at != record->attributes.end() && at->key == attribute.key)
      at->value = attribute.value;
    else
      record->attributes.insert(at, attribute);
  }
  const std::shared_ptr<const Attributes> now_signed(record, &record->attributes);
  records_.put({msg.owner, msg.auditor}, std::move(record));
  events.push_back(EventTrustedAuditorCreated{msg.owner, msg.auditor, now_signed});
  return accepted();
}

Verdict AuditRegistry::remove(const MsgDeleteProviderAttributes& msg, std::vector<ChainEvent>& events) {
  const AuditedAttributes* old = find(msg.owner, msg.auditor);
  if (old == nullptr) return refuse(AuditError::provider_not_found, "no attributes signed by this auditor");
  auto record = std::make_shared<AuditedAttributes>(*old);
  if (msg.keys.empty()) record->attributes.clear();
  for (const std::string& key : msg.keys) {
    const auto at = position(record->attributes, key);
    if (at == record->attributes.end() || at->key != key)
      return refuse(AuditError::attribute_not_found, "attribute not found");
    record->attributes.erase(at);
  }
  const std::shared_ptr<const Attributes> still_signed(record, &record->attributes);
  if (record->attributes.empty())
    records_.erase({msg.owner, msg.auditor});
  else
    records_.put({msg.owner, msg.auditor}, std::move(record));
  events.push_back(EventTrustedAuditorDeleted{msg.owner, msg.auditor, still_signed});
  return accepted();
}

const AuditedAttributes* AuditRegistry::find(const Address& owner, const Address& auditor) const {
  const auto* record = records_.find({owner, auditor});
  return record == nullptr ? nullptr : record->get();
}

void AuditRegistry::of_provider(const Address& owner, std::vector<SharedAudit>& records) const {
  for (auto it = records_.lower_bound({owner, {}}); it != records_.end() && it->first.owner == owner; ++it)
    records.push_back(it->second);
}

}  // namespace souk
