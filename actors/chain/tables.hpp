#pragma once

#include "actors/base/check.hpp"
#include "actors/base/transition.hpp"
#include "actors/chain/types.hpp"

/// Every state machine of the chain: akash-chain.md sections 3.9 and 5.4. What is not here is refused; the
/// handlers turn a refusal into the error code that section 2.2 or 3 gives for it.
namespace souk {

enum class DeploymentInput : std::uint8_t { close };
enum class GroupInput : std::uint8_t { pause, start, close, drain };
enum class OrderInput : std::uint8_t { match, close };
enum class BidInput : std::uint8_t { match, lose, close };
enum class LeaseInput : std::uint8_t { reclaim, close, drain };
/// For escrow accounts and payments. `repay` is a debt paid.
enum class EscrowInput : std::uint8_t { overdraw, repay, close };

inline constexpr Transition<DeploymentState, DeploymentInput> deployment_transitions[] = {
    {DeploymentState::active, DeploymentInput::close, DeploymentState::closed},
};

/// pause and start look only at the group, never at the deployment, so a drained group of a closed
/// deployment can be started (section 3.9, last paragraph).
inline constexpr Transition<GroupState, GroupInput> group_transitions[] = {
    {GroupState::open, GroupInput::pause, GroupState::paused},
    {GroupState::insufficient_funds, GroupInput::pause, GroupState::paused},
    {GroupState::paused, GroupInput::start, GroupState::open},
    {GroupState::insufficient_funds, GroupInput::start, GroupState::open},
    {GroupState::open, GroupInput::close, GroupState::closed},
    {GroupState::paused, GroupInput::close, GroupState::closed},
    {GroupState::insufficient_funds, GroupInput::close, GroupState::closed},
    {GroupState::open, GroupInput::drain, GroupState::insufficient_funds},
    {GroupState::paused, GroupInput::drain, GroupState::insufficient_funds},
};

inline constexpr Transition<OrderState, OrderInput> order_transitions[] = {
    {OrderState::open, OrderInput::match, OrderState::active},
    {OrderState::open, OrderInput::close, OrderState::closed},
    {OrderState::active, OrderInput::close, OrderState::closed},
};

inline constexpr Transition<BidState, BidInput> bid_transitions[] = {
    {BidState::open, BidInput::match, BidState::active},
    {BidState::open, BidInput::lose, BidState::lost},
    {BidState::open, BidInput::close, BidState::closed},
    {BidState::active, BidInput::close, BidState::closed},
};

inline constexpr Transition<LeaseState, LeaseInput> lease_transitions[] = {
    {LeaseState::active, LeaseInput::reclaim, LeaseState::reclaiming},
    {LeaseState::active, LeaseInput::close, LeaseState::closed},
    {LeaseState::reclaiming, LeaseInput::close, LeaseState::closed},
    {LeaseState::active, LeaseInput::drain, LeaseState::insufficient_funds},
    {LeaseState::reclaiming, LeaseInput::drain, LeaseState::insufficient_funds},
};

/// A top-up closes an overdrawn account once its debts are paid; nothing opens it again.
inline constexpr Transition<EscrowState, EscrowInput> account_transitions[] = {
    {EscrowState::open, EscrowInput::overdraw, EscrowState::overdrawn},
    {EscrowState::open, EscrowInput::close, EscrowState::closed},
    {EscrowState::overdrawn, EscrowInput::close, EscrowState::closed},
};

inline constexpr Transition<EscrowState, EscrowInput> payment_transitions[] = {
    {EscrowState::open, EscrowInput::overdraw, EscrowState::overdrawn},
    {EscrowState::overdrawn, EscrowInput::repay, EscrowState::open},
    {EscrowState::open, EscrowInput::close, EscrowState::closed},
};

static_assert(is_function(deployment_transitions) && is_function(group_transitions) &&
              is_function(order_transitions) && is_function(bid_transitions) &&
              is_function(lease_transitions) && is_function(account_transitions) &&
              is_function(payment_transitions));

/// Moves `state` along its table. REQUIRES: the table has the step; callers check first.
template <class State, class Input, std::size_t n>
constexpr void advance(State& state, const Transition<State, Input> (&table)[n],
                       std::type_identity_t<Input> input) {
  const auto to = next(table, state, input);
  SOUK_CHECK(to.has_value());
  state = *to;
}

}  // namespace souk
