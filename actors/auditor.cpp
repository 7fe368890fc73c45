#include "actors/auditor.hpp"

#include <algorithm>
#include <utility>

namespace souk {

Auditor::Auditor(AuditorConfig config) : config_(std::move(config)) {
  std::sort(config_.vouches_for.begin(), config_.vouches_for.end());
}

void Auditor::on(const Event& event, const Context&, Effects& out) {
  const auto* notice = std::get_if<ChainNotice>(&event);
  if (notice == nullptr) return;
  if (const auto* created = std::get_if<EventProviderCreated>(&notice->event)) {
    if (created->attributes) sign(created->owner, *created->attributes, out);
  } else if (const auto* updated = std::get_if<EventProviderUpdated>(&notice->event)) {
    if (updated->attributes) sign(updated->owner, *updated->attributes, out);
  }
}

void Auditor::sign(const Address& provider, const Attributes& attributes, Effects& out) {
  if (!std::binary_search(config_.vouches_for.begin(), config_.vouches_for.end(), provider)) return;
  Tx tx;
  tx.signer = config_.address;
  tx.nonce = ++nonces_;
  tx.fee = config_.fee;
  tx.msgs.emplace_back(MsgSignProviderAttributes{provider, config_.address, attributes});
  out.emplace_back(SubmitTx{std::make_shared<const Tx>(std::move(tx))});
}

}  // namespace souk
