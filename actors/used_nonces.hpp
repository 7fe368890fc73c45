#pragma once

#include <array>
#include <cstdint>
#include <map>

#include "actors/base/ids.hpp"

namespace souk {

/// Which transactions of each account are in the chain already, so that none is applied twice: a block that
/// holds a used one is invalid. An account may have its transactions applied out of order, as they come over
/// a lossy network, within a window of nonces below its highest; what is below the window counts as used.
/// A value; 48 bytes an account that ever signed. (A Cosmos chain asks for exact sequences instead, so that
/// one lost transaction holds up all that follow.)
class UsedNonces {
 public:
  static constexpr std::uint64_t window = 256;

  bool is_used(const Address& signer, std::uint64_t nonce) const {
    const auto found = accounts_.find(signer);
    if (found == accounts_.end() || nonce > found->second.highest) return false;
    const std::uint64_t back = found->second.highest - nonce;
    return back >= window || (found->second.used[back / 64] >> (back % 64) & 1u) != 0;
  }

  void use(const Address& signer, std::uint64_t nonce) {
    const auto [place, fresh] = accounts_.try_emplace(signer);
    Account& account = place->second;
    if (fresh) account.highest = nonce;
    if (nonce > account.highest) {
      shift(account, nonce - account.highest);
      account.highest = nonce;
    }
    const std::uint64_t back = account.highest - nonce;
    if (back < window) account.used[back / 64] |= std::uint64_t{1} << (back % 64);
  }

 private:
  struct Account {
    std::uint64_t highest = 0;
    std::array<std::uint64_t, window / 64> used{};  ///< bit i: highest - i
  };

  static void shift(Account& account, std::uint64_t by) {
    if (by >= window) {
      account.used = {};
      return;
    }
    const std::uint64_t words = by / 64;
    const std::uint64_t bits = by % 64;
    for (std::uint64_t i = account.used.size(); i-- > 0;) {
      const std::uint64_t from = i >= words ? account.used[i - words] : 0;
      const std::uint64_t carry = i > words && bits != 0 ? account.used[i - words - 1] >> (64 - bits) : 0;
      account.used[i] = (from << bits) | carry;
    }
  }

  std::map<Address, Account> accounts_;
};

}  // namespace souk
