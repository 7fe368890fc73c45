#include "actors/chain/upgrade.hpp"

#include <algorithm>

#include "actors/base/codec.hpp"

namespace souk {
namespace {

Verdict check_authority(const Address& authority) {
  if (authority != module_address("gov"))
    return refuse(GovError::invalid_signer, "only governance may plan an upgrade");
  return accepted();
}

}  // namespace

Verdict Upgrades::schedule(const MsgSoftwareUpgrade& msg, const Execution& exec) {
  SOUK_TRY(check_authority(msg.authority));
  if (msg.plan.height < exec.block.height)
    return refuse(SdkError::invalid_request, "an upgrade cannot be planned for the past");
  if (done_.find(msg.plan.name) != nullptr)
    return refuse(SdkError::invalid_request, "the chain has upgraded to that name already");
  plan_ = msg.plan;
  return accepted();
}

Verdict Upgrades::cancel(const MsgCancelUpgrade& msg) {
  SOUK_TRY(check_authority(msg.authority));
  plan_.reset();
  return accepted();
}

void Upgrades::begin_block(Height height, const std::vector<std::string>& known) {
  SOUK_CHECK(!halted_before(height, known));
  if (!plan_ || plan_->height > height) return;
  done_.put(plan_->name, height);
  plan_.reset();
}

std::optional<UpgradePlan> Upgrades::halted_before(Height next, const std::vector<std::string>& known) const {
  if (!plan_ || plan_->height > next) return std::nullopt;
  if (std::find(known.begin(), known.end(), plan_->name) != known.end()) return std::nullopt;
  return plan_;
}

std::optional<Height> Upgrades::next_height() const {
  if (!plan_) return std::nullopt;
  return plan_->height;
}

std::optional<Height> Upgrades::done_at(const std::string& name) const {
  const Height* height = done_.find(name);
  if (height == nullptr) return std::nullopt;
  return *height;
}

void Upgrades::append_state(std::vector<std::uint8_t>& out) const {
  if (!plan_ && done_.begin() == done_.end()) return;
  encode_to(out, plan_);
  for (const auto& [name, height] : done_) encode_to(out, name), encode_to(out, height);
}

void Upgrades::begin_tx() {
  plan_before_ = plan_;
  done_.begin_tx();
}

void Upgrades::rollback() {
  plan_ = plan_before_;
  done_.rollback();
}

}  // namespace souk
