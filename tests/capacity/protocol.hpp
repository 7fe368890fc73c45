#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "actors/capacity/modelled.hpp"
#include "actors/capacity/prover_session.hpp"
#include "actors/capacity/verifier_session.hpp"
#include "tests/capacity/sessions.hpp"

/// A prover, its validators, a network and a chain on a clock moved by hand: what a host does with the two
/// sessions.
namespace souk::capacity::test {

/// Who does the prover's work, and what the verifier says of it.
struct Worker {
  virtual ~Worker() = default;
  /// Each returns what the prover is told, and how long it takes.
  virtual std::pair<Duration, ProverEvent> work(const StartFill& order) = 0;
  virtual std::pair<Duration, ProverEvent> work(const StartSweeps& order) = 0;
  virtual std::pair<Duration, ProverEvent> work(const StartOpenings& order) = 0;
  virtual Verdict verdict(const Record& record, const Bytes& transcript) = 0;
};

inline std::uint8_t mask_of(const Nonces& nonces) {
  unsigned mask = 0;
  for (std::size_t i = 0; i < nonces.size(); ++i) mask |= nonces[i] ? 1u << i : 0u;
  return static_cast<std::uint8_t>(mask);
}

/// The simulator's worker.
class ModelledWorker : public Worker {
 public:
  ModelledWorker(const Challenge& challenge, const ModelledGpu& gpu)
      : id_(challenge_id(challenge)), proof_(challenge.params, gpu) {}
  std::pair<Duration, ProverEvent> work(const StartFill& order) override {
    return {proof_.fill_time(), Filled{proof_.fill_commit(id_, mask_of(order.nonces))}};
  }
  std::pair<Duration, ProverEvent> work(const StartSweeps& order) override {
    return {proof_.sweep_time(), Swept{proof_.sweep_commit(id_, mask_of(order.nonces))}};
  }
  std::pair<Duration, ProverEvent> work(const StartOpenings&) override {
    return {1s, Opened{std::make_shared<const Bytes>()}};
  }
  Verdict verdict(const Record& record, const Bytes&) override { return proof_.verdict(record_seed(record)); }

 private:
  Hash id_;
  ModelledProof proof_;
};

/// How the parties behave besides following their sessions.
struct Behaviour {
  std::vector<Duration> link{};              ///< one way, to each validator
  Duration echo_held_back{0};                ///< by the prover
  std::set<std::uint32_t> mute{};            ///< validators that send nothing
  std::set<std::uint32_t> keeps{};           ///< validators that keep their secret
  std::optional<ProverState> silent_from{};  ///< the prover sends nothing from this state on
};

class Protocol {
 public:
  Protocol(Challenge challenge, Worker& worker, Behaviour behaviour)
      : challenge_(std::move(challenge)),
        worker_(worker),
        behaviour_(std::move(behaviour)),
        prover_(challenge_, at(0s)) {
    for (std::uint32_t i = 0; i < challenge_.validators.size(); ++i)
      validators_.emplace_back(challenge_, i, secret(i));
  }

  /// Echoes for 20 s, then the challenge; until nothing happens any more or five minutes are over.
  void run() {
    for (std::uint32_t i = 0; i < validators_.size(); ++i) {
      after(0s, [this, i] { tell(i, ProbingStarted{}); });
      after(20s, [this, i] { tell(i, ChallengeOpened{}); });
    }
    after(6s, [this] { next_block(); });
    while (!queue_.empty() && queue_.begin()->first.first < at(5min)) {
      auto node = queue_.extract(queue_.begin());
      now_ = node.key().first;
      node.mapped()();
    }
  }

  const std::vector<Report>& reports() const { return reports_; }
  const std::vector<std::uint32_t>& accused() const { return accused_; }
  const ProverSession& prover() const { return prover_; }
  std::uint8_t mask1() const { return fill_.mask; }

 private:
  using Key = std::pair<Time, std::uint64_t>;

  void after(Duration delay, std::function<void()> action) {
    queue_.emplace(Key{now_ + delay, sequence_++}, std::move(action));
  }

  // Each party has its events, its effects carried out, and its deadline watched.
  void tell(std::uint32_t i, const VerifierEvent& event) {
    VerifierEffects effects;
    validators_[i].on(event, now_, effects);
    for (const auto& effect : effects) std::visit([&](const auto& e) { perform(i, e); }, effect);
    if (const Time due = validators_[i].deadline(); due != time_max && due > now_)
      after(due - now_, [this, i] { tell(i, Woken{}); });
  }
  void tell_prover(const ProverEvent& event) {
    ProverEffects effects;
    prover_.on(event, now_, effects);
    for (const auto& effect : effects) std::visit([&](const auto& e) { perform(e); }, effect);
    if (const Time due = prover_.deadline(); due != time_max && due > now_)
      after(due - now_, [this] { tell_prover(Woken{}); });
  }

  template <class Event>
  void to_prover(std::uint32_t i, Event event) {
    if (!behaviour_.mute.contains(i)) after(behaviour_.link[i], [this, event] { tell_prover(event); });
  }
  template <class Event>
  void to_all(const Event& event) {
    if (behaviour_.silent_from && prover_.state() >= *behaviour_.silent_from) return;
    for (std::uint32_t i = 0; i < validators_.size(); ++i)
      after(behaviour_.link[i], [this, i, event] { tell(i, event); });
  }

  void perform(std::uint32_t i, const SendEcho& e) {
    after(2 * behaviour_.link[i] + behaviour_.echo_held_back,
          [this, i, e] { tell(i, EchoReturned{e.number}); });
  }
  void perform(std::uint32_t i, const SendFirstNonce& e) { to_prover(i, FirstNonce{i, e.n}); }
  void perform(std::uint32_t i, const SendSecondNonce& e) { to_prover(i, SecondNonce{i, e.m}); }
  void perform(std::uint32_t i, const PublishSecret& e) {
    if (!behaviour_.keeps.contains(i)) secrets_.push_back({{}, i, e.z});
  }
  void perform(std::uint32_t, const AccuseMissing& e) { accused_.push_back(e.validator); }
  void perform(std::uint32_t i, const CheckTranscript& e) {
    after(10ms, [this, i, verdict = worker_.verdict(e.record, *e.transcript)] { tell(i, Checked{verdict}); });
  }
  void perform(std::uint32_t, const Report& e) { reports_.push_back(e); }

  void perform(const SendCommit& e) {
    if (e.kind == CommitKind::fill) fill_ = e.commit;
    to_all(CommitReceived{e.kind, e.commit});
  }
  void perform(const PublishCommits& e) {
    if (!behaviour_.silent_from || prover_.state() < *behaviour_.silent_from) commits_ = e;
  }
  void perform(const SendTranscript& e) { to_all(TranscriptReceived{e.transcript, e.nonces}); }
  template <class Order>
  void perform(const Order& order) {
    const auto done = worker_.work(order);
    after(done.first, [this, answer = done.second] { tell_prover(answer); });
  }

  template <class Event>
  void announce(const Event& event) {
    tell_prover(event);
    for (std::uint32_t i = 0; i < validators_.size(); ++i) tell(i, event);
  }
  void next_block() {
    ++height_;
    const Height height{height_};
    if (commits_) announce(CommitsFinal{height, commits_->fill, commits_->sweep});
    commits_.reset();
    for (auto secret_tx : std::exchange(secrets_, {})) {
      secret_tx.height = height;
      announce(secret_tx);
    }
    announce(BlockFinal{height, hash_of(static_cast<std::uint8_t>(height_))});
    after(6s, [this] { next_block(); });
  }

  Challenge challenge_;
  Worker& worker_;
  Behaviour behaviour_;
  ProverSession prover_;
  std::vector<VerifierSession> validators_;
  Time now_ = at(0s);
  std::uint64_t sequence_ = 0;
  std::map<Key, std::function<void()>> queue_;
  std::int64_t height_ = 0;
  std::optional<PublishCommits> commits_;
  std::vector<SecretFinal> secrets_;
  std::vector<Report> reports_;
  std::vector<std::uint32_t> accused_;
  Commit fill_;
};

}  // namespace souk::capacity::test
