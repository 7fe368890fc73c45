#include "sim/disk.hpp"

#include <algorithm>
#include <utility>

#include "actors/base/check.hpp"

namespace souk::sim {
namespace {

std::size_t flip_bits(std::span<std::uint8_t> bytes, Rng& rng, std::size_t count) {
  if (bytes.empty()) return 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t bit = rng.below(bytes.size() * 8);
    bytes[bit / 8] = static_cast<std::uint8_t>(bytes[bit / 8] ^ (1u << (bit % 8)));
  }
  return count;
}

}  // namespace

void DiskFile::append(std::span<const std::uint8_t> bytes) {
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
}

void DiskFile::replace(std::span<const std::uint8_t> bytes) {
  if (!replaces_) {
    old_ = std::move(bytes_);
    old_.resize(synced_);
  }
  replaces_ = true;
  bytes_.assign(bytes.begin(), bytes.end());
}

void DiskFile::sync(Time now) {
  if (replaces_) {
    replaces_ = false;
    if (former_.size() == former_max) former_.erase(former_.begin());
    former_.push_back({now, std::exchange(old_, {})});
    history_.clear();
  }
  synced_ = bytes_.size();
  if (!history_.empty() && history_.back().size == synced_) return;
  if (history_.size() == history_max) history_.erase(history_.begin(), history_.begin() + history_max / 2);
  history_.push_back({now, synced_});
}

std::size_t DiskFile::crash() {
  if (replaces_) {
    const std::size_t lost = bytes_.size();
    bytes_ = std::move(old_);
    old_ = {};
    replaces_ = false;
    synced_ = bytes_.size();
    return lost;
  }
  const std::size_t lost = bytes_.size() - synced_;
  bytes_.resize(synced_);
  return lost;
}

bool DiskFile::crash_torn(Rng& rng) {
  if (replaces_) {
    if (rng.below(2) == 0) return crash(), false;
    replaces_ = false;
    old_ = {};
    history_.clear();
    synced_ = bytes_.size();
    return false;
  }
  const Bytes written = bytes_;
  const std::size_t was_synced = synced_;
  std::size_t kept_until = synced_;
  for (std::size_t begin = synced_; begin < bytes_.size();) {
    const std::size_t end = std::min(bytes_.size(), (begin / sector_bytes + 1) * sector_bytes);
    if (rng.below(2) == 0) {
      kept_until = end;
    } else {
      std::fill(bytes_.begin() + static_cast<std::ptrdiff_t>(begin),
                bytes_.begin() + static_cast<std::ptrdiff_t>(end), std::uint8_t{0});
    }
    begin = end;
  }
  if (rng.below(4) == 0) bytes_.resize(kept_until);
  synced_ = bytes_.size();
  return bytes_.size() != was_synced && bytes_ != written;
}

std::size_t DiskFile::append_rotten(std::span<const std::uint8_t> bytes, Rng& rng, std::size_t count) {
  const std::size_t begin = bytes_.size();
  append(bytes);
  return flip_bits(std::span(bytes_).subspan(begin), rng, count);
}

bool DiskFile::append_misdirected(std::span<const std::uint8_t> bytes, std::size_t sectors) {
  SOUK_CHECK(sectors > 0);
  const std::size_t begin = bytes_.size();
  if (bytes.empty() || begin < sectors * sector_bytes) return false;
  bytes_.resize(begin + bytes.size());
  std::copy(bytes.begin(), bytes.end(),
            bytes_.begin() + static_cast<std::ptrdiff_t>(begin - sectors * sector_bytes));
  // Where it went beyond the old end, it overlaps with where it should be.
  return true;
}

std::size_t DiskFile::rot(Rng& rng, std::size_t count) { return flip_bits(bytes_, rng, count); }

std::size_t DiskFile::truncate(std::size_t count) {
  const std::size_t cut = std::min(count, bytes_.size());
  bytes_.erase(bytes_.end() - static_cast<std::ptrdiff_t>(cut), bytes_.end());
  synced_ = std::min(synced_, bytes_.size());
  return cut;
}

bool DiskFile::roll_back(Time then) {
  SOUK_CHECK(!has_unsynced());
  if (!former_.empty() && then < former_.back().until) {
    const auto it =
        std::find_if(former_.begin(), former_.end(), [&](const Former& f) { return f.until > then; });
    const bool is_other = it->bytes != bytes_;
    bytes_ = std::move(it->bytes);
    former_.erase(it, former_.end());
    synced_ = bytes_.size();
    history_ = {{then, synced_}};
    return is_other;
  }
  const auto after =
      std::find_if(history_.begin(), history_.end(), [&](const Mark& m) { return m.at > then; });
  const std::size_t known = after == history_.begin() ? 0 : (after - 1)->size;
  const std::size_t size = std::min(known, bytes_.size());
  if (size == bytes_.size()) return false;
  history_.erase(after, history_.end());
  bytes_.resize(size);
  synced_ = size;
  return true;
}

bool DiskFile::wipe() {
  const bool was_anything = !bytes_.empty() || replaces_;
  *this = DiskFile();
  return was_anything;
}

}  // namespace souk::sim
