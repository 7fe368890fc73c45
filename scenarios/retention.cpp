#include "scenarios/retention.hpp"

namespace souk::scenarios {

void Retention::deployed(std::uint32_t tenant, Time at, TenantTotals& totals) {
  Customer& customer = tenants_[tenant];
  if (!customer.first_deployment) {
    customer.first_deployment = at;
    ++customers_;
    ++totals.first_deployments;
  } else if (!customer.repeats && *customer.first_deployment < at) {  // replicas come in one block
    customer.repeats = true;
    ++repeaters_;
  }
}

void Retention::leased(std::uint32_t tenant, Time at, TenantTotals& totals) {
  Customer& customer = tenants_[tenant];
  if (customer.leases++ == 0) ++active_;
  if (customer.has_leased || !customer.first_deployment) return;
  customer.has_leased = true;
  ++totals.first_leases;
  totals.first_lease_s += seconds(at - *customer.first_deployment);
}

void Retention::lease_ended(std::uint32_t tenant) {
  if (--tenants_[tenant].leases == 0) --active_;
}

void Retention::close_month(TenantTotals& totals) {
  month_end_ += retention_month;
  cohorts_.push_back({});
  for (Cohort& cohort : cohorts_) cohort.active = 0;
  for (Customer& customer : tenants_) {
    if (customer.spent > 0) {
      if (!customer.cohort) {
        customer.cohort = cohorts_.size() - 1;
        ++cohorts_.back().tenants;
      }
      ++cohorts_[*customer.cohort].active;
    }
    if (customer.spent_before > 0) {
      ++totals.month_tenants;
      totals.month_lost += customer.spent > 0 ? 0 : 1;
      totals.month_usd += customer.spent_before;
      totals.month_kept_usd += customer.spent;
    }
    customer.spent_before = customer.spent;
    customer.spent = 0;
  }
}

}  // namespace souk::scenarios
