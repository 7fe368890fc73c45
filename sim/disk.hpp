#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "actors/base/codec.hpp"
#include "actors/base/rng.hpp"
#include "actors/base/time.hpp"

/// A file on a disk that can fail, as bytes in memory: what was synced survives a crash, what was not may be
/// lost, whole or in part.
namespace souk::sim {

/// Disks write sectors whole.
inline constexpr std::size_t sector_bytes = 512;

/// A value: copying it copies the file.
class DiskFile {
 public:
  // What a process does. Nothing is durable before sync().

  /// Appends `bytes`.
  void append(std::span<const std::uint8_t> bytes);
  /// Begins a new file that holds `bytes` in place of this one. Until sync() a crash leaves the old or the
  /// new one, never a mixture.
  void replace(std::span<const std::uint8_t> bytes);
  /// Makes everything so far durable, as of `now`.
  void sync(Time now);

  /// What a process reads.
  std::span<const std::uint8_t> bytes() const { return bytes_; }
  /// How much of it is durable.
  std::size_t synced() const { return replaces_ ? 0 : synced_; }
  bool has_unsynced() const { return replaces_ || synced_ != bytes_.size(); }

  // What goes wrong.

  /// The machine stops: what was not synced is gone. Returns how many bytes that were.
  std::size_t crash();
  /// The machine stops while it writes: of the sectors with something unsynced each is written or not, by
  /// `rng`; those that are not read as they were, zeros beyond the old end, and the length may be the new one
  /// all the same. A file that replaces another is there whole or not at all. Returns whether the file is now
  /// neither as it was synced nor as it was written.
  bool crash_torn(Rng& rng);
  /// append(), but stored with `count` bits flipped. Returns how many.
  std::size_t append_rotten(std::span<const std::uint8_t> bytes, Rng& rng, std::size_t count);
  /// append(), but the bytes lie `sectors` sectors before where they should, over what was there, and zeros
  /// where they should be. False, and nothing is written, if the file does not reach back that far.
  bool append_misdirected(std::span<const std::uint8_t> bytes, std::size_t sectors);
  /// Flips `count` bits of what is stored, anywhere. Returns how many: none if there is nothing.
  std::size_t rot(Rng& rng, std::size_t count);
  /// Cuts up to `count` bytes from the end. Returns how many.
  std::size_t truncate(std::size_t count);
  /// The file as it was after its last sync at or before `then`, empty before its first. Of a file that was
  /// replaced since, what it held last. Goes back at most `history_max` syncs and `former_max` replacements.
  /// Returns whether that is another content. REQUIRES: nothing unsynced.
  bool roll_back(Time then);
  /// Nothing was ever written. Returns whether something was.
  bool wipe();

 private:
  struct Mark {
    Time at;
    std::size_t size;
  };
  /// A file that was replaced, and when that was durable.
  struct Former {
    Time until;
    Bytes bytes;
  };
  static constexpr std::size_t history_max = 4'096;
  static constexpr std::size_t former_max = 32;

  Bytes bytes_;
  std::size_t synced_ = 0;      ///< of bytes_; of no use while replaces_
  bool replaces_ = false;       ///< a file that is not synced stands in place of old_
  Bytes old_;                   ///< durable
  std::vector<Mark> history_;   ///< syncs of this file, ascending in time
  std::vector<Former> former_;  ///< ascending in time
};

}  // namespace souk::sim
