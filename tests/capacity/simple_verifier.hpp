#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "actors/capacity/blake3.hpp"

/// A second verifier of capacity proofs, written from gpu-capacity.md section 5 and from nothing else: bytes
/// in, the name of a verdict out, every product computed directly, no attention paid to speed. Shares
/// BLAKE3's chunk and parent functions with the first one, nothing more.
namespace souk::capacity::simple {

using Bytes = std::vector<std::uint8_t>;
using View = std::span<const std::uint8_t>;

struct Input {
  Bytes challenge;
  Bytes commit1;
  Bytes commit2;
  std::vector<std::optional<Hash>> n, m, z;  ///< by validator
  Hash next_block{};                         ///< L'
  Bytes transcript;
  std::function<bool(View key, View message, View signature)> is_signed;
};

inline std::uint64_t number(View bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) value = value * 256 + bytes[i];
  return value;
}

inline Bytes join(std::initializer_list<View> parts) {
  Bytes all;
  for (const View part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}
inline View text(std::string_view s) { return {reinterpret_cast<const std::uint8_t*>(s.data()), s.size()}; }
inline Hash H(std::string_view tag, std::initializer_list<View> parts) {
  Bytes all = join({text(tag)});
  for (const View part : parts) all.insert(all.end(), part.begin(), part.end());
  return blake3(all);
}

/// Block `counter` of ChaCha8(key), as in the ChaCha paper, with 4 double rounds.
inline std::array<std::uint8_t, 64> chacha8_block(const Hash& key, std::uint64_t counter) {
  std::array<std::uint32_t, 16> start{0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};
  for (std::size_t i = 0; i < 8; ++i)
    start[4 + i] = static_cast<std::uint32_t>(number(View(key).subspan(4 * i, 4)));
  start[12] = static_cast<std::uint32_t>(counter);
  start[13] = static_cast<std::uint32_t>(counter >> 32);
  auto x = start;
  const auto quarter = [&x](int a, int b, int c, int d) {
    x[a] += x[b], x[d] = std::rotl(x[d] ^ x[a], 16);
    x[c] += x[d], x[b] = std::rotl(x[b] ^ x[c], 12);
    x[a] += x[b], x[d] = std::rotl(x[d] ^ x[a], 8);
    x[c] += x[d], x[b] = std::rotl(x[b] ^ x[c], 7);
  };
  for (int twice = 0; twice < 4; ++twice) {
    for (int i = 0; i < 4; ++i) quarter(i, 4 + i, 8 + i, 12 + i);
    for (int i = 0; i < 4; ++i) quarter(i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4);
  }
  std::array<std::uint8_t, 64> out{};
  for (std::size_t i = 0; i < 64; ++i)
    out[i] = static_cast<std::uint8_t>((x[i / 4] + start[i / 4]) >> (8 * (i % 4)));
  return out;
}

/// `count` bytes of ChaCha8(key) from `offset`, both multiples of 64.
inline Bytes chacha8(const Hash& key, std::uint64_t offset, std::uint64_t count) {
  Bytes out;
  for (std::uint64_t block = offset / 64; out.size() < count; ++block) {
    const auto bytes = chacha8_block(key, block);
    out.insert(out.end(), bytes.begin(), bytes.end());
  }
  return out;
}

inline std::uint32_t F(std::uint32_t h) {
  h ^= h >> 16;
  h *= 0x85EBCA6B;
  h ^= h >> 13;
  h *= 0xC2B2AE35;
  return h ^ h >> 16;
}
inline std::uint8_t Q(std::uint32_t y) {
  y ^= y >> 15;
  return static_cast<std::uint8_t>(y * 0x2C1B3C6D >> 24);
}

/// Siblings that leaf `leaf` of `leaves` has, by the rule itself: left takes the largest power of two < m.
inline std::uint64_t depth_of(std::uint64_t leaf, std::uint64_t leaves) {
  if (leaves == 1) return 0;
  const std::uint64_t left = std::bit_floor(leaves - 1);
  return 1 + (leaf < left ? depth_of(leaf, left) : depth_of(leaf - left, leaves - left));
}
/// The subtree's value from one leaf and its siblings, the sibling next to the root last.
inline Hash climb(const Hash& value, std::uint64_t leaf, std::uint64_t leaves, std::span<const Hash> path,
                  bool root = true) {
  if (leaves == 1) return value;
  const std::uint64_t left = std::bit_floor(leaves - 1);
  const auto inner = path.first(path.size() - 1);
  if (leaf < left) return parent_value(climb(value, leaf, left, inner, false), path.back(), root);
  return parent_value(path.back(), climb(value, leaf - left, leaves - left, inner, false), root);
}

/// Bt of an epoch, kept between calls: tests verify the same epoch thousands of times.
inline const Bytes& matrix(const Hash& epoch, std::uint64_t k) {
  static std::map<std::pair<Hash, std::uint64_t>, Bytes> kept;
  Bytes& bt = kept[{epoch, k}];
  if (bt.empty()) bt = chacha8(H("gpoc/B/v2", {epoch}), 0, k * k);
  return bt;
}

class Verifier {
 public:
  explicit Verifier(const Input& input) : in_(input) {}

  std::string verdict() {
    try {
      check();
    } catch (const Failed& failed) {
      return failed.verdict;
    }
    return "accepted";
  }

 private:
  struct Failed {
    std::string verdict;
  };
  static void require(bool holds, const char* otherwise) {
    if (!holds) throw Failed{otherwise};
  }

  void check() {
    parse_challenge();
    check_nonces();
    const Hash id = H("gpoc/q/v2", {in_.challenge});
    draw(id);
    require(in_.transcript.size() == length(), "length");
    check_signatures();
    require(equal(View(in_.commit1).first(32), id), "id");
    require(equal(View(in_.commit2).first(32), id) && take_hash() == id, "id");
    read_chains(id);
    for (const Draw& u : uniform_) gemm(u.t, u.i, u.q);
    for (const Draw& c : checkpoints_) checkpoint(c);
    for (const std::uint64_t leaf : x0_) {
      const Bytes bytes = chacha8(c_, leaf * 1024, 1024);
      require(opens(chunk_value(bytes, leaf), leaf, n_l_, d_[0]), "x0");
    }
  }

  void parse_challenge() {
    require(in_.challenge.size() >= 156, "params");
    const View p = View(in_.challenge).subspan(140, 16);
    const std::uint64_t version = p[0], kl = p[1];
    rho_ = p[2], D_ = p[3], N_ = number(p.subspan(4, 4)), S_ = number(p.subspan(8, 2));
    su_ = number(p.subspan(10, 2)), sc_ = number(p.subspan(12, 2)), V_ = number(p.subspan(14, 2));
    require(version == 2 && kl >= 10 && kl <= 14 && rho_ >= 1 && rho_ <= 16 && D_ >= 1 && D_ <= 4, "params");
    require(N_ >= 1 && N_ <= 1 << 17 && S_ >= 1 && S_ <= 256 && su_ <= 512 && sc_ <= 512, "params");
    require((V_ == 3 || V_ == 5) && rho_ * N_ <= 65536, "params");
    require(in_.challenge.size() == 156 + 64 * V_, "params");
    k_ = std::uint64_t{1} << kl, R_ = rho_ * N_, W_ = k_ / 1024, n_l_ = k_ * W_, p_ = 2 * kl - 10;
  }

  Hash anchor(std::uint64_t i) const { return hash_at(in_.challenge, 156 + 64 * i + 32); }

  void check_nonces() {
    const auto next = [](const Hash& nonce) { return H("gpoc/n/v2", {nonce}); };
    m_ = in_.m, n_ = in_.n;
    require(in_.z.size() == V_ && m_.size() == V_ && n_.size() == V_, "nonce");
    for (std::uint64_t i = 0; i < V_; ++i) {
      if (in_.z[i]) require(!m_[i] || *m_[i] == next(*in_.z[i]), "nonce"), m_[i] = next(*in_.z[i]);
      if (m_[i]) require(!n_[i] || *n_[i] == next(*m_[i]), "nonce"), n_[i] = next(*m_[i]);
      if (n_[i]) require(anchor(i) == next(*n_[i]), "nonce");
    }
    check_mask(in_.commit1[32], n_);
    check_mask(in_.commit2[32], m_);
  }
  void check_mask(unsigned mask, const std::vector<std::optional<Hash>>& nonces) const {
    std::uint64_t bits = 0;
    for (unsigned i = 0; i < 8; ++i) {
      if ((mask >> i & 1) == 0) continue;
      ++bits;
      require(i < V_ && nonces[i], "nonce");
    }
    require(bits >= (V_ + 1) / 2, "nonce");
  }
  Bytes chosen(const std::vector<std::optional<Hash>>& nonces, unsigned mask) const {
    Bytes all;
    for (std::uint64_t i = 0; i < V_; ++i) {
      const Hash one = (mask >> i & 1) != 0 && nonces[i] ? *nonces[i] : anchor(i);
      all.insert(all.end(), one.begin(), one.end());
    }
    return all;
  }

  struct Draw {
    std::uint64_t t = 0, i = 0, q = 0, s = 0, gamma = 0, e = 0;
    std::vector<std::uint64_t> below;
  };
  void draw(const Hash& id) {
    const View h_R = View(in_.commit1).subspan(33, 32), G_S = View(in_.commit2).subspan(33, 32);
    const Hash seed = H("gpoc/s/v2", {id, h_R, G_S, in_.next_block, chosen(in_.z, 0xff)});
    std::uint64_t words = 0;
    const auto U = [&](std::uint64_t n) {
      __extension__ typedef unsigned __int128 Wide;
      const auto block = chacha8_block(seed, words / 8);
      const std::uint64_t x = number(View(block).subspan(8 * (words++ % 8), 8));
      return static_cast<std::uint64_t>(Wide{x} * n >> 64);
    };
    for (std::uint64_t count = 0; count < su_; ++count) {
      Draw u;
      u.t = 1 + U(R_), u.i = U(k_), u.q = U(W_);
      uniform_.push_back(u);
    }
    for (std::uint64_t count = 0; count < sc_; ++count) {
      Draw c;
      c.s = 1 + U(S_), c.gamma = U(N_ * k_ * k_ / 4096), c.e = U(4);
      for (std::uint64_t d = 1; d < D_; ++d) c.below.push_back(U(W_));
      const std::uint64_t per_state = k_ * k_ / 4096, leaf = 4 * (c.gamma % per_state) + c.e;
      c.t = rho_ * (1 + c.gamma / per_state), c.i = leaf / W_, c.q = leaf % W_;
      checkpoints_.push_back(c);
    }
    for (std::uint64_t count = 0; count < 16; ++count) x0_.push_back(U(n_l_));
  }

  std::uint64_t length() const {
    const std::uint64_t gemm = W_ * (1024 + 32 * p_) + 4096 + 32 * p_;
    std::uint64_t bytes = 32 + 32 * (R_ + 1) + 32 * S_ + su_ * gemm + 16 * 32 * p_ + 64;
    for (const Draw& c : checkpoints_)
      bytes += 4096 + 32 * (p_ - 2) + 1024 + 32 * depth_of(c.gamma / 128, M()) + std::min(D_, c.t) * gemm;
    return bytes;
  }
  std::uint64_t M() const { return N_ * k_ * k_ >> 19; }

  void check_signatures() const {
    const View key = View(in_.challenge).subspan(104, 32);
    const View one(in_.commit1), two(in_.commit2), all(in_.transcript);
    const Hash body = blake3(all.first(all.size() - 64));
    require(in_.is_signed(key, join({text("gpoc/1/v2"), one.first(65)}), one.last(64)), "signature");
    require(in_.is_signed(key, join({text("gpoc/2/v2"), two.first(65)}), two.last(64)), "signature");
    require(in_.is_signed(key, join({text("gpoc/t/v2"), body}), all.last(64)), "signature");
  }

  void read_chains(const Hash& id) {
    c_ = H("gpoc/c/v2", {id, chosen(n_, in_.commit1[32])});
    for (std::uint64_t t = 0; t <= R_; ++t) d_.push_back(take_hash());
    h_.push_back(H("gpoc/h/v2", {c_, d_[0]}));
    for (std::uint64_t t = 1; t <= R_; ++t) h_.push_back(H("gpoc/h/v2", {h_[t - 1], d_[t]}));
    require(equal(View(in_.commit1).subspan(33, 32), h_[R_]), "h-chain");
    G_.push_back(H("gpoc/g/v2", {id, h_[R_], chosen(m_, in_.commit2[32])}));
    F_.emplace_back();
    for (std::uint64_t s = 1; s <= S_; ++s) {
      F_.push_back(take_hash());
      G_.push_back(H("gpoc/g/v2", {G_[s - 1], F_[s]}));
    }
    require(equal(View(in_.commit2).subspan(33, 32), G_[S_]), "g-chain");
  }

  std::uint32_t word(std::uint64_t t, std::size_t w) const {
    return static_cast<std::uint32_t>(number(View(h_[t - 1]).subspan(4 * w, 4)));
  }
  std::uint64_t delta(std::uint64_t t, std::uint64_t q) const {
    return F(word(t, 0) + static_cast<std::uint32_t>(q) * 0x9E3779B1) % k_;
  }

  void gemm(std::uint64_t t, std::uint64_t i, std::uint64_t q) {
    Bytes Z;
    for (std::uint64_t q2 = 0; q2 < W_; ++q2) {
      const View leaf = take(1024);
      const std::uint64_t index = (i + delta(t, q2)) % k_ * W_ + q2;
      require(opens(chunk_value(leaf, index), index, n_l_, d_[t - 1]), "input-path");
      Z.insert(Z.end(), leaf.begin(), leaf.end());
    }
    const View sent = take(4096);
    const Bytes& Bt = matrix(hash_at(in_.challenge, 72), k_);
    const auto i32 = static_cast<std::uint32_t>(i);
    const std::uint32_t w = F(word(t, 1) + i32 * 0x9E3779B1) | 1, a = F(word(t, 2) + i32 * 0x85EBCA77);
    Bytes output;
    for (std::uint64_t j = 1024 * q; j < 1024 * q + 1024; ++j) {
      std::int32_t C = 0;
      for (std::uint64_t l = 0; l < k_; ++l)
        C += static_cast<std::int8_t>(Z[l]) * static_cast<std::int8_t>(Bt[j * k_ + l]);
      const auto claimed = static_cast<std::uint32_t>(number(sent.subspan(4 * (j - 1024 * q), 4)));
      require(claimed == static_cast<std::uint32_t>(C), "freivalds");
      output.push_back(Q(claimed * w + a + F(word(t, 3) + static_cast<std::uint32_t>(j) * 0x27D4EB2F)));
    }
    const std::uint64_t index = i * W_ + q;
    require(opens(chunk_value(output, index), index, n_l_, d_[t]), "output-path");
  }

  void checkpoint(const Draw& c) {
    const View segment = take(4096);
    const std::uint64_t inside = c.gamma % (k_ * k_ / 4096);
    std::vector<Hash> four;
    for (std::uint64_t e = 0; e < 4; ++e)
      four.push_back(chunk_value(segment.subspan(1024 * e, 1024), 4 * inside + e));
    const Hash subtree =
        parent_value(parent_value(four[0], four[1], false), parent_value(four[2], four[3], false), false);
    require(opens(subtree, inside, n_l_ / 4, d_[c.t]), "segment-path");
    const View chunk = take(1024);
    const Bytes g = chacha8(G_[c.s - 1], 0, 4096);
    std::uint64_t f = 0;
    for (std::size_t w = 0; w < 512; ++w)
      f += number(segment.subspan(8 * w, 8)) * number(View(g).subspan(8 * w, 8));
    require(number(chunk.subspan(8 * (c.gamma % 128), 8)) == f, "sweep-value");
    require(opens(chunk_value(chunk, c.gamma / 128), c.gamma / 128, M(), F_[c.s]), "sweep-path");
    gemm(c.t, c.i, c.q);
    std::uint64_t t = c.t, i = c.i;
    for (const std::uint64_t q : c.below) {
      i = (i + delta(t, q)) % k_;
      if (--t == 0) break;
      gemm(t, i, q);
    }
  }

  /// Takes the path of a leaf from the transcript; whether it leads to `root`.
  bool opens(const Hash& value, std::uint64_t leaf, std::uint64_t leaves, const Hash& root) {
    std::vector<Hash> path(depth_of(leaf, leaves));
    for (Hash& sibling : path) sibling = take_hash();
    return climb(value, leaf, leaves, path) == root;
  }

  static bool equal(View a, const Hash& b) { return std::ranges::equal(a, b); }
  static Hash hash_at(View bytes, std::uint64_t offset) {
    Hash hash{};
    std::ranges::copy(bytes.subspan(offset, 32), hash.begin());
    return hash;
  }
  View take(std::uint64_t count) {
    position_ += count;
    return View(in_.transcript).subspan(position_ - count, count);
  }
  Hash take_hash() { return hash_at(take(32), 0); }

  const Input& in_;
  std::uint64_t rho_ = 0, D_ = 0, N_ = 0, S_ = 0, su_ = 0, sc_ = 0, V_ = 0;
  std::uint64_t k_ = 0, R_ = 0, W_ = 0, n_l_ = 0, p_ = 0;
  std::vector<std::optional<Hash>> n_, m_;
  std::vector<Draw> uniform_, checkpoints_;
  std::vector<std::uint64_t> x0_;
  Hash c_{};
  std::vector<Hash> d_, h_, F_, G_;
  std::uint64_t position_ = 0;
};

inline std::string verify(const Input& input) { return Verifier(input).verdict(); }

}  // namespace souk::capacity::simple
