#pragma once

#include <cstdint>

#include "actors/effects.hpp"

namespace souk {

/// The smallest actor there is, for tests and measures of hosts. Answers every Ping with a Pong of the same
/// number. One that has a peer serves: Ping 1 when started, and Ping n + 1 on Pong n, up to `rounds`.
struct PingPong {
  ActorId peer = no_actor;   ///< whom to serve; no_actor: only answer
  std::uint64_t rounds = 0;  ///< how many Pings to send in all

  std::uint64_t ping_count = 0;  ///< Pings answered
  std::uint64_t pong_count = 0;  ///< Pongs received

  void on(const Event& event, const Context& context, Effects& out);

 private:
  void serve(std::uint64_t number, const Context& context, Effects& out) const;
};

}  // namespace souk
