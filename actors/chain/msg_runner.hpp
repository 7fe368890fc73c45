#pragma once

#include <cstddef>

#include "actors/chain/codes.hpp"
#include "actors/chain/execution.hpp"
#include "actors/chain/msgs.hpp"

namespace souk {

/// Carries out messages that are inside others. The ledger is one: governance and authz lie below it and
/// cannot call it, so it hands itself to them.
class MsgRunner {
 public:
  /// One message, within the transaction that is running; it is already known to be allowed and valid. On an
  /// error the caller gives the error up, and the whole transaction is rolled back.
  virtual Verdict run(const Msg& msg, Execution& exec) = 0;
  /// All messages or none, outside of any transaction (the end of a block). `failed`: the first that failed.
  virtual Verdict run_all(const MsgList& msgs, Execution& exec, std::size_t& failed) = 0;

 protected:
  ~MsgRunner() = default;
};

}  // namespace souk
