#pragma once

#include <cstdint>

#include "actors/effects.hpp"
#include "scenarios/swarm/plan.hpp"

namespace souk::scenarios::swarm {

/// Sends its errands when they are due, and whatever it is handed (TxReceived) at once. An actor.
class Client {
 public:
  explicit Client(Errands errands) : errands_(std::move(errands)) {}

  void on(const Event& event, const Context& context, Effects& out) {
    if (const auto* handed = std::get_if<TxReceived>(&event)) {
      out.push_back(SubmitTx{handed->tx});
    } else if (std::holds_alternative<Started>(event) || std::holds_alternative<TimerFired>(event)) {
      while (next_ < errands_->size() && (*errands_)[next_].at <= context.now)
        out.push_back(SubmitTx{(*errands_)[next_++].tx});
      if (next_ < errands_->size()) out.push_back(SetTimer{{}, (*errands_)[next_].at});
    }
  }

 private:
  Errands errands_;
  std::size_t next_ = 0;
};

}  // namespace souk::scenarios::swarm
