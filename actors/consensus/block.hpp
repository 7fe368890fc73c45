#pragma once

#include <string>
#include <vector>

#include "actors/consensus/types.hpp"

/// What a value's payload is: a block (consensus-node.md section 1.4).
namespace souk::consensus {

/// The 14 fields of a header, in hash order.
struct Header {
  struct Version {
    std::uint64_t block = 1;
    std::uint64_t app = 1;
    friend bool operator==(const Version&, const Version&) = default;
  };
  Version version;
  std::string chain_id;
  Height height;
  Time time;  ///< ValueHeader::time
  ValueId last_value{};
  Hash last_commit_hash{};
  Hash data_hash{};  ///< Merkle root over SHA-256 of each transaction
  Hash validators_hash{};
  Hash next_validators_hash{};
  Hash consensus_hash{};  ///< of the parameters of consensus
  Hash app_hash{};        ///< after the block before this one
  Hash last_results_hash{};
  Hash evidence_hash{};
  Address proposer;  ///< of the round in which it was made
  friend bool operator==(const Header&, const Header&) = default;
};

struct Block {
  Header header;
  Commit last_commit;  ///< of the height before; empty at the first height
  std::vector<Evidence> evidence;
  std::vector<Bytes> txs;  ///< the application's
  friend bool operator==(const Block&, const Block&) = default;
};

/// RFC-6962 Merkle root over the encoded fields in the order above.
Hash block_hash(const Header& header);
/// Merkle roots that a header names.
Hash data_hash(const std::vector<Bytes>& txs);
Hash commit_hash(const Commit& commit);  ///< height, round and value first, then the signatures
Hash evidence_hash(const std::vector<Evidence>& evidence);
/// Whether the three roots in the header are those of the rest of the block. Errors: the one that is not.
Result<void> check_roots(const Block& block);

/// Bounds of one block.
struct BlockLimits {
  std::uint32_t bytes_max = std::uint32_t{4} << 20;  ///< of the payload; at most 100 MiB
  std::uint32_t part_bytes = 65'536;                 ///< all parts but the last have exactly as many
  std::uint32_t evidence_bytes_max = std::uint32_t{1} << 20;
  friend bool operator==(const BlockLimits&, const BlockLimits&) = default;
};

/// ceil(byte_count / part_bytes).
std::uint32_t part_count_of(std::uint32_t byte_count, const BlockLimits& limits);

/// The value of `block`, and its payload cut up. REQUIRES: the encoded block is within limits.bytes_max.
SharedValue make_value(const Block& block, const BlockLimits& limits);
/// Whether the payload is the one that the value's header names: its parts have that root. A commit vouches
/// for no more than the header.
bool is_payload_of_header(const Value& value, const BlockLimits& limits);
std::vector<Part> cut(const Value& value, Height height, Round round, const BlockLimits& limits);
/// The block of a value. Errors: not a canonical encoding, header time or hash not those of the value header.
Result<Block> open_value(const Value& value);

}  // namespace souk::consensus
