#include "runtime/caf_host.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "runtime/directory.hpp"
#include "runtime/failure.hpp"
#include "runtime/observers.hpp"
#include "runtime/scaled_clock.hpp"

/// Debian's CAF 0.17.6, all of it in this file. What to know about that version: messages of types it has
/// never heard of are fine inside one process (CAF_ALLOW_UNSAFE_MESSAGE_TYPE); delayed messages can not be
/// taken back, hence one wake-up per actor below and not one message per timer; its library is not
/// instrumented, so ThreadSanitizer sees races in it that are none.

namespace souk::runtime {
namespace {

/// One event on its way to one actor.
struct Mail {
  SharedEvent event;
};
/// Look at your timers: one was due at `at` when this was asked for.
struct WakeUp {
  Time at;
};
/// The run begins.
struct Begin {};

}  // namespace
}  // namespace souk::runtime

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(souk::runtime::Mail)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(souk::runtime::WakeUp)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(souk::runtime::Begin)

namespace souk::runtime {
namespace {

/// One actor and what the host keeps for it. Touched only by its own CAF actor while the run goes on.
struct Slot {
  explicit Slot(AnyActor a) : actor(std::move(a)) {}

  AnyActor actor;
  Effects effects;  ///< reused
  bool started = false;
  StreamHash chain;
  std::uint64_t event_count = 0;
  std::vector<PersistedRecord> persisted;

  // Timers, by id and by due time. CAF is asked to wake the actor for the earliest only; wake_at is the
  // earliest wake-up under way, so that setting a timer again and again asks for no more than needed.
  struct DueTimer {
    Time at;
    std::uint64_t sequence;  ///< of SetTimer: equal times fire in the order they were set
    TimerId id;
    friend auto operator<=>(const DueTimer&, const DueTimer&) = default;
  };
  std::set<DueTimer> due;
  std::map<TimerId, DueTimer> timers;
  std::uint64_t timer_sequence = 0;
  Time wake_at = time_max;
};

/// A handled event that waits until all with smaller tickets are handled too.
struct Handled {
  Time at;
  ActorId actor;
  SharedEvent event;  ///< null: the actor failed, nothing to tell
  Effects effects;
};

}  // namespace

class CafHost::Impl {
 public:
  explicit Impl(CafOptions o) : options(std::move(o)), clock(options.genesis, options.speedup) {
    SOUK_CHECK(options.speedup > 0);
    SOUK_CHECK(options.threads >= 1);
    install_check_handler();
  }

  Result<RunEnd> run_until(Time end);

  // Called by the CAF actor of slot `id`, one call at a time for each id. False: the run is over.
  bool begin(ActorId id) { return slots[id.value].started || deliver(id, started_event); }
  bool receive(ActorId id, const SharedEvent& event) { return begin(id) && deliver(id, event); }
  bool wake_up(ActorId id, Time asked_for);

  CafOptions options;
  Directory directory;
  std::vector<Slot> slots;
  std::vector<SecretKey> keys;  ///< of each actor; without one, zeros
  Observers observers;
  const std::atomic<bool>* stop = nullptr;
  bool ran = false;

 private:
  class Shell;

  bool deliver(ActorId id, const SharedEvent& event);
  bool take_ticket(Time& now, std::uint64_t& ticket);
  void hand_in(std::uint64_t ticket, Handled handled);
  void perform(ActorId id, Effect& effect);
  void send(ActorId to, SharedEvent event) { caf::anon_send(handles[to.value], Mail{std::move(event)}); }
  void set_timer(ActorId id, const SetTimer& timer);
  void cancel_timer(ActorId id, TimerId timer);
  void ask_wake_up(ActorId id);
  void persist(ActorId id, const Persist& record);
  void fail_with(const Context& context, const std::string& why);
  RunEnd wait_for_end();
  void close();

  const SharedEvent started_event = std::make_shared<const Event>(Started{});
  ScaledClock clock;
  Time run_end;
  std::vector<caf::actor> handles;

  std::mutex mutex;  ///< guards everything below
  std::condition_variable changed;
  bool closed = false;
  std::string failure;
  Time last_now;
  std::uint64_t next_ticket = 0;
  std::uint64_t next_told = 0;
  std::map<std::uint64_t, Handled> waiting;  ///< handled out of turn, while the slowest handler runs
};

/// The CAF actor of one slot: passes on, holds nothing.
class CafHost::Impl::Shell : public caf::event_based_actor {
 public:
  Shell(caf::actor_config& config, Impl* host, ActorId id)
      : caf::event_based_actor(config), host_(host), id_(id) {}

  caf::behavior make_behavior() override {
    return {
        [this](const Begin&) { quit_unless(host_->begin(id_)); },
        [this](const Mail& mail) { quit_unless(host_->receive(id_, mail.event)); },
        [this](const WakeUp& wake) { quit_unless(host_->wake_up(id_, wake.at)); },
    };
  }

 private:
  void quit_unless(bool go_on) {
    if (!go_on) quit();
  }
  Impl* host_;
  ActorId id_;
};

/// The ticket fixes the event's place in the journal. Clock and ticket are read under one lock, so that the
/// order of tickets is an order of times; and an event caused by another takes its ticket later.
bool CafHost::Impl::take_ticket(Time& now, std::uint64_t& ticket) {
  const std::lock_guard lock(mutex);
  if (closed) return false;
  last_now = std::max(last_now, clock.now());
  if (last_now > run_end) {
    closed = true;
    changed.notify_all();
    return false;
  }
  now = last_now;
  ticket = next_ticket++;
  return true;
}

bool CafHost::Impl::deliver(ActorId id, const SharedEvent& event) {
  Slot& slot = slots[id.value];
  slot.started = true;
  Context context{.now = {}, .self = id, .seed = options.seed, .antithetic = options.antithetic};
  std::uint64_t ticket = 0;
  if (!take_ticket(context.now, ticket)) return false;
  const Delivering delivering(directory, context);
  slot.effects.clear();
  bool handled = false;
  try {
    slot.actor.on(*event, context, slot.effects);
    handled = true;
    add_event(slot.chain, context.now, event_hash(*event));
    ++slot.event_count;
    if (observers.any()) hand_in(ticket, {context.now, id, event, slot.effects});
    for (Effect& effect : slot.effects) perform(id, effect);
    return true;
  } catch (const std::exception& error) {
    fail_with(context, error.what());
  } catch (...) {
    fail_with(context, "threw what is not an exception");
  }
  if (!handled) hand_in(ticket, {context.now, id, nullptr, {}});
  return false;
}

void CafHost::Impl::hand_in(std::uint64_t ticket, Handled handled) {
  const std::lock_guard lock(mutex);
  waiting.emplace(ticket, std::move(handled));
  for (auto first = waiting.begin(); first != waiting.end() && first->first == next_told;
       first = waiting.erase(first), ++next_told) {
    const Handled& h = first->second;
    if (h.event != nullptr) observers.tell(directory, h.at, h.actor, *h.event, h.effects);
  }
}

void CafHost::Impl::perform(ActorId id, Effect& effect) {
  if (is_undeliverable(directory, id, effect)) return;
  if (auto* to_actor = std::get_if<Send>(&effect)) {
    SOUK_CHECK(to_actor->to.value < handles.size());
    send(to_actor->to, std::make_shared<const Event>(std::move(to_actor->event)));
  } else if (auto* to_address = std::get_if<SendTo>(&effect)) {
    send(directory.find(to_address->to), std::make_shared<const Event>(std::move(to_address->event)));
  } else if (auto* publish = std::get_if<Publish>(&effect)) {
    for (const ActorId to : directory.subscribers(id, publish->topic)) send(to, publish->event);
  } else if (auto* submit = std::get_if<SubmitTx>(&effect)) {
    send(directory.validator_of(id), std::make_shared<const Event>(TxReceived{id, std::move(submit->tx)}));
  } else if (auto* timer = std::get_if<SetTimer>(&effect)) {
    set_timer(id, *timer);
  } else if (auto* cancelled = std::get_if<CancelTimer>(&effect)) {
    cancel_timer(id, cancelled->id);
  } else if (auto* record = std::get_if<Persist>(&effect)) {
    persist(id, *record);
  } else if (auto* to_sign = std::get_if<MakeSignature>(&effect)) {
    SOUK_CHECK(directory.has_key(id) && "MakeSignature needs ActorOptions::signing_seed");
    const auto signature = options.signatures->sign(keys[id.value], *to_sign->bytes);
    send(id, std::make_shared<const Event>(ValidatorEvent(SignatureMade{to_sign->ticket, signature})));
  } else if (auto* to_verify = std::get_if<VerifySignatures>(&effect)) {
    const bool valid = verify_all(*options.signatures, *to_verify->checks);
    send(id, std::make_shared<const Event>(ValidatorEvent(SignaturesVerified{to_verify->ticket, valid})));
  }  // A Note and an Observe are for collectors, who have them.
}

void CafHost::Impl::set_timer(ActorId id, const SetTimer& timer) {
  cancel_timer(id, timer.id);
  if (timer.at > run_end) return;  // never due in this run; replaced or not, it changes nothing
  Slot& slot = slots[id.value];
  const Slot::DueTimer due{timer.at, slot.timer_sequence++, timer.id};
  slot.timers.emplace(timer.id, due);
  slot.due.insert(due);
  ask_wake_up(id);
}

void CafHost::Impl::cancel_timer(ActorId id, TimerId timer) {
  Slot& slot = slots[id.value];
  const auto it = slot.timers.find(timer);
  if (it == slot.timers.end()) return;
  slot.due.erase(it->second);
  slot.timers.erase(it);
}

void CafHost::Impl::ask_wake_up(ActorId id) {
  Slot& slot = slots[id.value];
  if (slot.due.empty() || slot.due.begin()->at >= slot.wake_at) return;
  slot.wake_at = slot.due.begin()->at;
  const auto wait = clock.until(slot.wake_at);
  if (wait.count() == 0) {
    caf::anon_send(handles[id.value], WakeUp{slot.wake_at});
  } else {
    caf::delayed_anon_send(handles[id.value], wait, WakeUp{slot.wake_at});
  }
}

/// Fires what is due now. Timers set meanwhile wait for the next wake-up even if they are due, so that an
/// actor that sets timers into the past lets others run.
bool CafHost::Impl::wake_up(ActorId id, Time asked_for) {
  Slot& slot = slots[id.value];
  if (slot.wake_at != asked_for) return true;  // stale: an earlier one was asked for since, and did its work
  const Time now = clock.now();
  const std::uint64_t set_before = slot.timer_sequence;
  while (!slot.due.empty() && slot.due.begin()->at <= now && slot.due.begin()->sequence < set_before) {
    const TimerId timer = slot.due.begin()->id;
    cancel_timer(id, timer);
    if (!deliver(id, std::make_shared<const Event>(TimerFired{timer}))) return false;
  }
  slot.wake_at = time_max;
  ask_wake_up(id);
  return true;
}

void CafHost::Impl::persist(ActorId id, const Persist& record) {
  if (options.persist) {
    options.persist(id, record);
  } else {
    slots[id.value].persisted.push_back(record.record);
  }
}

void CafHost::Impl::fail_with(const Context& context, const std::string& why) {
  const std::lock_guard lock(mutex);
  if (failure.empty()) failure = describe_failure(directory, context, why);
  closed = true;
  changed.notify_all();
}

/// Sleeps until the end of the run, a failure, or the stop flag, which nobody signals and is looked at
/// twenty times a second.
RunEnd CafHost::Impl::wait_for_end() {
  constexpr std::chrono::nanoseconds look_every = std::chrono::milliseconds(50);
  std::unique_lock lock(mutex);
  while (!closed) {
    if (stop != nullptr && stop->load()) return closed = true, RunEnd::interrupted;
    const auto left = clock.until(run_end);
    if (left.count() == 0) break;
    changed.wait_for(lock, std::min(left, look_every));
  }
  closed = true;
  return RunEnd::reached;
}

Result<RunEnd> CafHost::Impl::run_until(Time end) {
  SOUK_CHECK(!ran && "one run per CafHost");
  ran = true;
  run_end = end;
  last_now = options.genesis;
  caf::actor_system_config config;
  config.set("scheduler.max-threads", static_cast<std::size_t>(options.threads));
  RunEnd how = RunEnd::reached;
  {
    caf::actor_system system(config);
    for (std::uint32_t i = 0; i < slots.size(); ++i) {
      handles.push_back(system.spawn<Shell, caf::lazy_init>(this, ActorId{i}));
    }
    clock.begin();
    for (const caf::actor& handle : handles) caf::anon_send(handle, Begin{});
    how = wait_for_end();
    for (const caf::actor& handle : handles) caf::anon_send_exit(handle, caf::exit_reason::user_shutdown);
    system.await_all_actors_done();
    handles.clear();
  }
  if (!failure.empty()) return fail(failure);
  if (observers.journal() != nullptr) {
    if (auto written = observers.journal()->status(); !written) return fail(written.error().message);
  }
  return how;
}

CafHost::CafHost(CafOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
CafHost::~CafHost() = default;
CafHost::CafHost(CafHost&&) noexcept = default;
CafHost& CafHost::operator=(CafHost&&) noexcept = default;

ActorId CafHost::spawn(std::string name, AnyActor actor, const ActorOptions& options) {
  SOUK_CHECK(!impl_->ran);
  impl_->slots.emplace_back(std::move(actor));
  impl_->keys.push_back(
      options.signing_seed ? impl_->options.signatures->key_pair(*options.signing_seed).secret : SecretKey{});
  return impl_->directory.add(std::move(name), options);
}
void CafHost::subscribe(ActorId subscriber, ActorId publisher, const Topic& topic) {
  SOUK_CHECK(!impl_->ran);
  impl_->directory.subscribe(subscriber, publisher, topic);
}
void CafHost::attach(Collector& collector) {
  SOUK_CHECK(!impl_->ran);
  impl_->observers.attach(collector);
}
void CafHost::record(JournalWriter& journal) {
  SOUK_CHECK(!impl_->ran);
  impl_->observers.record(journal);
}
void CafHost::stop_on(const std::atomic<bool>* stop) { impl_->stop = stop; }

Result<RunEnd> CafHost::run_until(Time end) { return impl_->run_until(end); }

std::size_t CafHost::actor_count() const { return impl_->slots.size(); }
std::string_view CafHost::name(ActorId actor) const { return impl_->directory.name(actor); }
const AnyActor& CafHost::actor(ActorId actor) const { return impl_->slots.at(actor.value).actor; }
std::span<const PersistedRecord> CafHost::persisted(ActorId actor) const {
  return impl_->slots.at(actor.value).persisted;
}
std::uint64_t CafHost::event_count() const {
  std::uint64_t sum = 0;
  for (const Slot& slot : impl_->slots) sum += slot.event_count;
  return sum;
}
Fingerprint CafHost::run_hash() const {
  std::vector<StreamHash> chains;
  for (const Slot& slot : impl_->slots) chains.push_back(slot.chain);
  return souk::runtime::run_hash(chains);
}

}  // namespace souk::runtime
