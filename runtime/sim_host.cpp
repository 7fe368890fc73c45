#include "runtime/sim_host.hpp"
#include "actors/consensus/observation.hpp"

#include <algorithm>
#include <exception>
#include <optional>
#include <variant>

#include "actors/base/codec.hpp"
#include "runtime/directory.hpp"
#include "runtime/failure.hpp"
#include "runtime/observers.hpp"
#include "runtime/run_hash.hpp"
#include "runtime/timer_table.hpp"
#include "sim/engine.hpp"
#include "sim/network.hpp"
#include "sim/ordered_log.hpp"
#include "sim/worker_pool.hpp"

namespace souk::runtime {
namespace {

/// One published event on its way to one of its subscribers. Hashed once for all.
struct Shared {
  SharedEvent event;
  Fingerprint hash;
};
/// What the engine carries: an event for one actor, a published one, or a timer of the target.
using Payload = std::variant<Event, Shared, TimerId>;
using Engine = sim::Engine<Payload>;
using Port = sim::Port<Payload>;

/// One actor and what the host keeps for it. Own cache lines: in windows, neighbours run on other threads.
struct alignas(64) Slot {
  explicit Slot(AnyActor a) : actor(std::move(a)) {}

  AnyActor actor;
  StreamHash chain;
  TimerTable<sim::EventHandle> timers;
  std::vector<PersistedRecord> persisted;
};

struct Failure {
  sim::Position position;
  std::string message;
};

/// A handled event that observers have yet to see, because its window is still open.
struct Handled {
  Time at;
  ActorId actor;
  Event event;
  Effects effects;
};

/// What one thread works with.
struct alignas(64) Shard {
  Effects effects;  ///< reused from event to event
  Bytes scratch;
  std::optional<Failure> failure;  ///< the first of the window in the total order
};

}  // namespace

/// The model of the engine: what an event does.
class SimHost::Impl {
 public:
  explicit Impl(SimOptions o);
  /// Everything that makes the run, and nothing that watches it.
  Impl(const Impl& other);
  Impl& operator=(const Impl&) = delete;

  // Called by the engine.
  void on_event(Port& port, sim::Due<Payload> due);
  void on_window(Time first, Time last);
  void prefetch(ActorId target) const { __builtin_prefetch(&slots[target.value]); }

  Result<RunEnd> run_until(Time end);
  Result<bool> step();
  unsigned threads() const { return static_cast<unsigned>(shards_.size()); }

  SimOptions options;
  Directory directory;
  std::vector<Slot> slots;
  Engine engine;
  sim::Network network;
  Observers observers;
  const std::atomic<bool>* stop = nullptr;

 private:
  void handle(Port& port, Shard& shard, Slot& slot, const Event& event, const Fingerprint& hash);
  void fail_with(Port& port, Shard& shard, std::string message);
  void tell(Port& port, const Context& context, const Event& event, const Effects& effects);
  void perform(Port& port, Slot& slot, Effect& effect);
  void send(Port& port, ActorId to, Event&& event);
  std::uint64_t message_bytes(Shard& shard, const Event& event) const;
  void publish(Port& port, const Publish& publish);
  void set_timer(Port& port, Slot& slot, const SetTimer& timer);
  static void cancel_timer(Port& port, Slot& slot, TimerId timer);
  bool in_windows() const { return pool_ != nullptr; }
  void run_slice(Time end);
  Result<void> status() const;
  void collect_failures();

  std::vector<Shard> shards_;
  std::optional<Failure> failure_;  ///< the first in the total order; nothing is handled after it
  std::unique_ptr<sim::WorkerPool> pool_;
  sim::OrderedLog<Handled> log_;
};

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
      engine(other.engine),
      network(other.network),
      shards_(other.shards_.size()),
      failure_(other.failure_),
      log_(static_cast<std::uint32_t>(other.shards_.size())) {
  if (other.pool_ != nullptr) pool_ = std::make_unique<sim::WorkerPool>(options.threads);
}

void SimHost::Impl::on_event(Port& port, sim::Due<Payload> due) {
  if (failure_) return;
  Shard& shard = shards_[port.shard()];
  Slot& slot = slots[due.target.value];
  if (const Event* event = std::get_if<Event>(&due.payload)) {
    handle(port, shard, slot, *event, event_hash(*event));
  } else if (const Shared* shared = std::get_if<Shared>(&due.payload)) {
    handle(port, shard, slot, *shared->event, shared->hash);
  } else {
    const TimerId timer = *std::get_if<TimerId>(&due.payload);
    slot.timers.take(timer);
    const Event fired = TimerFired{timer};
    handle(port, shard, slot, fired, event_hash(fired));
  }
}

void SimHost::Impl::handle(Port& port, Shard& shard, Slot& slot, const Event& event,
                           const Fingerprint& hash) {
  const Context context{port.now(), port.self(), options.seed, options.antithetic};
  const Delivering delivering(directory, context);
  shard.effects.clear();
  try {
    slot.actor.on(event, context, shard.effects);
  } catch (const std::exception& error) {
    return fail_with(port, shard, describe_failure(directory, context, error.what()));
  } catch (...) {
    return fail_with(port, shard, describe_failure(directory, context, "threw what is not an exception"));
  }
  add_event(slot.chain, context.now, hash);
  if (observers.any()) tell(port, context, event, shard.effects);
  for (Effect& effect : shard.effects) perform(port, slot, effect);
}

void SimHost::Impl::fail_with(Port& port, Shard& shard, std::string message) {
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
  for (Shard& shard : shards_) {
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
  }  // A Note is for observers, who have it.
}

/// The size of a message is that of its canonical bytes; counted only where the network asks for it.
std::uint64_t SimHost::Impl::message_bytes(Shard& shard, const Event& event) const {
  if (network.config().bytes_per_second == 0) return 0;
  shard.scratch.clear();
  encode_to(shard.scratch, event);
  return shard.scratch.size();
}

void SimHost::Impl::send(Port& port, ActorId to, Event&& event) {
  const std::uint64_t bytes = message_bytes(shards_[port.shard()], event);
  const sim::Arrivals arrivals = network.route(port.self(), to, bytes, port.now());
  if (arrivals.count == 2) port.send(arrivals.at[1], to, event);
  if (arrivals.count >= 1) port.send(arrivals.at[0], to, std::move(event));
}

void SimHost::Impl::publish(Port& port, const Publish& publish) {
  const auto subscribers = directory.subscribers(port.self(), publish.topic);
  if (subscribers.empty()) return;
  const Shared shared{publish.event, event_hash(*publish.event)};
  const std::uint64_t bytes = message_bytes(shards_[port.shard()], *publish.event);
  for (const ActorId to : subscribers) {
    const sim::Arrivals arrivals = network.route(port.self(), to, bytes, port.now());
    for (const Time at : arrivals.times()) port.send(at, to, shared);
  }
}

void SimHost::Impl::set_timer(Port& port, Slot& slot, const SetTimer& timer) {
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

SimHost::SimHost(SimOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
SimHost::SimHost(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
SimHost::~SimHost() = default;
SimHost::SimHost(SimHost&&) noexcept = default;
SimHost& SimHost::operator=(SimHost&&) noexcept = default;
SimHost SimHost::fork() const { return SimHost(std::make_unique<Impl>(*impl_)); }

ActorId SimHost::spawn(std::string name, AnyActor actor, const ActorOptions& options) {
  SOUK_CHECK(impl_->observers.journal() == nullptr);
  const ActorId id = impl_->directory.add(std::move(name), options);
  SOUK_CHECK(impl_->engine.add_actors(1) == id);
  impl_->slots.emplace_back(std::move(actor));
  impl_->network.set_actors(id.value + 1);
  // In the name of actor 0, whose events come first among those due at the same time.
  impl_->engine.schedule(impl_->engine.now(), ActorId{0}, id, Event(Started{}));
  return id;
}
void SimHost::subscribe(ActorId subscriber, ActorId publisher, const Topic& topic) {
  impl_->directory.subscribe(subscriber, publisher, topic);
}
void SimHost::post(Time at, ActorId to, Event event) {
  SOUK_CHECK(to.value < impl_->slots.size());
  impl_->engine.schedule(at, sim::outside, to, std::move(event));
}

void SimHost::attach(Collector& collector) { impl_->observers.attach(collector); }
void SimHost::record(JournalWriter& journal) {
  SOUK_CHECK(event_count() == 0 && "a journal begins where the run begins");
  impl_->observers.record(journal);
}
void SimHost::stop_on(const std::atomic<bool>* stop) { impl_->stop = stop; }

Result<RunEnd> SimHost::run_until(Time end) { return impl_->run_until(end); }
Result<bool> SimHost::step() { return impl_->step(); }

unsigned SimHost::threads() const { return impl_->threads(); }
Time SimHost::now() const { return impl_->engine.now(); }
std::size_t SimHost::actor_count() const { return impl_->slots.size(); }
std::string_view SimHost::name(ActorId actor) const { return impl_->directory.name(actor); }
std::vector<std::string> SimHost::names() const { return impl_->directory.names(); }
const AnyActor& SimHost::actor(ActorId actor) const { return impl_->slots.at(actor.value).actor; }
std::span<const PersistedRecord> SimHost::persisted(ActorId actor) const {
  return impl_->slots.at(actor.value).persisted;
}
std::uint64_t SimHost::event_count() const { return impl_->engine.executed(); }
std::uint64_t SimHost::pending_count() const { return impl_->engine.pending(); }
Fingerprint SimHost::run_hash() const {
  std::vector<StreamHash> chains;
  chains.reserve(impl_->slots.size());
  for (const Slot& slot : impl_->slots) chains.push_back(slot.chain);
  return souk::runtime::run_hash(chains);
}

}  // namespace souk::runtime
