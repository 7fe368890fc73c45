#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "actors/effects.hpp"
#include "runtime/run_hash.hpp"

/// The journal of a run: (time, actor, event) in the total order, and what each event had for effects, so
/// that a replay can say where it first differs.
///
/// File, all numbers little-endian:
///     "SOUKJNL2"  frame(header)  frame(record)...  frame(end mark)
///     frame = length u32, checksum u64 of the body, body of `length` bytes
/// Bodies are the canonical bytes of actors/base/codec.hpp. The first byte of a body tells its kind (header
/// 0, record 1, end mark 2). A journal without its end mark was cut off.
namespace souk::runtime {

/// What a journal keeps of the effects.
enum class JournalEffects : std::uint8_t {
  /// A hash per event: half the size. A replay names the first event whose effects differ, and what
  /// it got, but knows the expected effect only by its hash.
  hash = 0,
  /// The hash and the effects: a replay prints expected and got. What `--journal` writes.
  full = 1,
};

/// What a reader must know to rebuild the actors of the run.
struct JournalHeader {
  std::string host{};  ///< "sim" or "caf"
  std::uint64_t seed = 0;
  bool antithetic = false;
  std::array<std::uint8_t, 32> scenario_hash{};
  std::string scenario{};  ///< name or path, as given
  std::string revision{};  ///< of the source that wrote it
  Time genesis{};
  JournalEffects effects = JournalEffects::full;
  std::vector<std::string> actors{};  ///< the name of ActorId{i} is actors[i]
};

/// One event that was handled.
struct JournalRecord {
  Time at;
  ActorId actor;
  Event event;
  Fingerprint effects_hash;
  Effects effects;  ///< empty under JournalEffects::hash
};

/// How a journal ends.
struct JournalEnd {
  std::uint64_t record_count = 0;
  Fingerprint run_hash;
  bool complete = true;  ///< false: the run was interrupted, the records are a prefix of it
};

/// Writes a journal, buffered, to `path` + ".partial"; finish() renames it to `path`. Destroyed without
/// finish(), it leaves the partial file, which can be read with allow_incomplete. Errors (disk full,
/// directory not writable) are remembered: the first is what finish() and status() return.
class JournalWriter {
 public:
  /// Errors: the file can not be created.
  static Result<JournalWriter> create(const std::filesystem::path& path, const JournalHeader& header);
  JournalWriter(JournalWriter&&) noexcept;
  JournalWriter& operator=(JournalWriter&&) noexcept;
  ~JournalWriter();

  const JournalHeader& header() const;
  void append(Time at, ActorId actor, const Event& event, std::span<const Effect> effects);
  std::uint64_t record_count() const;
  /// Ok as long as everything appended was taken.
  Result<void> status() const;
  /// Writes the end mark and gives the file its name. The run hash is that of the run (runtime/run_hash.hpp).
  Result<void> finish(const Fingerprint& run_hash, bool complete = true);

 private:
  struct State;
  explicit JournalWriter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Reads a journal front to back. A damaged one is refused with the number of the record and the byte
/// offset; nothing is allocated for a length that the file does not hold.
class JournalReader {
 public:
  struct Options {
    /// Take a journal that was cut off up to its last whole record, and say how much was ignored. Without
    /// it such a journal is an error. Damage in the middle is always an error.
    bool allow_incomplete = false;
  };
  /// Errors: no such file; not a journal; another version; a header that does not decode.
  static Result<JournalReader> open(const std::filesystem::path& path, Options options);
  static Result<JournalReader> open(const std::filesystem::path& path) { return open(path, {}); }
  JournalReader(JournalReader&&) noexcept;
  JournalReader& operator=(JournalReader&&) noexcept;
  ~JournalReader();

  const JournalHeader& header() const;
  /// The next record; none at the end.
  Result<std::optional<JournalRecord>> next();
  /// After next() returned none: how the run ended.
  const JournalEnd& end() const;
  /// After next() returned none: whether the file ended without its end mark (only with allow_incomplete).
  /// Then end() holds what was counted, and no run hash.
  bool was_cut_off() const;
  /// After next() returned none: bytes at the end that held no whole record; 0 if the journal is whole.
  std::uint64_t ignored_bytes() const;

 private:
  struct State;
  explicit JournalReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace souk::runtime
