#include "tests/consensus/cluster.hpp"

namespace souk::consensus::test {
namespace {

/// Height, round and step of sign bytes: they come first and are fixed in width.
constexpr std::size_t place_bytes = 17;

}  // namespace

Cluster::Cluster(ClusterOptions o)
    : options(std::move(o)), set(set_of(options.powers)), rng_(options.seed, ActorId{0}, Purpose::test, 0) {
  for (const Validator& v : set.validators()) keys.push_back(v.key);
  nodes.resize(keys.size() + options.followers);
  life_.resize(nodes.size());
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    nodes[i].core.emplace(config_of(i));
    schedule(now, i, Started{});
  }
}

CoreConfig Cluster::config_of(std::size_t node) const {
  CoreConfig c;
  c.chain_id = chain;
  c.genesis = set;
  c.genesis_time = genesis;
  if (node < keys.size()) c.key = keys[node];
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (i != node) c.peers.push_back(ActorId{static_cast<std::uint32_t>(i)});
  }
  c.timeouts = {milliseconds(300), milliseconds(100), milliseconds(100),
                milliseconds(50),  milliseconds(500), milliseconds(100)};
  c.block_time = options.block_time;
  c.observe = true;
  if (options.adjust) options.adjust(c);
  return c;
}

Context Cluster::context_of(std::size_t node) const {
  return {now + nodes[node].clock_skew, ActorId{static_cast<std::uint32_t>(node)}, options.seed, false};
}

void Cluster::schedule(Time at, std::size_t node, Event event) {
  queue_.push({at, order_++, node, life_[node], std::move(event)});
}

void Cluster::send(std::size_t from, std::size_t to, Message message) {
  schedule(now, to,
           ValidatorEvent{PeerMessage{ActorId{static_cast<std::uint32_t>(from)},
                                      std::make_shared<const Envelope>(Envelope{std::move(message)})}});
}

bool Cluster::step() {
  if (queue_.empty()) return false;
  const Due due = queue_.top();
  queue_.pop();
  now = std::max(now, due.at);
  TestNode& node = nodes[due.node];
  if (!node.core || due.life != life_[due.node]) return true;
  if (const auto* fired = std::get_if<TimerFired>(&due.event)) {
    const auto set_for = node.timers.find(fired->id);
    if (set_for == node.timers.end() || set_for->second != due.at + node.clock_skew) return true;
    node.timers.erase(set_for);
  }
  ++events;
  deliver(due.node, due.event);
  return true;
}

void Cluster::run_until(Time end) {
  while (!queue_.empty() && queue_.top().at <= end) step();
  now = end;
}

bool Cluster::run_to_height(std::int64_t height, Duration limit, std::optional<std::size_t> except) {
  const Time end = now + limit;
  const auto is_behind = [&](std::size_t i) { return nodes[i].core && i != except && decided(i) < height; };
  for (;;) {
    bool all = true;
    for (std::size_t i = 0; i < nodes.size(); ++i) all = all && !is_behind(i);
    if (all) return true;
    if (now > end || !step()) return false;
  }
}

void Cluster::deliver(std::size_t i, const Event& event) {
  TestNode& node = nodes[i];
  const Context context = context_of(i);
  Effects effects;
  Turn turn{context, node.app, effects};
  if (std::holds_alternative<Started>(event)) node.core->start(turn);
  if (const auto* fired = std::get_if<TimerFired>(&event)) node.core->handle(*fired, turn);
  if (const auto* e = std::get_if<ValidatorEvent>(&event)) {
    if (const auto* m = std::get_if<PeerMessage>(e)) node.core->handle(*m, turn);
    if (const auto* v = std::get_if<SignaturesVerified>(e)) node.core->handle(*v, turn);
    if (const auto* s = std::get_if<SignatureMade>(e)) node.core->handle(*s, turn);
  }
  const std::size_t count = cut ? std::min(cut(i, effects), effects.size()) : effects.size();
  carry_out(i, effects, count);
  if (count < effects.size()) kill(i);
}

void Cluster::carry_out(std::size_t node, const Effects& effects, std::size_t count) {
  for (std::size_t k = 0; k < count; ++k) carry_out(node, effects[k]);
}

void Cluster::carry_out(std::size_t i, const Effect& effect) {
  TestNode& node = nodes[i];
  if (const auto* e = std::get_if<Send>(&effect)) {
    const auto& message = std::get<PeerMessage>(std::get<ValidatorEvent>(e->event)).message->message;
    if (passes && !passes(i, e->to.value, message)) return;
    if (options.loss > 0 && rng_.uniform() < options.loss) return;
    const auto spread = static_cast<std::uint64_t>((options.delay_max - options.delay_min).count()) + 1;
    const Duration delay = options.delay_min + Duration(static_cast<std::int64_t>(rng_.below(spread)));
    schedule(now + delay, e->to.value, e->event);
  } else if (const auto* timer = std::get_if<SetTimer>(&effect)) {
    node.timers[timer->id] = std::max(timer->at, now + node.clock_skew);
    schedule(node.timers[timer->id] - node.clock_skew, i, TimerFired{timer->id});
  } else if (const auto* cancel = std::get_if<CancelTimer>(&effect)) {
    node.timers.erase(cancel->id);
  } else if (const auto* p = std::get_if<Persist>(&effect)) {
    (p->file == Persist::File::wal ? node.wal : node.store).persist(*p);
  } else if (const auto* make = std::get_if<MakeSignature>(&effect)) {
    sign(i, *make);
  } else if (const auto* verify = std::get_if<VerifySignatures>(&effect)) {
    const bool valid =
        std::all_of(verify->checks->begin(), verify->checks->end(),
                    [](const SignatureCheck& c) { return KeyedHash().verify(c.key, *c.bytes, c.signature); });
    schedule(now, i, ValidatorEvent{SignaturesVerified{verify->ticket, valid}});
  } else if (const auto* observe = std::get_if<Observe>(&effect)) {
    note(i, *observe->what);
  }
}

void Cluster::sign(std::size_t i, const MakeSignature& make) {
  const PublicKey& key = keys.at(i);
  const Bytes place(make.bytes->begin(), make.bytes->begin() + place_bytes);
  const auto [known, fresh] = signed_.emplace(std::pair(key, place), *make.bytes);
  if (!fresh && known->second != *make.bytes)
    faults.push_back("node " + std::to_string(i) + " signed two statements of one place");
  if (!nodes[i].wal.is_durable())
    faults.push_back("node " + std::to_string(i) + " signed before its log was durable");
  schedule(now, i, ValidatorEvent{SignatureMade{make.ticket, KeyedHash::sign(key, *make.bytes)}});
}

void Cluster::note(std::size_t i, const Observation& observation) {
  nodes[i].seen.push_back(observation);
  const auto* d = std::get_if<Decided>(&observation.what);
  if (d == nullptr) return;
  const auto [first, fresh] = chain_decided.emplace(d->height, d->value);
  if (!fresh && first->second != d->value)
    faults.push_back("fork at height " + std::to_string(d->height.value));
}

void Cluster::kill(std::size_t i, bool keep_unsynced) {
  TestNode& node = nodes[i];
  ++life_[i];
  node.core.reset();
  node.timers.clear();
  for (TestFile* file : {&node.wal, &node.store}) {
    file->replace(keep_unsynced ? file->bytes : file->durable());
  }
}

Result<void> Cluster::restart(std::size_t i) {
  TestNode& node = nodes[i];
  const auto changes = node.app.changes;
  const auto stop_before = node.app.stop_before;
  const auto tx_count = node.app.tx_count;
  const auto tx_bytes = node.app.tx_bytes;
  node.app = ListApp{};
  node.app.changes = changes;
  node.app.stop_before = stop_before;
  node.app.tx_count = tx_count;
  node.app.tx_bytes = tx_bytes;
  auto core = Core::recover(config_of(i), node.app, {node.wal.bytes, node.store.bytes});
  if (!core) return Unexpected{core.error()};
  node.core.emplace(std::move(*core));
  schedule(now, i, Started{});
  return {};
}

std::int64_t Cluster::decided(std::size_t node) const {
  if (!nodes.at(node).core) return 0;
  const auto height = nodes[node].core->decided();
  return height ? height->value : 0;
}

RuleCounts Cluster::rules() const {
  RuleCounts sum{};
  for (const TestNode& node : nodes) {
    if (!node.core) continue;
    for (std::size_t r = 0; r < sum.size(); ++r) sum[r] += node.core->rules()[r];
  }
  return sum;
}

}  // namespace souk::consensus::test
