#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>

namespace souk {

/// What was sent under each nonce, until its fate is known. Nonces count from 1. Spans at most `span_max` of
/// them: beyond that the oldest is forgotten.
template <class T, std::size_t span_max>
class NonceWindow {
 public:
  /// The nonce of the next add().
  std::uint64_t next() const { return first_ + window_.size(); }
  /// The nonce to send it with.
  std::uint64_t add(T sent) {
    const std::uint64_t nonce = next();
    window_.emplace_back(std::move(sent));
    if (window_.size() > span_max) {
      window_.pop_front();
      ++first_;
    }
    return nonce;
  }
  /// What was sent with `nonce`, once.
  std::optional<T> take(std::uint64_t nonce) {
    if (nonce < first_ || nonce - first_ >= window_.size()) return std::nullopt;
    std::optional<T> sent = std::exchange(window_[nonce - first_], std::nullopt);
    while (!window_.empty() && !window_.front()) {
      window_.pop_front();
      ++first_;
    }
    return sent;
  }
  /// Nonces spanned.
  std::size_t size() const { return window_.size(); }

 private:
  std::deque<std::optional<T>> window_;  ///< front has nonce first_
  std::uint64_t first_ = 1;
};

}  // namespace souk
