#include "actors/pingpong.hpp"

namespace souk {

void PingPong::on(const Event& event, const Context& context, Effects& out) {
  if (std::holds_alternative<Started>(event)) {
    serve(1, context, out);
  } else if (const auto* ping = std::get_if<Ping>(&event)) {
    ++ping_count;
    out.push_back(Send{ping->from, Pong{context.self, ping->number}});
  } else if (const auto* pong = std::get_if<Pong>(&event)) {
    ++pong_count;
    serve(pong->number + 1, context, out);
  }
}

void PingPong::serve(std::uint64_t number, const Context& context, Effects& out) const {
  if (peer == no_actor || number > rounds) return;
  out.push_back(Send{peer, Ping{context.self, number}});
}

}  // namespace souk
