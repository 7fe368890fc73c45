#include <algorithm>
#include <tuple>

#include "actors/base/check.hpp"
#include "actors/consensus/core_state.hpp"
#include "actors/consensus/mutation.hpp"

/// The two files: written, and read again by a node that comes back (section 1.9).
namespace souk::consensus {
namespace {

std::tuple<Height, Round, Step> place_of(const Statement& s) { return {s.height, s.round, s.step}; }

std::string text(Height h) { return std::to_string(h.value); }

/// A statement at the very end of `height`: nothing of that height may be signed after it.
Statement end_of(Height height) { return {Step::precommit, height, round_max, std::nullopt, no_round}; }

}  // namespace

// ---- writing

void Core::State::log(const WalRecord& record) {
  if (replaying_) return;
  const SharedBytes bytes = frame(record);
  log_.insert(log_.end(), bytes->begin(), bytes->end());
}

void Core::State::flush_log(bool sync, Turn& turn) {
  auto bytes = std::make_shared<const Bytes>(std::move(log_));
  log_.clear();
  turn.out.push_back(Persist{std::move(bytes), Persist::File::wal, sync, false});
}

void Core::State::begin_log(Turn& turn) {
  log_.clear();
  log(FileHead{1, config_.chain_id, config_.key});
  log(EndHeight{Height{height().value - 1}});
  if (silent_through_ && *silent_through_ >= height())
    log(OwnStatement{end_of(*silent_through_), std::nullopt});
  auto bytes = std::make_shared<const Bytes>(std::move(log_));
  log_.clear();
  turn.out.push_back(Persist{std::move(bytes), Persist::File::wal, false, true});
}

void Core::State::begin_store(Turn& turn) {
  turn.out.push_back(Persist{frame(StoreRecord{FileHead{1, config_.chain_id, config_.key}}),
                             Persist::File::store, false, true});
}

// ---- reading

Result<void> Core::State::recover(const Disk& disk, Application& app) {
  app_state_ = app.state();
  is_recovered_ = true;
  replaying_ = true;
  auto store = recover_store(disk.store, app);
  if (!store) return store;
  // Forgetting the guard alone shows nothing: replay alone comes to the same statements.
  if (!SOUK_CONSENSUS_MUTATE(guard_forgotten_on_restart)) {
    if (auto wal = recover_log(disk.wal, app); !wal) return wal;
    check_against_copy();
  } else {
    rewrite_wal_ = true;
  }
  replaying_ = false;
  return {};
}

void Core::State::refuse_through(Height height, std::string why) {
  if (silent_through_ && *silent_through_ >= height) return;
  silent_through_ = height;
  silence_ = std::move(why);
}

Result<void> Core::State::check_head(const FileHead& head, std::string_view file) const {
  if (head.version != 1) return fail(std::string(file) + ": version " + std::to_string(head.version));
  if (head.chain_id != config_.chain_id) return fail(std::string(file) + ": of chain " + head.chain_id);
  if (head.key != config_.key) return fail(std::string(file) + ": of another key");
  return {};
}

Result<void> Core::State::recover_store(std::span<const std::uint8_t> bytes, Application& app) {
  const Context nowhere{};
  Effects unheard;
  Turn turn{nowhere, app, unheard};
  StoreReader reader(bytes, frame_payload_max(config_.block_limits));
  bool has_head = false;
  while (auto record = reader.next()) {
    unheard.clear();
    if (const auto* head = std::get_if<FileHead>(&*record)) {
      if (auto good = check_head(*head, "store"); !good) return good;
      has_head = true;
    } else if (!has_head) {
      return fail("store: does not begin with whose it is");
    } else if (const auto* copy = std::get_if<SignedCopy>(&*record)) {
      if (!copy_ || place_of(copy->statement) > place_of(*copy_)) copy_ = copy->statement;
    } else if (const auto* evidence = std::get_if<Evidence>(&*record)) {  // checked when it was stored
      if (history_.at(evidence->first.statement.height) != nullptr) evidence_.add(*evidence);
    } else if (auto good = recover_block(std::get<CertifiedValue>(*record), turn); !good) {
      return good;
    }
  }
  const FileEnd& end = reader.end();
  if (end.kind == FileEnd::Kind::clean && has_head) return {};
  // Blocks that are lost come back from peers. What was signed since, the log knows; if that is gone too,
  // recover_log refuses.
  rewrite_store_ = true;
  is_store_damaged_ = end.kind == FileEnd::Kind::corrupt;
  kept_store_.assign(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(has_head ? end.offset : 0));
  return {};
}

Result<void> Core::State::recover_block(const CertifiedValue& certified, Turn& turn) {
  const std::string name = "store: block " + text(certified.commit.height);
  if (certified.value == nullptr || certified.commit.height != height())
    return fail(name + " where " + text(height()) + " belongs");
  auto block = open_value(*certified.value);
  if (!block) return fail(name + ": " + block.error().message);
  std::vector<SignatureCheck> checks;  // checked when it was stored
  if (auto good = check_block(*block, turn.app, checks); !good)
    return fail(name + ": " + good.error().message);
  if (certified.commit.signatures.size() != schedule_.current.size() ||
      certified.commit.value != value_id(certified.value->header))
    return fail(name + ": its commit is not of this set and value");
  feed_commit(certified.commit, turn);
  if (SOUK_CONSENSUS_MUTATE(block_applied_twice)) {
    turn.app.apply({height(), block->header.time, &*block, nullptr, &schedule_.current, {}});
  }
  apply(*block, certified.commit.value, certified.commit.round, turn);
  if (halted_) return fail(name + ": " + *halted_);
  blocks_.push_back(std::make_shared<const CertifiedValue>(certified));
  if (config_.stored_blocks_max != 0 && blocks_.size() > config_.stored_blocks_max) blocks_.pop_front();
  planner_.enter_height(height(), static_cast<std::uint32_t>(schedule_.current.size()), &certified.commit);
  return {};
}

Result<void> Core::State::recover_log(std::span<const std::uint8_t> bytes, Application& app) {
  const Context nowhere{};
  Effects unheard;
  WalReader reader(bytes, frame_payload_max(config_.block_limits));
  std::optional<Height> of;  // the records are of this height
  bool has_head = false;
  std::string misfit;
  while (auto record = reader.next()) {
    unheard.clear();
    Turn turn{nowhere, app, unheard};
    if (const auto* head = std::get_if<FileHead>(&*record)) {
      if (auto good = check_head(*head, "log"); !good) return good;
      has_head = true;
    } else if (!has_head) {
      return fail("log: does not begin with whose it is");
    } else if (const auto* end = std::get_if<EndHeight>(&*record)) {
      of = end->height + Blocks{1};
    } else if (const auto* own = std::get_if<OwnStatement>(&*record);
               own != nullptr && own->statement == end_of(own->statement.height)) {
      refuse_through(own->statement.height, "what it signed was lost before an earlier start");
    } else if (own != nullptr) {
      if (auto known = guard_.recover(own->statement); !known) misfit = known.error().message;
      if (own->statement.height == height()) logged_.push_back(own->statement);
    } else if (of == height() && misfit.empty() && !SOUK_CONSENSUS_MUTATE(lock_lost_on_restart)) {
      if (auto good = replay(*record, turn); !good) misfit = good.error().message;
    }
  }
  return judge_log(reader.end(), of, std::move(misfit), bytes);
}

Result<void> Core::State::judge_log(const FileEnd& end, std::optional<Height> of, std::string misfit,
                                    std::span<const std::uint8_t> bytes) {
  const bool is_first_start = bytes.empty() && !last_ && !copy_;
  if (!is_first_start && (!of || end.kind == FileEnd::Kind::corrupt)) {
    if (is_store_damaged_)
      return fail("both files are damaged, so what was signed is not known: log: " +
                  (end.why.empty() ? std::string("empty") : end.why));
    refuse_through(height(), "the log is damaged: " + (end.why.empty() ? "empty" : end.why));
  }
  if (of && *of > height())
    refuse_through(*of, "the log is of height " + text(*of) + ", the store ends before");
  if (!misfit.empty()) refuse_through(height(), "the log does not fit: " + misfit);
  for (const Statement& s : logged_) {
    const bool was_reached = std::find(wanted_.begin(), wanted_.end(), s) != wanted_.end();
    if (!was_reached && !SOUK_CONSENSUS_MUTATE(lock_lost_on_restart))
      refuse_through(height(), "the log does not lead to a statement that it holds");
  }
  const bool is_usable = of == height() && end.kind != FileEnd::Kind::corrupt && misfit.empty();
  rewrite_wal_ = !is_usable || end.kind != FileEnd::Kind::clean;
  if (is_usable) kept_wal_.assign(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(end.offset));
  return {};
}

void Core::State::check_against_copy() {
  if (!copy_ || copy_->height < height()) return;
  const Statement* last = guard_.last();
  if (last == nullptr || place_of(*last) < place_of(*copy_))
    refuse_through(copy_->height,
                   "the log lost a statement of height " + text(copy_->height) + " that the store remembers");
}

Result<void> Core::State::replay(const WalRecord& record, Turn& turn) {
  if (machine_.decision()) return {};
  if (const auto* received = std::get_if<Received>(&record)) {
    const SharedEnvelope& m = received->message;
    if (height_of(m->message) != height()) return fail("a message of another height");
    const bool is_own = received->from == no_actor;
    const auto from = is_own ? std::nullopt : std::optional(received->from);
    const auto* vote = std::get_if<Vote>(&m->message);
    if (vote != nullptr && vote->index >= schedule_.current.size()) return fail("a vote of nobody");
    if (vote != nullptr) count_vote(m, from, turn);
    if (std::holds_alternative<Proposal>(m->message)) count_proposal(m, from, received->at, turn);
    if (std::holds_alternative<Part>(m->message)) count_part(m, from, turn);
  } else if (const auto* own = std::get_if<OwnValue>(&record)) {
    auto parts = PartAssembler::of(own->value, config_.block_limits);
    const ValueId id = parts.id();
    candidates_.push_back({std::move(parts), nullptr, Judgement::unknown, false, no_actor});
    is_building_ = false;
    propose(id, no_round, turn);
  } else if (const auto* verdict = std::get_if<Verdict>(&record)) {
    judged(verdict->value, verdict->valid, "", turn);
  } else if (const auto* timeout = std::get_if<TimedOut>(&record)) {
    armed_[static_cast<std::size_t>(timeout->step)] = {};
    perform(machine_.timeout(timeout->step, timeout->round), turn);
  } else if (const auto* entered = std::get_if<Entered>(&record)) {
    if (entered->round == 0 && machine_.round() == no_round) start_round(0, turn);
  }
  evaluate(turn);
  return {};
}

void Core::State::resume(Turn& turn) {
  if (rewrite_store_) {
    if (kept_store_.empty())
      begin_store(turn);
    else
      turn.out.push_back(
          Persist{std::make_shared<const Bytes>(std::move(kept_store_)), Persist::File::store, true, true});
  }
  if (silent_through_) {
    // Over the next crash too. In both files, so that damage to one of them does not undo it.
    turn.out.push_back(
        Persist{frame(StoreRecord{SignedCopy{end_of(*silent_through_)}}), Persist::File::store, true, false});
    observe(Halted{"signs nothing up to height " + text(*silent_through_) + ": " + silence_}, turn);
  }
  if (rewrite_wal_ && kept_wal_.empty()) begin_log(turn);
  if (rewrite_wal_ && !kept_wal_.empty())
    turn.out.push_back(
        Persist{std::make_shared<const Bytes>(std::move(kept_wal_)), Persist::File::wal, true, true});
  if (silent_through_) {
    log(OwnStatement{end_of(*silent_through_), std::nullopt});
    flush_log(true, turn);
  }
  if (!turn.app.may_continue(height()))
    return halt("height " + text(height()) + " needs other software", turn);
  if (machine_.decision()) return decide(turn);
  if (machine_.round() == no_round) return start_height(turn);
  for (const Step step : {Step::propose, Step::prevote, Step::precommit}) {
    if (armed_[static_cast<std::size_t>(step)].round == machine_.round()) arm(step, turn);
  }
  turn.out.push_back(
      SetTimer{{static_cast<std::uint32_t>(Timer::gossip), 0}, turn.context.now + config_.timeouts.gossip});
  for (const Statement& s : std::exchange(wanted_, {})) {
    if (!is_said(s)) say(s, turn);
  }
  build(turn);
  judge_again(turn);
  tell_status(turn);
  evaluate(turn);
}

/// What is not judged yet is, and what was found invalid is once more: the software or the settings may be
/// better ones now, and a verdict in the log must not keep a node from what more than 2/3 decide.
void Core::State::judge_again(Turn& turn) {
  for (std::size_t i = 0; i < candidates_.size(); ++i) {
    Candidate& c = candidates_[i];
    if (!c.parts.complete()) continue;
    if (c.judgement == Judgement::invalid) {
      c.judgement = Judgement::unknown;
      for (ProposalFacts& p : facts_) {
        if (p.value == c.parts.id()) p.judgement = Judgement::unknown;
      }
    }
    judge(c, turn);
  }
}

bool Core::State::is_said(const Statement& s) const {
  if (!index_) return true;
  if (s.step != Step::propose) return votes_.find_vote(s.step, s.round, s.value, *index_) != nullptr;
  return std::any_of(proposals_.begin(), proposals_.end(),
                     [&](const KnownProposal& p) { return p.head && p.statement == s; });
}

}  // namespace souk::consensus
