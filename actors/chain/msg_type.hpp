#pragma once

#include <string_view>

#include "actors/chain/msgs.hpp"

namespace souk {

/// The type URL: "/cosmos.staking.v1beta1.MsgDelegate", "/akash.market.v1beta5.MsgCreateBid", ... Several
/// messages share one where the wire has one type for them (MsgGrantDeposit is a MsgGrant). A vote is a
/// MsgVote if it has one option of weight 1. MsgUpdateParams is that of the module whose parameters it has.
std::string_view msg_type(const Msg& msg);

/// Whether this chain has a message of that type.
bool is_msg_type(std::string_view type_url);

}  // namespace souk
