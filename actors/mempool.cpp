#include "actors/mempool.hpp"

#include <algorithm>
#include <utility>

#include "actors/base/check.hpp"

namespace souk {
namespace {

constexpr std::size_t envelope_bytes = 200;  // body, auth info, one secp256k1 signature
constexpr std::size_t msg_bytes = 120;       // type URL and two addresses
constexpr std::size_t resources_bytes = 160;
constexpr std::size_t attribute_bytes = 48;

std::size_t size_of(const Msg& msg) {
  std::size_t size = msg_bytes;
  if (const auto* create = std::get_if<MsgCreateDeployment>(&msg)) {
    for (const SharedGroupSpec& group : create->groups) {
      if (group)
        size += group->resources.size() * resources_bytes +
                group->requirements.attributes.size() * attribute_bytes;
    }
  } else if (const auto* bid = std::get_if<MsgCreateBid>(&msg)) {
    if (bid->resources_offer) size += bid->resources_offer->size() * resources_bytes;
  } else if (const auto* registration = std::get_if<MsgCreateProvider>(&msg)) {
    size += registration->provider.attributes.size() * attribute_bytes;
  } else if (const auto* update = std::get_if<MsgUpdateProvider>(&msg)) {
    size += update->provider.attributes.size() * attribute_bytes;
  } else if (const auto* sign = std::get_if<MsgSignProviderAttributes>(&msg)) {
    size += sign->attributes.size() * attribute_bytes;
  }
  return size;
}

}  // namespace

std::size_t approximate_bytes(const Tx& tx) {
  std::size_t bytes = envelope_bytes;
  for (const Msg& msg : tx.msgs) bytes += size_of(msg);
  return bytes;
}

Mempool::Refusal Mempool::add(Entry entry) {
  SOUK_CHECK(entry.tx != nullptr);
  const std::size_t bytes = approximate_bytes(*entry.tx);
  if (bytes > limits_.tx_bytes_max) return Refusal::too_large;
  if (entries_.size() >= limits_.tx_count_max || bytes > limits_.byte_count_max - bytes_)
    return Refusal::full;
  std::size_t& waiting = per_account_[entry.tx->signer];
  if (waiting >= limits_.per_account_count_max) return Refusal::full;
  ++waiting;
  bytes_ += bytes;
  entries_.push_back({std::move(entry), bytes});
  return Refusal::none;
}

std::vector<Mempool::Entry> Mempool::take(std::size_t count_max, std::size_t byte_count_max) {
  std::vector<Entry> taken;
  taken.reserve(std::min(count_max, entries_.size()));
  std::size_t bytes = 0;
  while (!entries_.empty()) {
    Waiting& oldest = entries_.front();
    const bool full = taken.size() >= count_max || bytes + oldest.bytes > byte_count_max;
    if (full && !taken.empty()) break;
    bytes += oldest.bytes;
    bytes_ -= oldest.bytes;
    const auto account = per_account_.find(oldest.entry.tx->signer);
    if (--account->second == 0) per_account_.erase(account);
    taken.push_back(std::move(oldest.entry));
    entries_.pop_front();
  }
  return taken;
}

}  // namespace souk
