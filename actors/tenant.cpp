#include "actors/tenant.hpp"

#include <algorithm>
#include <utility>

#include "actors/base/math.hpp"

namespace souk {

namespace {

constexpr double hour_s = 3600;
constexpr double month_h = 30 * 24;
constexpr double lifetime_max_h = 100.0 * 365 * 24;

Duration hours(double h) {
  return Duration(static_cast<std::int64_t>(std::clamp(h, 0.0, lifetime_max_h) * hour_s * 1e9));
}

WeightedIndex mix_of(const SegmentConfig& segment) {
  if (segment.requests == nullptr || segment.requests->empty()) return {};
  std::vector<double> weights;
  for (const RequestRow& row : *segment.requests) weights.push_back(row.weight);
  return WeightedIndex(weights);
}

}  // namespace

Tenant::Tenant(TenantConfig config)
    : config_(std::make_shared<const TenantConfig>(std::move(config))),
      mix_(mix_of(config_->segment)),
      budget_(config_->budget) {
  SOUK_CHECK(check_config(*config_).has_value());
}

void Tenant::on(const Event& event, const Context& context, Effects& out) {
  Turn turn{context, out};
  std::visit([&](const auto& e) { handle(e, turn); }, event);
}

// ---- time -------------------------------------------------------------------------------------------

void Tenant::handle(const Started&, Turn& turn) {
  started_ = turn.now();
  begin(turn);
}

void Tenant::handle(const Ping& e, Turn& turn) {
  turn.out.push_back(Send{e.from, Pong{turn.context.self, e.number}});
}

void Tenant::handle(const TimerFired& e, Turn& turn) {
  const auto kind = static_cast<Timer>(e.id.kind);
  switch (kind) {
    case Timer::arrival: return leaving_ ? void() : arrive(turn);
    case Timer::churn: return leave_market(turn);
    case Timer::back:
      if (!away_) return;
      note(Note::Metric::tenant_returned, 0, 1, turn);
      leaving_ = away_ = false;
      return begin(turn);
    case Timer::step:
    case Timer::life:
    case Timer::fund: break;
  }
  OwnDeployment* d = deployments_.find(e.id.subject);
  if (d == nullptr) return;
  std::optional<Time>& due = kind == Timer::step   ? d->step_due
                             : kind == Timer::life ? d->life_due
                                                   : d->fund_due;
  if (!due || turn.now() < *due) return;  // stale: replaced or cancelled while it was on its way
  due.reset();
  if (kind == Timer::step) return step_timed_out(*d, turn);
  if (kind == Timer::fund) return check_funds(*d, turn);
  ++stats_.finished;
  last_good_ = d->chosen.provider;
  close(*d, turn);
}

// ---- wishes -----------------------------------------------------------------------------------------

/// Starts, or starts again after an absence.
void Tenant::begin(Turn& turn) {
  schedule_churn(turn);
  const ArrivalConfig& arrivals = config_->segment.arrivals;
  if (arrivals.kind == ArrivalKind::closed_loop) {
    return set_timer(Timer::arrival, 0, std::max(turn.now(), started_ + arrivals.start), turn);
  }
  schedule_arrival(turn);
}

bool Tenant::more_wishes() const {
  const SegmentConfig& segment = config_->segment;
  if (segment.requests == nullptr || segment.requests->empty() || leaving_) return false;
  return segment.arrivals.count_max == 0 || stats_.wishes < segment.arrivals.count_max;
}

void Tenant::schedule_arrival(Turn& turn) {
  const ArrivalConfig& arrivals = config_->segment.arrivals;
  if (!more_wishes()) return;
  if (arrivals.kind == ArrivalKind::trace) {
    if (trace_next_ >= arrivals.trace->size()) return;
    const Time at = started_ + arrivals.start + (*arrivals.trace)[trace_next_].at;
    return set_timer(Timer::arrival, 0, at, turn);
  }
  const Time from = std::max(turn.now(), started_ + arrivals.start);
  Rng rng = turn.context.stream(Purpose::arrival, gaps_++);
  if (const auto gap = next_gap(arrivals, from, rng)) set_timer(Timer::arrival, 0, from + *gap, turn);
}

void Tenant::arrive(Turn& turn) {
  const ArrivalConfig& arrivals = config_->segment.arrivals;
  if (arrivals.kind == ArrivalKind::trace) return arrive_from_trace(turn);
  if (arrivals.kind == ArrivalKind::closed_loop) {
    while (deployments_.size() < arrivals.parallel && more_wishes()) {
      if (!draw_wish(turn)) return set_timer(Timer::arrival, 0, turn.now() + broke_pause, turn);
    }
    return;
  }
  if (!more_wishes()) return;
  draw_wish(turn);
  schedule_arrival(turn);
}

/// Makes the wishes of every row that is due. Rows of an absence are passed over.
void Tenant::arrive_from_trace(Turn& turn) {
  const ArrivalConfig& arrivals = config_->segment.arrivals;
  const auto& rows = *arrivals.trace;
  while (trace_next_ < rows.size() && started_ + arrivals.start + rows[trace_next_].at <= turn.now()) {
    const TraceRow& row = rows[trace_next_++];
    if (more_wishes()) make_wish(row.request, row.lifetime, turn);
  }
  schedule_arrival(turn);
}

bool Tenant::draw_wish(Turn& turn) {
  Rng request = turn.context.stream(Purpose::request, stats_.wishes);
  Rng lifetime = turn.context.stream(Purpose::lifetime, stats_.wishes);
  const std::uint32_t row = mix_.draw(request);
  return make_wish(row, hours(config_->segment.lifetime_h.sample(lifetime)), turn);
}

/// False if there is no money for it.
bool Tenant::make_wish(std::uint32_t row, Duration lifetime, Turn& turn) {
  const std::uint64_t number = stats_.wishes++;
  const SegmentConfig& segment = config_->segment;
  const std::int64_t needed = config_->initial_deposit.micro * segment.replicas;
  if (budget_.micro < needed) {
    ++stats_.broke;
    note(Note::Metric::tenant_broke, 0, 1, turn);
    if (config_->broke == BrokePolicy::leave) leave_market(turn);
    return false;
  }
  const OwnDeployment wish = wished(number, row, lifetime, turn.context);
  for (std::uint32_t replica = 0; replica < segment.replicas; ++replica) {
    OwnDeployment d = wish;
    d.replica = replica;
    create(std::move(d), turn);
  }
  return true;
}

/// Everything drawn for wish `number`, each from its own stream.
OwnDeployment Tenant::wished(std::uint64_t number, std::uint32_t row, Duration lifetime,
                             const Context& context) {
  const SegmentConfig& segment = config_->segment;
  const RequestRow& request = segment.requests->at(row);
  OwnDeployment d;
  d.number = number;
  d.remaining = lifetime;
  d.cloud_usd_h = cloud_usd_per_hour(segment.cloud, request);
  Rng value = context.stream(Purpose::value, number);
  d.value_usd_h = draw_value(segment.value, d.cloud_usd_h, value);
  Rng price = context.stream(Purpose::price, number);
  const Dec worth = micro_per_block(d.value_usd_h, config_->block_time, config_->usd_per_coin);
  const Dec max_price = draw_max_price(segment.price, request, worth, price);
  // A reserve price is a wish's own: keeping it would help no other.
  d.request = segment.price.kind == PriceHabitKind::reserve
                  ? make_request(request, max_price, config_->denom, segment.requirements)
                  : cache_.get(*segment.requests, row, max_price, config_->denom, segment.requirements);
  return d;
}

void Tenant::create(OwnDeployment wish, Turn& turn) {
  const std::uint64_t dseq = next_dseq(turn.now());
  OwnDeployment& d = deployments_.open(dseq);
  wish.dseq = dseq;
  wish.bids = std::move(d.bids);  // the slot's buffer
  d = std::move(wish);
  d.escrow.deposited = config_->initial_deposit;
  budget_ -= config_->initial_deposit;
  ++stats_.deployments;
  note(Note::Metric::tenant_value_usd_h, dseq, d.value_usd_h, turn);
  note(Note::Metric::tenant_cloud_usd_h, dseq, d.cloud_usd_h, turn);
  note(Note::Metric::tenant_wanted_h, dseq, seconds(d.remaining) / 3600, turn);
  send_step(d, turn);
}

// ---- churn ------------------------------------------------------------------------------------------

/// Leaving is memoryless: the hazard that loses `monthly_churn` of the tenants in 30 days.
void Tenant::schedule_churn(Turn& turn) {
  const double churn = config_->segment.monthly_churn;
  if (churn <= 0) return;
  const double hazard_h = -math::log1p(-churn) / month_h;
  Rng rng = turn.context.stream(Purpose::churn, absences_++);
  set_timer(Timer::churn, 0, turn.now() + hours(-math::log(rng.uniform()) / hazard_h), turn);
}

void Tenant::leave_market(Turn& turn) {
  if (leaving_) return;
  leaving_ = true;
  turn.out.push_back(CancelTimer{{static_cast<std::uint32_t>(Timer::arrival), 0}});
  if (deployments_.empty()) go_away(turn);
}

/// The last deployment has ended.
void Tenant::go_away(Turn& turn) {
  away_ = true;
  note(Note::Metric::tenant_churned, 0, 1, turn);
  Rng rng = turn.context.stream(Purpose::churn, absences_++);
  const double u = rng.uniform();
  const double absence_h = -math::log(rng.uniform()) * seconds(config_->segment.return_after) / hour_s;
  if (u < config_->segment.return_probability) {
    set_timer(Timer::back, 0, turn.now() + hours(absence_h), turn);
  }
}

// ---- small tools ------------------------------------------------------------------------------------

OwnDeployment* Tenant::mine(const Address& owner, std::uint64_t dseq) {
  return owner == config_->account ? deployments_.find(dseq) : nullptr;
}

void Tenant::go(OwnDeployment& d, PhaseInput input) {
  const auto to = next(phase_transitions, d.phase, input);
  SOUK_CHECK(to.has_value());
  d.phase = *to;
  d.attempts = 0;
}

void Tenant::set_timer(Timer kind, std::uint64_t subject, Time at, Turn& turn) {
  turn.out.push_back(SetTimer{{static_cast<std::uint32_t>(kind), subject}, at});
}

void Tenant::set_timer(Timer kind, OwnDeployment& d, std::optional<Time>& due, Time at, Turn& turn) {
  due = at;
  set_timer(kind, d.dseq, at, turn);
}

void Tenant::cancel_timer(Timer kind, const OwnDeployment& d, std::optional<Time>& due, Turn& turn) {
  if (!due) return;
  due.reset();
  turn.out.push_back(CancelTimer{{static_cast<std::uint32_t>(kind), d.dseq}});
}

void Tenant::note(Note::Metric metric, std::uint64_t subject, double value, Turn& turn) {
  turn.out.push_back(Note{metric, subject, value});
}

}  // namespace souk
