#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "scenarios/market_totals.hpp"

/// Who comes, who stays: tenants by the months in which they had a lease.
namespace souk::scenarios {

/// Months are 30 days from the start of the run: the length that churn is given for (economics.md section 2).
inline constexpr Duration retention_month = std::chrono::hours(30 * 24);

/// Tenants by the month in which they first paid for a lease; how many of them did in the last whole month.
struct Cohort {
  double tenants = 0;
  double active = 0;
};

class Retention {
 public:
  Retention(std::size_t tenants, Time start) : month_end_(start + retention_month), tenants_(tenants) {}

  void deployed(std::uint32_t tenant, Time at, TenantTotals& totals);
  void leased(std::uint32_t tenant, Time at, TenantTotals& totals);
  void lease_ended(std::uint32_t tenant);
  void spent(std::uint32_t tenant, double usd) { tenants_[tenant].spent += usd; }

  Time month_end() const { return month_end_; }
  /// Compares the month that ends with the one before. REQUIRES: all that was spent up to month_end() is
  /// told.
  void close_month(TenantTotals& totals);
  /// Cohorts from the first month on, as of the last whole month; empty before that.
  const std::vector<Cohort>& cohorts() const { return cohorts_; }

  double active() const { return active_; }        ///< tenants with a lease now
  double customers() const { return customers_; }  ///< tenants that have deployed
  double repeaters() const { return repeaters_; }  ///< of them, again in a later block than the first time

 private:
  struct Customer {
    std::optional<Time> first_deployment;
    bool repeats = false;
    bool has_leased = false;
    std::uint32_t leases = 0;  ///< active
    std::optional<std::size_t> cohort;
    double spent = 0;         ///< in this month
    double spent_before = 0;  ///< in the month before
  };
  Time month_end_;
  std::vector<Customer> tenants_;
  std::vector<Cohort> cohorts_;
  double active_ = 0;
  double customers_ = 0;
  double repeaters_ = 0;
};

}  // namespace souk::scenarios
