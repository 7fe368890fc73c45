#include "runtime/sim_host.hpp"

#include <algorithm>

#include "actors/base/codec.hpp"
#include "actors/consensus/observation.hpp"
#include "runtime/sim_host_impl.hpp"

namespace souk::runtime {

SimHost::Impl::Impl(SimOptions o) : options(std::move(o)), network(std::move(options.network)) {
  SOUK_CHECK(options.threads >= 1);
  install_check_handler();
  const Duration lookahead = network.config().minimum_delay;
  const bool windows = options.threads > 1 && lookahead > Duration::zero();
  const std::uint32_t shards = windows ? options.threads : 1;
  engine = Engine({.actors = 0, .lookahead = lookahead, .shards = shards});
  engine.run_until(*this, options.genesis);
  shards_.resize(shards);
  log_ = sim::OrderedLog<Handled>(shards);
  if (windows) pool_ = std::make_unique<sim::WorkerPool>(options.threads);
}

SimHost::Impl::Impl(const Impl& other)
    : options(other.options),
      directory(other.directory),
      slots(other.slots),
      keys(other.keys),
      engine(other.engine),
      network(other.network),
      world(other.world),
      shards_(other.shards_.size()),
      failure_(other.failure_),
      log_(static_cast<std::uint32_t>(other.shards_.size())) {
  if (other.pool_ != nullptr) pool_ = std::make_unique<sim::WorkerPool>(options.threads);
}

void SimHost::Impl::on_event(Port& port, sim::Due<Payload> due) {
  if (failure_) return;
  ThreadShard& shard = shards_[port.shard()];
  if (world) [[unlikely]]
    return on_event_with_faults(port, shard, due);
  Slot& slot = slots[due.target.value];
  if (const Event* event = std::get_if<Event>(&due.payload)) {
    handle(port, shard, slot, *event, fingerprint(*event));
  } else if (const Shared* shared = std::get_if<Shared>(&due.payload)) {
    handle(port, shard, slot, *shared->event, shared->hash);
  } else {
    const TimerId timer = *std::get_if<TimerId>(&due.payload);
    slot.timers.take(timer);
    const Event fired = TimerFired{timer};
    handle(port, shard, slot, fired, fingerprint(fired));
  }
}

void SimHost::Impl::handle(Port& port, ThreadShard& shard, Slot& slot, const Event& event,
                           const Fingerprint& hash) {
  const Context context{port.now(), port.self(), options.seed, options.antithetic};
  if (!let_act(port, shard, slot, event, context)) return;
  if (options.keep_hash) add_event(slot.chain, context.now, hash);
  if (observers.any()) tell(port, context, event, shard.effects);
  for (Effect& effect : shard.effects) perform(port, slot, effect);
}

void SimHost::Impl::fail_with(Port& port, ThreadShard& shard, std::string message) {
  const sim::Position position = port.position();
  if (shard.failure && shard.failure->position < position) return;
  shard.failure = Failure{position, std::move(message)};
  if (!in_windows()) collect_failures();
}

void SimHost::Impl::tell(Port& port, const Context& context, const Event& event, const Effects& effects) {
  if (in_windows()) {
    log_.add(port.shard(), port.position(), {context.now, context.self, event, effects});
  } else {
    observers.tell(directory, context.now, context.self, event, effects);
  }
}

void SimHost::Impl::on_window(Time, Time) {
  collect_failures();
  log_.replay([&](const sim::Position& position, const Handled& handled) {
    if (failure_ && failure_->position < position) return;
    observers.tell(directory, handled.at, handled.actor, handled.event, handled.effects);
  });
}

void SimHost::Impl::collect_failures() {
  for (ThreadShard& shard : shards_) {
    if (!shard.failure) continue;
    if (!failure_ || shard.failure->position < failure_->position) failure_ = std::move(shard.failure);
    shard.failure.reset();
  }
}

void SimHost::Impl::perform(Port& port, Slot& slot, Effect& effect) {
  if (auto* to_actor = std::get_if<Send>(&effect)) {
    SOUK_CHECK(to_actor->to.value < slots.size());
    send(port, to_actor->to, std::move(to_actor->event));
  } else if (auto* to_address = std::get_if<SendTo>(&effect)) {
    const ActorId to = directory.find(to_address->to);
    if (to != no_actor) send(port, to, std::move(to_address->event));
  } else if (auto* published = std::get_if<Publish>(&effect)) {
    publish(port, *published);
  } else if (auto* submit = std::get_if<SubmitTx>(&effect)) {
    const ActorId to = directory.validator_of(port.self());
    if (to != no_actor) send(port, to, TxReceived{port.self(), std::move(submit->tx)});
  } else if (auto* timer = std::get_if<SetTimer>(&effect)) {
    set_timer(port, slot, *timer);
  } else if (auto* cancelled = std::get_if<CancelTimer>(&effect)) {
    cancel_timer(port, slot, cancelled->id);
  } else if (auto* record = std::get_if<Persist>(&effect)) {
    if (options.keep_persisted) slot.persisted.push_back(std::move(record->record));
  } else if (auto* to_sign = std::get_if<MakeSignature>(&effect)) {
    sign(port, *to_sign);
  } else if (auto* to_verify = std::get_if<VerifySignatures>(&effect)) {
    verify(port, *to_verify);
  }  // A Note and an Observe are for observers, who have them.
}

/// Answers take no simulated time, and come in the order of the questions: an actor's events to itself do.
void SimHost::Impl::sign(Port& port, const MakeSignature& question) {
  SOUK_CHECK(directory.has_key(port.self()) && "MakeSignature needs ActorOptions::signing_seed");
  const consensus::Signature signature = options.signatures->sign(keys[port.self().value], *question.bytes);
  port.schedule(port.now(), Event(ValidatorEvent(SignatureMade{question.ticket, signature})));
}

void SimHost::Impl::verify(Port& port, const VerifySignatures& question) {
  const bool valid = shards_[port.shard()].signatures.verify_all(*options.signatures, *question.checks);
  port.schedule(port.now(), Event(ValidatorEvent(SignaturesVerified{question.ticket, valid})));
}

/// The size of a message is that of its canonical bytes; counted only where the network asks for it.
std::uint64_t SimHost::Impl::message_bytes(ThreadShard& shard, const Event& event) const {
  if (network.config().bytes_per_second == 0 && !(world && world->links.needs_bytes())) return 0;
  shard.scratch.clear();
  encode_to(shard.scratch, event);
  return shard.scratch.size();
}

void SimHost::Impl::send(Port& port, ActorId to, Event&& event) {
  if (world) [[unlikely]]
    return send_with_faults(port, to, std::move(event));
  const std::uint64_t bytes = message_bytes(shards_[port.shard()], event);
  const sim::Arrivals arrivals = network.route(port.self(), to, bytes, port.now());
  if (arrivals.count == 2) port.send(arrivals.at[1], to, event);
  if (arrivals.count >= 1) port.send(arrivals.at[0], to, std::move(event));
}

void SimHost::Impl::publish(Port& port, const Publish& publish) {
  const auto subscribers = directory.subscribers(port.self(), publish.topic);
  if (subscribers.empty()) return;
  const Shared shared{publish.event, fingerprint(*publish.event)};
  const std::uint64_t bytes = message_bytes(shards_[port.shard()], *publish.event);
  if (world) [[unlikely]]
    return publish_with_faults(port, publish, shared, bytes);
  for (const ActorId to : subscribers) {
    const sim::Arrivals arrivals = network.route(port.self(), to, bytes, port.now());
    for (const Time at : arrivals.times()) port.send(at, to, shared);
  }
}

void SimHost::Impl::set_timer(Port& port, Slot& slot, const SetTimer& timer) {
  if (world) [[unlikely]]
    return set_timer_with_faults(port, slot, timer);
  cancel_timer(port, slot, timer.id);
  if (timer.at == time_max) return;  // never
  slot.timers.set(timer.id, port.schedule(std::max(timer.at, port.now()), timer.id));
}

void SimHost::Impl::cancel_timer(Port& port, Slot& slot, TimerId timer) {
  if (const auto handle = slot.timers.take(timer)) port.cancel(*handle);
}

/// A slice of the run between two looks at the stop flag. Only the wall clock feels how long slices are, so
/// they are measured in events: about 65,000, a few milliseconds.
Result<RunEnd> SimHost::Impl::run_until(Time end) {
  SOUK_CHECK(end >= engine.now());
  constexpr std::uint64_t events_per_slice = 1u << 16;
  Duration slice = std::chrono::milliseconds(1);
  while (const auto next = engine.next_time()) {
    if (auto ok = status(); !ok) return fail(ok.error().message);
    if (*next > end) break;
    if (stop != nullptr && stop->load(std::memory_order_relaxed)) return RunEnd::interrupted;
    const std::uint64_t before = engine.executed();
    run_slice(end - *next > slice ? *next + slice : end);
    const std::uint64_t done = engine.executed() - before;
    if (done < events_per_slice / 2 && slice < std::chrono::hours(24 * 365)) slice *= 2;
    if (done > events_per_slice * 2 && slice > Duration(1)) slice /= 2;
  }
  run_slice(end);
  if (auto ok = status(); !ok) return fail(ok.error().message);
  return RunEnd::reached;
}

void SimHost::Impl::run_slice(Time end) {
  if (in_windows()) {
    engine.run_windows(*this, end, *pool_);
  } else {
    engine.run_until(*this, end);
  }
}

Result<bool> SimHost::Impl::step() {
  if (auto ok = status(); !ok) return fail(ok.error().message);
  const bool stepped = engine.step(*this);
  if (in_windows()) on_window(engine.now(), engine.now());
  if (auto ok = status(); !ok) return fail(ok.error().message);
  return stepped;
}

Result<void> SimHost::Impl::status() const {
  if (failure_) return fail(failure_->message);
  if (observers.journal() != nullptr) return observers.journal()->status();
  return {};
}

}  // namespace souk::runtime
