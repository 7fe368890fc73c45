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

std::size_t size_of(const Msg& msg);

std::size_t size_of(const SharedMsgs& list) {
  std::size_t size = 0;
  if (list != nullptr) {
    for (const Msg& msg : list->msgs) size += size_of(msg);
  }
  return size;
}

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
  } else if (const auto* stake = std::get_if<StakeMsg>(&msg)) {
    if (const auto* exec = std::get_if<MsgExec>(stake)) size += size_of(exec->msgs);
    if (const auto* proposal = std::get_if<MsgSubmitProposal>(stake))
      size += size_of(proposal->msgs) + proposal->metadata.size() + proposal->title.size() +
              proposal->summary.size();
  }
  return size;
}

}  // namespace

std::size_t approximate_bytes(const Tx& tx) {
  std::size_t bytes = envelope_bytes;
  for (const Msg& msg : tx.msgs) bytes += size_of(msg);
  return bytes;
}

const StreamHash::Value& Mempool::hashed(Content& content, const Tx& tx) {
  if (!content) {
    StreamHash hash;
    hash_into(hash, tx);
    content = hash.value();
  }
  return *content;
}

std::uint32_t Mempool::find_waiting(const Tx& tx, Content& content) {
  const Name name{tx.signer, tx.nonce};
  return waiting_.find(hash_of(name), [&](std::uint32_t index) {
    Slot& slot = slots_[index];
    const Tx& other = *slot.entry.tx;
    return slot.name == name && (&other == &tx || hashed(slot.content, other) == hashed(content, tx));
  });
}

bool Mempool::is_decided(const Tx& tx, Content& content) const {
  if (contents_.empty()) return false;
  const auto [begin, end] = contents_.equal_range({tx.signer, tx.nonce});
  return std::any_of(begin, end, [&](const auto& decided) { return decided.second == hashed(content, tx); });
}

Mempool::Refusal Mempool::check(const Entry& entry, Content& content, const Account* account,
                                std::size_t bytes) {
  if (bytes > limits_.tx_bytes_max || bytes > limits_.byte_count_max) return Refusal::too_large;
  const Height timeout = entry.tx->timeout_height;
  if (timeout != Height{} && timeout < entry.next_height) return Refusal::timed_out;
  if (is_decided(*entry.tx, content)) return Refusal::seen;
  if (account == nullptr) return Refusal::none;
  if (find_waiting(*entry.tx, content) != none) return Refusal::seen;
  return account->count >= limits_.per_account_count_max ? Refusal::full : Refusal::none;
}

std::optional<std::vector<std::uint32_t>> Mempool::to_evict(std::size_t bytes, const Rate& rate) const {
  std::vector<std::uint32_t> slots;
  std::size_t count = tx_count();
  std::size_t used = bytes_;
  auto worst = ranked_.rbegin();
  while (count >= limits_.tx_count_max || bytes > limits_.byte_count_max - used) {
    if (worst == ranked_.rend() || worst->rate >= rate) return std::nullopt;
    slots.push_back(worst->slot);
    --count;
    used -= slots_[worst->slot].bytes;
    ++worst;
  }
  return slots;
}

Mempool::Refusal Mempool::add(Entry entry, std::vector<Entry>* evicted) {
  SOUK_CHECK(entry.tx != nullptr);
  const Tx& tx = *entry.tx;
  const std::size_t bytes = entry.encoded != nullptr ? entry.encoded->size() : approximate_bytes(tx);
  const auto known = accounts_.find(tx.signer);
  Account* account = known == accounts_.end() ? nullptr : &known->second;
  Content content;
  if (const Refusal refusal = check(entry, content, account, bytes); refusal != Refusal::none) return refusal;
  const bool pays = tx.fee.denom == Denom::uakt && tx.fee.amount.micro > 0;
  const Rate own{pays ? tx.fee.amount.micro : 0, std::max<std::size_t>(bytes, 1)};
  const auto leaving = to_evict(bytes, rate_behind(account == nullptr ? none : account->last, own));
  if (!leaving || (evicted == nullptr && !leaving->empty())) return Refusal::full;
  for (const std::uint32_t slot : *leaving) evicted->push_back(remove_slot(slot));
  // Those who left may have been all that the account had.
  if (account == nullptr || !leaving->empty()) account = &accounts_[tx.signer];
  insert(std::move(entry), content, *account, bytes, own);
  return Refusal::none;
}

Mempool::Rate Mempool::rate_behind(std::uint32_t before, const Rate& own) const {
  return before == none ? own : std::min(own, slots_[before].rank.rate);
}

void Mempool::insert(Entry entry, const Content& content, Account& account, std::size_t bytes,
                     const Rate& own_rate) {
  if (free_.empty()) {
    SOUK_CHECK(slots_.size() < none);
    free_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  const std::uint32_t index = free_.back();
  free_.pop_back();
  const Name name{entry.tx->signer, entry.tx->nonce};
  Slot& slot = slots_[index];
  const Rank rank{rate_behind(account.last, own_rate), arrivals_++, index};
  slot = {std::move(entry), name, content, own_rate, rank, bytes};
  slot.before = std::exchange(account.last, index);
  if (slot.before != none) slots_[slot.before].behind = index;
  ++account.count;
  slot.older = std::exchange(youngest_, index);
  (slot.older == none ? oldest_ : slots_[slot.older].younger) = index;
  bytes_ += bytes;
  ranked_.insert(ranked_.end(), slot.rank);  // where it belongs among equals
  waiting_.insert(hash_of(name), index);
  const Height timeout = slot.entry.tx->timeout_height;
  if (timeout != Height{}) timeouts_.emplace(timeout, index);
}

void Mempool::unlink(const Slot& slot) {
  (slot.older == none ? oldest_ : slots_[slot.older].younger) = slot.younger;
  (slot.younger == none ? youngest_ : slots_[slot.younger].older) = slot.older;
  const auto account = accounts_.find(slot.name.signer);
  if (slot.before != none) slots_[slot.before].behind = slot.behind;
  (slot.behind == none ? account->second.last : slots_[slot.behind].before) = slot.before;
  if (--account->second.count == 0) accounts_.erase(account);
}

Mempool::Entry Mempool::remove_slot(std::uint32_t index) {
  Slot& slot = slots_[index];
  unlink(slot);
  if (ranked_.begin()->slot == index)
    ranked_.erase(ranked_.begin());
  else
    ranked_.erase(slot.rank);
  waiting_.erase(hash_of(slot.name), index);
  const Height timeout = slot.entry.tx->timeout_height;
  if (timeout != Height{}) timeouts_.erase({timeout, index});
  bytes_ -= slot.bytes;
  rerank_behind(slot.before, slot.behind);
  Entry entry = std::exchange(slot.entry, {});
  free_.push_back(index);
  return entry;
}

/// From `index` on, which now comes behind `before`: whoever was held back by the one between moves up.
void Mempool::rerank_behind(std::uint32_t before, std::uint32_t index) {
  for (; index != none; before = index, index = slots_[index].behind) {
    Slot& slot = slots_[index];
    const Rate rate = rate_behind(before, slot.own_rate);
    if (rate == slot.rank.rate) return;
    auto node = ranked_.extract(slot.rank);
    slot.rank.rate = rate;
    node.value() = slot.rank;
    ranked_.insert(std::move(node));
  }
}

std::vector<Mempool::Entry> Mempool::select(std::size_t count_max, std::size_t byte_count_max) const {
  std::vector<Entry> selected;
  std::vector<Address> passed_over;
  std::size_t bytes = 0;
  for (const Rank& rank : ranked_) {
    const Slot& slot = slots_[rank.slot];
    if (selected.size() >= count_max) break;
    if (slot.bytes > byte_count_max) passed_over.push_back(slot.name.signer);
    if (std::ranges::find(passed_over, slot.name.signer) != passed_over.end()) continue;
    if (slot.bytes > byte_count_max - bytes) break;
    bytes += slot.bytes;
    selected.push_back(slot.entry);
  }
  return selected;
}

std::vector<Mempool::Entry> Mempool::take(std::size_t count_max, std::size_t byte_count_max) {
  std::vector<Entry> taken;
  taken.reserve(std::min(count_max, tx_count()));
  std::size_t bytes = 0;
  while (!empty()) {
    const std::uint32_t best = ranked_.begin()->slot;
    const bool full = taken.size() >= count_max || bytes + slots_[best].bytes > byte_count_max;
    if (full && !taken.empty()) break;
    bytes += slots_[best].bytes;
    taken.push_back(remove_slot(best));
  }
  return taken;
}

void Mempool::remember(const Tx& tx, Content& content) {
  if (limits_.seen_count_max == 0 || is_decided(tx, content) || find_waiting(tx, content) != none) return;
  decided_.push_back({{tx.signer, tx.nonce}, hashed(content, tx)});
  contents_.emplace(decided_.back().name, decided_.back().content);
  if (decided_.size() <= limits_.seen_count_max) return;
  const Decided oldest = decided_.front();
  decided_.pop_front();
  auto [at, end] = contents_.equal_range(oldest.name);
  at = std::find_if(at, end, [&](const auto& decided) { return decided.second == oldest.content; });
  contents_.erase(at);
}

std::optional<Mempool::Entry> Mempool::remove(const Tx& tx, bool remember_it) {
  Content content;
  std::optional<Entry> entry;
  if (const std::uint32_t slot = find_waiting(tx, content); slot != none) entry = remove_slot(slot);
  if (remember_it) remember(tx, content);
  return entry;
}

std::vector<Mempool::Entry> Mempool::expire(Height next_height, Time now) {
  std::vector<Entry> expired;
  while (!timeouts_.empty() && timeouts_.begin()->first < next_height)
    expired.push_back(remove_slot(timeouts_.begin()->second));
  const auto is_old = [&](const Entry& entry) {
    return (limits_.ttl_blocks.count > 0 && next_height - entry.next_height > limits_.ttl_blocks) ||
           (limits_.ttl > Duration::zero() && now - entry.at > limits_.ttl);
  };
  while (oldest_ != none && is_old(slots_[oldest_].entry)) expired.push_back(remove_slot(oldest_));
  return expired;
}

std::vector<Mempool::Entry> Mempool::recheck(const std::function<bool(const Entry&)>& keep) {
  std::vector<std::uint32_t> leaving;
  for (const Rank& rank : ranked_) {
    if (!keep(slots_[rank.slot].entry)) leaving.push_back(rank.slot);
  }
  std::vector<Entry> removed;
  removed.reserve(leaving.size());
  for (const std::uint32_t slot : leaving) removed.push_back(remove_slot(slot));
  return removed;
}

}  // namespace souk
