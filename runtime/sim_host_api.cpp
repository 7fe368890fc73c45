// What callers of SimHost see: every call passed on.

#include "runtime/sim_host.hpp"
#include "runtime/sim_host_impl.hpp"

namespace souk::runtime {

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
  impl_->keys.push_back(
      options.signing_seed ? impl_->options.signatures->key_pair(*options.signing_seed).secret : SecretKey{});
  if (impl_->world) impl_->slots.back().machine.emplace();
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
  SOUK_CHECK(impl_->options.keep_hash);
  std::vector<StreamHash> chains;
  chains.reserve(impl_->slots.size());
  for (const Slot& slot : impl_->slots) chains.push_back(slot.chain);
  return souk::runtime::run_hash(chains);
}

void SimHost::set_faults(FaultWorld world) {
  SOUK_CHECK(impl_->options.keep_persisted && event_count() == 0 && threads() == 1);
  impl_->set_faults(std::move(world));
}
void SimHost::count(sim::FaultFamily family, std::uint64_t times) {
  SOUK_CHECK(impl_->world);
  impl_->world->counts[family] += times;
}
const sim::FaultCounts& SimHost::fault_counts() const {
  SOUK_CHECK(impl_->world);
  return impl_->world->counts;
}
std::uint64_t SimHost::undecodable_count() const {
  SOUK_CHECK(impl_->world);
  return impl_->world->undecodable;
}
void SimHost::kill(ActorId actor) {
  if (impl_->machine_of(actor).up) impl_->go_down(actor, std::nullopt);
}
void SimHost::crash_when(ActorId actor, CrashHook hook) { impl_->machine_of(actor).hook = std::move(hook); }
void SimHost::restart(ActorId actor, AnyActor fresh) { impl_->start_later(actor, std::move(fresh)); }
void SimHost::pause(ActorId actor, Time until) {
  if (impl_->machine_of(actor).up) impl_->wait_until(actor, until);
}
bool SimHost::is_up(ActorId actor) const { return impl_->machine_of(actor).up; }
DiskImage SimHost::disk(ActorId actor) const {
  const auto copy = [](std::span<const std::uint8_t> bytes) { return Bytes(bytes.begin(), bytes.end()); };
  const auto& files = impl_->machine_of(actor).files;
  return {copy(files[0].bytes()), copy(files[1].bytes())};
}
std::size_t SimHost::synced_bytes(ActorId actor, Persist::File file) const {
  return impl_->machine_of(actor).files[static_cast<std::size_t>(file)].synced();
}
Time SimHost::clock_of(ActorId actor) const { return impl_->machine_of(actor).clock.shows(now()); }

}  // namespace souk::runtime
