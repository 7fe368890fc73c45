#include "actors/chain/validate.hpp"

#include "actors/chain/stake_validate.hpp"

#include <algorithm>
#include <string_view>

namespace souk {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_word(char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '_'; }

bool valid_key(std::string_view key, bool wildcard) {
  if (key.size() < 2 || key.size() > 128 || !is_letter(key[0])) return false;
  const auto inner = [](char c) { return is_word(c) || c == '/' || c == '.' || c == '-'; };
  const char last = key.back();
  const bool starred = last == '*';
  if (starred && (!wildcard || key.size() < 3)) return false;
  if (key.size() == 128 && !is_word(last) && !starred) return false;
  const std::string_view middle = key.substr(1, key.size() - (starred ? 2 : 1));
  return std::all_of(middle.begin(), middle.end(), inner);
}

/// Section 1: valid coin, at least one source, none twice, only balance and grant.
bool valid_deposit(const Deposit& deposit) {
  if (deposit.amount.amount.micro < 0 || deposit.sources.empty() || deposit.sources.size() > 2) return false;
  for (const DepositSource source : deposit.sources) {
    if (source != DepositSource::balance && source != DepositSource::grant) return false;
  }
  return deposit.sources.size() == 1 || deposit.sources[0] != deposit.sources[1];
}

/// Scheme https, a host, nothing after it (section 6.1). 1 = no URI at all, 2 = not absolute or more than
/// scheme and host.
Verdict check_host_uri(std::string_view uri) {
  const bool printable = std::all_of(uri.begin(), uri.end(), [](char c) { return c > ' ' && c < 0x7f; });
  if (uri.empty() || !printable || uri.find(':') == std::string_view::npos)
    return refuse(ProviderError::bad_uri, "host_uri is no URI; https://host:port is right");
  constexpr std::string_view scheme = "https://";
  const std::string_view host = uri.substr(std::min(uri.size(), scheme.size()));
  if (!uri.starts_with(scheme) || host.empty() || host.front() == ':' ||
      host.find_first_of("/?#") != std::string_view::npos)
    return refuse(ProviderError::not_absolute, "host_uri must be https://host[:port] and nothing else");
  return accepted();
}

bool valid_website(std::string_view website) {
  return website.empty() || ((website.starts_with("https://") || website.starts_with("http://")) &&
                             website.find_first_of(" \t\r\n") == std::string_view::npos);
}

Verdict check_provider(const ProviderRecord& record) {
  SOUK_TRY(check_host_uri(record.host_uri));
  if (!valid_attributes(record.attributes, false))
    return refuse(ProviderError::attributes, "an attribute key is malformed or given twice");
  if (!valid_website(record.website)) return refuse(ProviderError::website, "website is no URL");
  return accepted();
}

Verdict check_hash(const std::vector<std::uint8_t>& hash) {
  if (hash.empty()) return refuse(DeploymentError::empty_hash, "hash is empty");
  if (hash.size() != 32) return refuse(DeploymentError::invalid_hash, "hash must have 32 bytes");
  return accepted();
}

Verdict check_dseq(std::uint64_t dseq) {
  if (dseq == 0) return refuse(DeploymentError::invalid_deployment_id, "dseq must not be zero");
  return accepted();
}

Verdict check_group(const GroupId& id) {
  if (id.dseq == 0 || id.gseq == 0)
    return refuse(DeploymentError::invalid_group_id, "dseq and gseq count from 1");
  return accepted();
}

Verdict check_bid(const BidId& id) {
  if (id.owner == id.provider)
    return refuse(MarketError::same_account, "owner and provider are the same account");
  if (id.bseq != 0) return refuse(MarketError::invalid_bid, "bseq must be 0");
  return accepted();
}

Verdict check_provider_reason(LeaseClosedReason reason) {
  const auto value = static_cast<std::uint32_t>(reason);
  if (value < 10'000 || value > 19'999)
    return refuse(MarketError::invalid_close_reason, "reason must be in the provider's range 10000..19999");
  return accepted();
}

Verdict check(const MsgCreateDeployment& msg) {
  SOUK_TRY(check_dseq(msg.id.dseq));
  if (!valid_deposit(msg.deposit)) return refuse(DeploymentError::invalid_deposit, "deposit is malformed");
  if (msg.groups.empty()) return refuse(DeploymentError::invalid_groups, "a deployment needs a group");
  SOUK_TRY(check_hash(msg.hash));
  if (msg.reclamation_min_window && *msg.reclamation_min_window < Duration::zero())
    return refuse(DeploymentError::invalid_reclamation, "min_window must not be negative");
  for (std::size_t i = 0; i < msg.groups.size(); ++i) {
    if (msg.groups[i] == nullptr) return refuse(DeploymentError::invalid_groups, "group without a spec");
    SOUK_TRY(validate(*msg.groups[i]));
    const DecCoin price = group_price(*msg.groups[i]);
    if (price.denom != group_price(*msg.groups[0]).denom)
      return refuse(DeploymentError::invalid_groups, "groups are priced in different denominations");
    if (msg.deposit.amount.amount.micro != 0 && price.denom != msg.deposit.amount.denom)
      return refuse(DeploymentError::invalid_deposit, "deposit and price have different denominations");
    for (std::size_t k = 0; k < i; ++k) {
      if (msg.groups[k]->name == msg.groups[i]->name)
        return refuse(DeploymentError::duplicate_group_name, "two groups have the same name");
    }
  }
  return accepted();
}
Verdict check(const MsgUpdateDeployment& msg) {
  SOUK_TRY(check_dseq(msg.id.dseq));
  return check_hash(msg.hash);
}
Verdict check(const MsgCloseDeployment& msg) { return check_dseq(msg.id.dseq); }
Verdict check(const MsgCloseGroup& msg) { return check_group(msg.id); }
Verdict check(const MsgPauseGroup& msg) { return check_group(msg.id); }
Verdict check(const MsgStartGroup& msg) { return check_group(msg.id); }

Verdict check(const MsgCreateBid& msg) {
  SOUK_TRY(check_bid(msg.id));
  if (msg.price.amount.is_zero()) return refuse(MarketError::bid_zero_price, "price must not be zero");
  if (!valid_deposit(msg.deposit)) return refuse(MarketError::invalid_deposit, "deposit is malformed");
  return accepted();
}
Verdict check(const MsgCloseBid& msg) {
  SOUK_TRY(check_bid(msg.id));
  return check_provider_reason(msg.reason);
}
Verdict check(const MsgCreateLease& msg) { return check_bid(msg.id); }
Verdict check(const MsgWithdrawLease& msg) { return check_bid(msg.id); }
Verdict check(const MsgCloseLease& msg) { return check_bid(msg.id); }
Verdict check(const MsgLeaseStartReclaim& msg) {
  SOUK_TRY(check_bid(msg.id));
  return check_provider_reason(msg.reason);
}

Verdict check(const MsgAccountDeposit& msg) {
  if (msg.id.scope != EscrowScope::deployment && msg.id.scope != EscrowScope::bid)
    return refuse(EscrowError::invalid_id, "scope must be deployment or bid");
  if (msg.id.xid.dseq == 0) return refuse(EscrowError::invalid_id, "dseq must not be zero");
  if (!valid_deposit(msg.deposit)) return refuse(EscrowError::invalid_deposit, "deposit is malformed");
  if (msg.deposit.amount.amount.micro == 0)
    return refuse(EscrowError::invalid_deposit, "deposit must be greater than zero");
  return accepted();
}

Verdict check(const MsgCreateProvider& msg) { return check_provider(msg.provider); }
Verdict check(const MsgUpdateProvider& msg) { return check_provider(msg.provider); }
Verdict check(const MsgDeleteProvider&) { return accepted(); }

Verdict check(const MsgSignProviderAttributes& msg) {
  if (msg.attributes.empty() || !valid_attributes(msg.attributes, false))
    return refuse(ProviderError::attributes, "attributes are empty, malformed or given twice");
  return accepted();
}
Verdict check(const MsgDeleteProviderAttributes& msg) {
  for (const std::string& key : msg.keys) {
    if (!valid_key(key, false)) return refuse(ProviderError::attributes, "an attribute key is malformed");
  }
  return accepted();
}
Verdict check(const MsgGrantDeposit&) { return accepted(); }  // DepositGrants::grant checks all
Verdict check(const MsgRevokeDeposit&) { return accepted(); }
Verdict check(const StakeMsg& msg) { return validate(msg); }
Verdict check(const MsgSend&) { return accepted(); }  // Bank::send checks all

Verdict bad_unit(std::string_view why) { return refuse(DeploymentError::invalid_groups, why); }

Verdict check_storage(const Resources& r) {
  if (r.storage.empty()) return bad_unit("a unit needs storage");
  for (const StorageVolume& volume : r.storage) {
    if (volume.bytes < storage_bytes_min || volume.bytes > storage_bytes_max)
      return bad_unit("a storage volume must have 5 MiB to 32 TiB");
    if (!valid_attributes(volume.attributes, true)) return bad_unit("a storage attribute is malformed");
  }
  return accepted();
}

Verdict check_unit(const ResourceUnit& unit) {
  const Resources& r = unit.resource;
  if (r.id == 0) return bad_unit("resource ids count from 1");
  if (r.cpu_milli < cpu_milli_min || r.cpu_milli > cpu_milli_max)
    return bad_unit("cpu must be 10 to 384000 millicpu");
  if (r.gpu_units > gpu_units_max) return bad_unit("gpu must be 0 to 24 units");
  if (r.gpu_units == 0 && !r.gpu_attributes.empty()) return bad_unit("gpu attributes without gpu units");
  if (r.memory_bytes < memory_bytes_min || r.memory_bytes > memory_bytes_max)
    return bad_unit("memory must be 1 MiB to 2 TiB");
  SOUK_TRY(check_storage(r));
  if (!valid_attributes(r.cpu_attributes, true) || !valid_attributes(r.memory_attributes, true) ||
      !valid_attributes(r.gpu_attributes, true))
    return bad_unit("a resource attribute is malformed");
  if (unit.price.amount.is_negative() || unit.price.amount > Dec::from_int(unit_price_max))
    return bad_unit("a unit's price must be 0 to 10000000");
  return accepted();
}

}  // namespace

bool valid_attributes(const Attributes& attributes, bool wildcard) {
  for (std::size_t i = 0; i < attributes.size(); ++i) {
    if (!valid_key(attributes[i].key, wildcard)) return false;
    for (std::size_t k = 0; k < i; ++k) {
      if (attributes[k].key == attributes[i].key) return false;
    }
  }
  return true;
}

Verdict validate(const GroupSpec& spec) {
  if (spec.name.empty()) return refuse(DeploymentError::name_missing, "group name is missing");
  if (spec.resources.empty()) return bad_unit("a group needs resources");
  if (!valid_attributes(spec.requirements.attributes, true))
    return bad_unit("a placement attribute is malformed");
  u128 cpu = 0;
  u128 gpu = 0;
  u128 memory = 0;
  for (std::size_t i = 0; i < spec.resources.size(); ++i) {
    const ResourceUnit& unit = spec.resources[i];
    SOUK_TRY(check_unit(unit));
    if (unit.price.denom != spec.resources[0].price.denom)
      return bad_unit("units are priced in different denominations");
    for (std::size_t k = 0; k < i; ++k) {
      if (spec.resources[k].resource.id == unit.resource.id)
        return bad_unit("two units have the same resource id");
    }
    cpu += static_cast<u128>(unit.resource.cpu_milli) * unit.count;
    gpu += static_cast<u128>(unit.resource.gpu_units) * unit.count;
    memory += static_cast<u128>(unit.resource.memory_bytes) * unit.count;
  }
  if (cpu == 0 || cpu > static_cast<u128>(cpu_milli_max) * group_units_max)
    return bad_unit("the group's cpu must be above 0 and at most 50 x 384000 millicpu");
  if (gpu > static_cast<u128>(gpu_units_max) * group_units_max)
    return bad_unit("the group's gpu must be at most 50 x 24 units");
  if (memory == 0 || memory > static_cast<u128>(memory_bytes_max) * group_units_max)
    return bad_unit("the group's memory must be above 0 and at most 50 x 2 TiB");
  return accepted();
}

Verdict validate(const Msg& msg) {
  return std::visit([](const auto& m) { return check(m); }, msg);
}

}  // namespace souk
