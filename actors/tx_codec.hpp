#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "actors/base/codec.hpp"
#include "actors/chain/msgs.hpp"

/// Transactions as bytes: in blocks, between mempools, in files.
namespace souk {

/// Bounds of one encoded transaction.
struct TxLimits {
  std::size_t bytes_max = std::size_t{1} << 20;
  std::uint32_t msg_count_max = 10'000;  ///< those inside MsgExec and MsgSubmitProposal included
  std::uint32_t nesting_max = 4;         ///< MsgExec and MsgSubmitProposal inside one another
};

/// The canonical encoding (codec.hpp).
Bytes encode_tx(const Tx& tx);

/// The transaction that `bytes` is the encoding of. Errors: too many bytes or messages, both before anything
/// is allocated for them, nested too deep, not canonical.
Result<SharedTx> decode_tx(std::span<const std::uint8_t> bytes, const TxLimits& limits = {});

}  // namespace souk
