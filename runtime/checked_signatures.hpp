#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "runtime/signatures.hpp"

namespace souk::runtime {

/// Checks signatures for all actors of one thread. All validators of a run ask about the same votes; one that
/// was right for the first is not computed again for the others. What is remembered is the whole question,
/// key, bytes and signature, so the answer is always the scheme's. Memory: 1,024 questions.
class CheckedSignatures {
 public:
  /// As verify_all. REQUIRES: the same scheme every time.
  bool verify_all(const SignatureScheme& scheme, std::span<const SignatureCheck> checks);

 private:
  bool verify(const SignatureScheme& scheme, const SignatureCheck& check);

  std::vector<SignatureCheck> known_;  ///< right ones, each where its signature says; empty before the first
};

}  // namespace souk::runtime
