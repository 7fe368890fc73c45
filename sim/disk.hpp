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
  /// Appends `bytes`; not durable before sync().
  void append(std::span<const std::uint8_t> bytes);
  /// Begins a new file that holds `bytes` in place of this one. Until sync() a crash leaves the old or the
  /// new one, never a mixture.
  void replace(std::span<const std::uint8_t> bytes);
  /// Makes everything so far durable, as of `now`.
  void sync(Time now);

  /// What a process reads.
  std::span<const std::uint8_t> bytes() const { return bytes_; }
  /// How much of it is durable.
  std::size_t synced() const { return replaced_ ? 0 : synced_; }
  bool has_unsynced() const { return replaced_ || synced_ != bytes_.size(); }

  /// The machine stops: what was not synced is gone. Returns how many bytes that were.
  std::size_t crash();
  /// The machine stops while it writes: of the unsynced sectors each is there or not, by `rng`; one that is
  /// not reads as zeros if a later one is there. Returns how many sectors were there and how many not.
  struct Torn {
    std::size_t kept = 0;
    std::size_t lost = 0;
  };
  Torn crash_torn(Rng& rng);

  /// Flips `count` bits of what is stored, anywhere. Returns how many (0 if the file is empty).
  std::size_t rot(Rng& rng, std::size_t count);
  /// The next append is stored with `count` bits flipped.
  void rot_next_write(std::size_t count, std::uint64_t draw);
  /// The next append lands `sectors` sectors before where it should, over what was there; where it should be
  /// are zeros. At the start of the file if it is not as long.
  void misdirect_next_write(std::size_t sectors);
  /// Writes that were rotten or misdirected so far.
  std::uint64_t rotten_writes() const { return rotten_writes_; }
  std::uint64_t misdirected_writes() const { return misdirected_writes_; }

  /// Cuts up to `count` bytes from the end. Returns how many.
  std::size_t truncate(std::size_t count);
  /// As of the last sync at or before `then`; empty before the first. Returns whether that is another file.
  /// Goes back at most as far as history reaches: `history_max` syncs and the last `replace`.
  bool roll_back(Time then);
  /// Empty.
  void wipe();

 private:
  struct Synced {
    Time at;
    std::size_t size;
  };
  static constexpr std::size_t history_max = 4'096;

  void store(std::span<const std::uint8_t> bytes);

  Bytes bytes_;
  std::size_t synced_ = 0;  ///< of bytes_, or of old_ while replaced_
  bool replaced_ = false;   ///< by a file that is not synced yet
  Bytes old_;
  std::vector<Synced> history_;  ///< ascending in time
  std::size_t rot_next_ = 0;
  std::uint64_t rot_draw_ = 0;
  std::size_t misdirect_next_ = 0;
  bool misdirect_ = false;
  std::uint64_t rotten_writes_ = 0;
  std::uint64_t misdirected_writes_ = 0;
};

}  // namespace souk::sim
