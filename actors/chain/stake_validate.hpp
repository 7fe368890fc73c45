#pragma once

#include <cstddef>

#include "actors/chain/msgs.hpp"
#include "actors/chain/stake_codes.hpp"

namespace souk {

// Bounds of what the wire would carry in any number: akash-chain.md leaves them to the size of a transaction.
inline constexpr std::size_t inner_msgs_max = 1'000;  ///< of one proposal or MsgExec
inline constexpr std::size_t msg_depth_max = 8;       ///< of messages inside messages
inline constexpr std::size_t list_max = 256;          ///< of addresses, or of message types
inline constexpr std::size_t msg_type_bytes_max = 256;
inline constexpr std::size_t upgrade_name_bytes_max = 140;
inline constexpr std::size_t upgrade_info_bytes_max = 10'200;

/// ValidateBasic of the staking economy's messages: sdk 7, 10, 18, and the modules' own codes, as the SDK's
/// handlers and messages check them before looking at any state.
/// `depth`: how many messages this one is inside of.
Verdict validate(const StakeMsg& msg, std::size_t depth = 0);

/// Coins of a message: at least one, positive, ascending by denomination name without repeats.
bool valid_coins(const std::vector<Coin>& coins);

// Those of staking, slashing and vesting: stake_validate_staking.cpp.
Verdict check(const MsgCreateValidator& msg);
Verdict check(const MsgEditValidator& msg);
Verdict check(const MsgDelegate& msg);
Verdict check(const MsgUndelegate& msg);
Verdict check(const MsgBeginRedelegate& msg);
Verdict check(const MsgCancelUnbondingDelegation& msg);
Verdict check(const MsgUnjail& msg);
Verdict check(const MsgCreateVestingAccount& msg);

}  // namespace souk
