#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "runtime/host.hpp"

/// A run, step by step, for reading: one line an event or effect of consensus.
namespace souk::scenarios::swarm {

/// Writes lines of fixed columns, time (each actor's own clock) and name first. A message to several peers is
/// one line. Gossip of who has what, and checks of signatures, only with `all`.
class Trace final : public runtime::Collector {
 public:
  Trace(std::FILE* out, std::vector<std::string> names, bool all)
      : out_(out), names_(std::move(names)), all_(all) {}
  ~Trace() override { flush(); }
  Trace(const Trace&) = delete;
  Trace& operator=(const Trace&) = delete;

  void on_event(Time at, ActorId who, const Event& event) override;
  void on_effect(Time at, ActorId who, const Effect& effect) override;
  /// A line that is nobody's.
  void remark(Time at, const std::string& text);

 private:
  void line(Time at, std::string_view who, std::string_view text);
  void flush();

  std::FILE* out_;
  std::vector<std::string> names_;
  bool all_;
  // The message that is being sent, to whom so far.
  Time sent_at_;
  ActorId sender_ = no_actor;
  std::shared_ptr<const consensus::Envelope> sent_;
  std::string sent_to_;
};

}  // namespace souk::scenarios::swarm
