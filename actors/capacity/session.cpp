#include "actors/capacity/session.hpp"

#include <algorithm>

#include "actors/capacity/chains.hpp"

namespace souk::capacity {

bool is_well_formed(const Commit& commit, const Hash& id, std::uint32_t validators) {
  return commit.id == id && is_mask_valid(commit.mask, validators);
}

bool is_same_statement(const Commit& a, const Commit& b) {
  return a.id == b.id && a.mask == b.mask && a.value == b.value;
}

SeedRound::SeedRound(const Challenge& challenge) {
  for (const Anchor& anchor : challenge.validators) anchors_.push_back(anchor.nonce);
  secrets_.resize(anchors_.size());
}

bool SeedRound::on(const CommitsFinal& event) {
  if (committed_) return false;
  committed_ = event.height;
  return true;
}

bool SeedRound::on(const SecretFinal& event) {
  if (!block_ || closed_ || event.validator >= anchors_.size() || secrets_[event.validator]) return false;
  if (event.height <= *committed_ + Blocks{1} || event.height > *committed_ + Blocks{1} + reveal_max)
    return false;
  if (NonceChain(event.z).anchor != anchors_[event.validator]) return false;
  secrets_[event.validator] = event.z;
  return true;
}

bool SeedRound::on(const BlockFinal& event) {
  if (!committed_ || closed_) return false;
  if (event.height == *committed_ + Blocks{1} && !block_) {
    block_ = event.hash;
    return true;
  }
  if (event.height < *committed_ + Blocks{1} + reveal_max || !block_) return false;
  closed_ = true;
  return true;
}

bool SeedRound::is_ready() const {
  return block_ && (closed_ || std::all_of(secrets_.begin(), secrets_.end(),
                                           [](const auto& secret) { return secret.has_value(); }));
}

}  // namespace souk::capacity
