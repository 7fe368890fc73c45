// The replay of the alpha testnet as text, JSON and CSV.
#include <iterator>
#include <nlohmann/json.hpp>

#include <fmt/format.h>
#include "actors/base/hash.hpp"
#include "scenarios/alpha_replay.hpp"

namespace souk::scenarios {
namespace {

constexpr std::array<std::string_view, 3> recorded_names{"OPEN", "MATCHED", "CLOSED"};
constexpr std::array<std::string_view, 3> order_names{"open", "active", "closed"};
constexpr std::array<std::string_view, 2> recorded_bid_names{"OPEN", "CLOSED"};
constexpr std::array<std::string_view, 4> bid_names{"open", "active", "lost", "closed"};

std::string_view replayed_name(OrderState state) {
  return state == OrderState::invalid ? "absent" : order_names[static_cast<std::size_t>(state) - 1];
}

/// A cross table with a row per recorded and a column per replayed state.
template <std::size_t rows, std::size_t columns>
std::string cross_table(std::string_view title,
                        const std::array<std::array<std::size_t, columns>, rows>& counts,
                        const std::array<std::string_view, rows>& row_names,
                        const std::array<std::string_view, columns>& column_names) {
  std::string text = fmt::format("{:<24}", title);
  for (std::string_view name : column_names) text += fmt::format("{:>9}", name);
  text += "\n";
  for (std::size_t r = 0; r < rows; ++r) {
    text += fmt::format("  recorded {:<13}", row_names[r]);
    for (std::size_t count : counts[r]) text += fmt::format("{:>9}", count);
    text += "\n";
  }
  return text;
}

template <std::size_t rows, std::size_t columns>
nlohmann::ordered_json cross_json(const std::array<std::array<std::size_t, columns>, rows>& counts,
                                  const std::array<std::string_view, rows>& row_names,
                                  const std::array<std::string_view, columns>& column_names) {
  nlohmann::ordered_json json;
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t c = 0; c < columns; ++c)
      json[std::string(row_names[r])][std::string(column_names[c])] = counts[r][c];
  }
  return json;
}

std::string differences_text(const AlphaReport& report) {
  std::string text = "differences\n";
  for (std::size_t i = 0; i < alpha_class_count; ++i) {
    const auto difference = static_cast<AlphaClass>(i);
    text += fmt::format("  {:<16}{:>6}  {}\n", alpha_class_name(difference), report.classes[i],
                        alpha_class_reason(difference));
  }
  text += fmt::format("  still differing once the tenants of those deployments close them: {}\n",
                      report.differing_after_closing);
  return text;
}

std::string prices_text(const AlphaReport& report) {
  std::string text = "bidders   orders   mean low bid (uakt/block)\n";
  for (const AlphaPriceRow& row : report.prices)
    text += fmt::format("{:>7}{:>9}{:>13.2f}\n", row.bidder_count, row.order_count, row.mean_low_price_uakt);
  return text;
}

}  // namespace

std::string alpha_report_text(const AlphaReport& report) {
  std::string text = fmt::format(
      "orders {}, of them with bids {}; bids {} of {} providers; leases {}\n"
      "transactions {}, refused {}\n\n",
      report.orders.size(), report.orders_with_bids, report.bid_count, report.provider_count,
      report.lease_count, report.tx_count, report.refused_count);
  for (const std::string& refused : report.refused) text += "  " + refused + "\n";
  text += cross_table("order states", report.order_states, recorded_names, order_names) + "\n";
  text += cross_table("bid states", report.bid_states, recorded_bid_names, bid_names);
  text +=
      "  (in 2019 a losing bid stayed OPEN, and an ended lease left its bid OPEN; today they are lost or "
      "closed)\n\n";
  text += differences_text(report) + "\n" + prices_text(report);
  text += fmt::format("\nconcentration of wins: HHI {:.2f}\n", report.hhi_of_wins);
  text += fmt::format("ledger invariants: {}\n",
                      report.broken_invariant.empty() ? "hold" : report.broken_invariant);
  text += fmt::format("ledger hash: {}\n", to_hex(report.state_hash));
  return text;
}

std::string alpha_report_json(const AlphaReport& report) {
  nlohmann::ordered_json json;
  json["orders"] = report.orders.size();
  json["orders_with_bids"] = report.orders_with_bids;
  json["bids"] = report.bid_count;
  json["providers"] = report.provider_count;
  json["leases"] = report.lease_count;
  json["transactions"] = report.tx_count;
  json["refused"] = report.refused_count;
  json["refused_first"] = report.refused;
  json["order_states"] = cross_json(report.order_states, recorded_names, order_names);
  json["bid_states"] = cross_json(report.bid_states, recorded_bid_names, bid_names);
  for (std::size_t i = 0; i < alpha_class_count; ++i) {
    const auto difference = static_cast<AlphaClass>(i);
    json["differences"][std::string(alpha_class_name(difference))] = {
        {"orders", report.classes[i]}, {"reason", alpha_class_reason(difference)}};
  }
  json["differing_after_closing"] = report.differing_after_closing;
  json["prices"] = nlohmann::ordered_json::array();
  for (const AlphaPriceRow& row : report.prices)
    json["prices"].push_back({{"bidders", row.bidder_count},
                              {"orders", row.order_count},
                              {"mean_low_bid_uakt", row.mean_low_price_uakt}});
  for (const auto& [provider, wins] : report.wins) json["wins"][std::to_string(provider)] = wins;
  json["hhi_of_wins"] = report.hhi_of_wins;
  json["broken_invariant"] = report.broken_invariant;
  json["ledger_hash"] = to_hex(report.state_hash);
  json["holds"] = report.holds();
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

std::string alpha_orders_csv(const AlphaReport& report) {
  std::string csv =
      "deployment_idx,gseq,oseq,end_at_height,bids,low_bid_uakt_per_block,winner_provider_idx,recorded,"
      "replayed,difference\n";
  const auto optional = [](const auto& value) { return value ? std::to_string(*value) : std::string(); };
  for (const AlphaOrderOutcome& o : report.orders) {
    fmt::format_to(std::back_inserter(csv), "{},{},{},{},{},{},{},{},{},{}\n", o.order.deployment_index,
                   o.order.gseq, o.order.oseq, o.order.end_at_height, o.bid_count,
                   optional(o.low_price_uakt_per_block), optional(o.winner_index),
                   alpha_state_name(o.order.state), replayed_name(o.replayed),
                   alpha_class_name(o.difference));
  }
  return csv;
}

}  // namespace souk::scenarios
