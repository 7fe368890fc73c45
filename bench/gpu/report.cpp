#include "bench/gpu/report.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace souk::gpu {
namespace {

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", value);
  return text;
}

std::string percent_of(double value, std::optional<double> whole) {
  if (!whole || *whole <= 0) return "-";
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", 100 * value / *whole);
  return text;
}

void judge(Measurement& m, const CardLimits* card, int compute_capability) {
  m.summary = summarise(m.samples);
  if (card != nullptr) {
    m.limit = limit_of(*card, m.test);
    m.goal = goal_of(*card, m.test);
  }
  std::string source = "the card's goal";
  const auto fraction = reference_fraction_goal(m.test, compute_capability);
  if (fraction && m.reference > 0 && (!m.goal || *fraction * m.reference > *m.goal)) {
    m.goal = *fraction * m.reference;
    source = number(*fraction) + " of " + m.reference_name;
  }
  if (!m.goal) return;
  const bool reached = m.lower_is_better ? m.summary.median <= *m.goal : m.summary.median >= *m.goal;
  m.verdict = reached ? Verdict::pass : Verdict::below;
  if (m.verdict == Verdict::below)
    m.below_because = number(m.summary.median) + " " + m.unit +
                      (m.lower_is_better ? " is above " : " is below ") + number(*m.goal) + " " + m.unit +
                      ", " + source;
}

/// The largest median among tests whose name starts with `prefix`; 0 if there is none.
double best(const Report& report, std::string_view prefix) {
  double most = 0;
  for (const Measurement& m : report.measurements) {
    if (std::string_view(m.test).starts_with(prefix)) most = std::max(most, m.summary.median);
  }
  return most;
}

const char* text_of(Verdict verdict) {
  return verdict == Verdict::pass ? "pass" : verdict == Verdict::below ? "BELOW" : "no goal";
}

std::string line_of(const Measurement& m) {
  const std::string range = number(m.summary.p10) + "-" + number(m.summary.p90);
  const std::string reference = m.reference > 0 ? percent_of(m.summary.median, m.reference) : "-";
  const std::string limit = m.limit ? number(*m.limit) : "-";
  const Telemetry& t = m.after;
  char line[256];
  std::snprintf(line, sizeof line, "%-20s %10s %-8s %-17s %6.2f %9s %7s %7s %7s %6s %5s %4s %s\n",
                m.test.c_str(), number(m.summary.median).c_str(), m.unit.c_str(), range.c_str(),
                100 * m.summary.cv, limit.c_str(), percent_of(m.summary.median, m.limit).c_str(),
                m.goal ? number(*m.goal).c_str() : "-", reference.c_str(),
                t.known ? number(t.sm_clock_mhz).c_str() : "-", t.known ? number(t.watts).c_str() : "-",
                t.known ? number(t.celsius).c_str() : "-", text_of(m.verdict));
  return line;
}

std::string endurance_text(const Endurance& endurance) {
  std::vector<double> rates;
  for (const EnduranceSample& s : endurance.samples) rates.push_back(s.rate);
  if (rates.empty()) return "";
  const Summary all = summarise(rates);
  std::string text = "sustained " + endurance.test + ": median " + number(all.median) + " " + endurance.unit +
                     ", p10-p90 " + number(all.p10) + "-" + number(all.p90) + ", cv " + number(100 * all.cv) +
                     " %, " + number(endurance.samples.back().seconds) + " s, " + endurance.check + "\n";
  std::uint64_t reasons = 0;
  double hottest = 0;
  for (const EnduranceSample& s : endurance.samples) {
    reasons |= s.state.throttle_reasons;
    hottest = std::max(hottest, s.state.celsius);
  }
  if (endurance.samples.back().state.known) {
    text += "  hottest " + number(hottest) + " C; throttle reasons seen:";
    for (const std::string& name : throttle_names(reasons)) text += " " + name;
    text += reasons == 0 ? " none\n" : "\n";
  }
  return text;
}

}  // namespace

void judge(Report& report) {
  const CardLimits* card = find_limits(report.device);
  report.limits_card = card != nullptr ? std::string(card->card) : "";
  for (Measurement& m : report.measurements) judge(m, card, report.device.compute_capability);
  report.likeness = likeness(report);
}

std::string likeness(const Report& report) {
  const std::array<double, 4> measured = {best(report, "memory_read"), best(report, "fp32_fma"),
                                          best(report, "gemm_int8"), best(report, "gemm_bf16")};
  const CardLimits* nearest = nullptr;
  double nearest_distance = 0;
  double nearest_mean = 0;
  for (const CardLimits& card : card_limits()) {
    const std::array<double, 4> limit = {card.memory_gb_s, card.fp32_tflops, card.int8_tops,
                                         card.bf16_tflops};
    double sum = 0;
    double distance = 0;
    int counted = 0;
    for (std::size_t i = 0; i < limit.size(); ++i) {
      if (measured[i] <= 0 || limit[i] <= 0) continue;
      const double ratio = std::log(measured[i] / limit[i]);
      sum += ratio;
      distance += std::abs(ratio);
      ++counted;
    }
    if (counted < 2) continue;
    distance /= counted;
    if (nearest == nullptr || distance < nearest_distance) {
      nearest = &card;
      nearest_distance = distance;
      nearest_mean = std::exp(sum / counted);
    }
  }
  if (nearest == nullptr) return "";
  char text[64];
  std::snprintf(text, sizeof text, "%s-like (%.2f)", std::string(nearest->card).c_str(), nearest_mean);
  return text;
}

int exit_code_of(const Report& report) {
  const bool below = std::any_of(report.measurements.begin(), report.measurements.end(),
                                 [](const Measurement& m) { return m.verdict == Verdict::below; });
  return below ? 1 : 0;
}

std::string to_table(const Report& report) {
  const Device& d = report.device;
  std::string text = "GPU " + std::to_string(d.index) + ": " + d.name + ", compute capability " +
                     std::to_string(d.compute_capability / 10) + "." +
                     std::to_string(d.compute_capability % 10) + ", " + std::to_string(d.multiprocessors) +
                     " SMs, " + number(static_cast<double>(d.memory_bytes) / 1e9) + " GB\n";
  text += report.limits_card.empty()
              ? "datasheet: no row for this card; nothing is compared with a limit\n"
              : "datasheet: " + report.limits_card +
                    " (dense; matched by compute capability, SMs and memory, not by name)\n";
  if (!report.measurements.empty()) {
    char head[256];
    std::snprintf(head, sizeof head, "%-20s %10s %-8s %-17s %6s %9s %7s %7s %7s %6s %5s %4s %s\n", "measured",
                  "median", "unit", "p10-p90", "cv %", "datasheet", "% of it", "goal", "% ref", "MHz", "W",
                  "C", "verdict");
    text += head;
  }
  for (const Measurement& m : report.measurements) text += line_of(m);
  for (const Measurement& m : report.measurements) {
    if (m.verdict == Verdict::below) text += "below: " + m.test + ": " + m.below_because + "\n";
    if (m.summary.cv > cv_goal)
      text += "unsteady: " + m.test + ": cv " + number(100 * m.summary.cv) + " % is above " +
              number(100 * cv_goal) + " %\n";
  }
  for (const Waived& w : report.waived) text += "waived: " + w.test + ": " + w.reason + "\n";
  if (report.endurance) text += endurance_text(*report.endurance);
  if (!report.likeness.empty()) text += "class: " + report.likeness + ", measured, not proven\n";
  return text;
}

}  // namespace souk::gpu
