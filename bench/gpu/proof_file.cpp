#include "bench/gpu/proof_file.hpp"

#include <algorithm>

#include "bench/gpu/capacity.pb.h"
#include "bench/gpu/files.hpp"
#include "bench/gpu/keys.hpp"

namespace souk::gpu {
namespace {

template <class Range>
std::string text_of(const Range& bytes) {
  return {bytes.begin(), bytes.end()};
}

std::span<const std::uint8_t> bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

Result<Hash> hash_field(const std::string& text, const std::string& name) {
  Hash hash{};
  if (text.size() != hash.size())
    return fail(name + ": has " + std::to_string(text.size()) + " bytes, must have 32");
  std::ranges::copy(bytes_of(text), hash.begin());
  return hash;
}

template <class Message>
Bytes serialised(const Message& message) {
  const std::string text = message.SerializeAsString();
  return {text.begin(), text.end()};
}

/// Parses all of `bytes`; fields that the message does not have are refused as well.
template <class Message>
Result<Message> parsed(std::span<const std::uint8_t> bytes, const char* what) {
  Message message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) ||
      !message.GetReflection()->GetUnknownFields(message).empty())
    return fail(std::string("is not a ") + what + " file of souk-gpu");
  return message;
}

Result<capacity::Commit> commit_field(const std::string& text, const std::string& name) {
  auto commit = capacity::decode_commit(bytes_of(text));
  return commit ? std::move(commit) : fail(name + ": " + commit.error().message);
}

template <class T>
Result<T> named(const std::string& path, Result<T> result) {
  return result ? std::move(result) : fail(path + ": " + result.error().message);
}

/// Whether the secrets are those of the challenge's anchors and key.
Result<void> check_belongs(const TestChallenge& file) {
  for (std::size_t i = 0; i < file.secrets.size(); ++i) {
    if (capacity::NonceChain(file.secrets[i]).anchor != file.challenge.validators[i].nonce)
      return fail("secrets: number " + std::to_string(i + 1) + " does not lead to its validator's anchor");
  }
  if (public_key(file.provider_seed) != file.challenge.provider)
    return fail("provider_seed: is not of the challenge's provider key");
  return {};
}

}  // namespace

Bytes encode_file(const TestChallenge& file) {
  wire::TestChallenge message;
  message.set_challenge(text_of(capacity::encode_challenge(file.challenge)));
  for (const Hash& secret : file.secrets) message.add_secrets(text_of(secret));
  message.set_provider_seed(text_of(file.provider_seed));
  message.set_seed_block(text_of(file.seed_block));
  return serialised(message);
}

Bytes encode_file(const ProofFile& proof) {
  wire::Proof message;
  message.set_commit1(text_of(capacity::encode_commit(proof.fill)));
  message.set_commit2(text_of(capacity::encode_commit(proof.sweep)));
  message.set_transcript(text_of(proof.transcript));
  return serialised(message);
}

Result<TestChallenge> decode_challenge_file(std::span<const std::uint8_t> bytes) {
  const auto message = parsed<wire::TestChallenge>(bytes, "challenge");
  if (!message) return Unexpected{message.error()};
  auto challenge = capacity::decode_challenge(bytes_of(message->challenge()), capacity::Scope::tests);
  if (!challenge) return Unexpected{challenge.error()};
  TestChallenge file;
  file.challenge = std::move(*challenge);
  const std::size_t count = file.challenge.validators.size();
  if (static_cast<std::size_t>(message->secrets_size()) != count)
    return fail("secrets: there are " + std::to_string(message->secrets_size()) + ", there must be " +
                std::to_string(count));
  for (const std::string& text : message->secrets()) {
    const auto secret = hash_field(text, "secrets");
    if (!secret) return Unexpected{secret.error()};
    file.secrets.push_back(*secret);
  }
  const auto seed = hash_field(message->provider_seed(), "provider_seed");
  if (!seed) return Unexpected{seed.error()};
  const auto block = hash_field(message->seed_block(), "seed_block");
  if (!block) return Unexpected{block.error()};
  file.provider_seed = *seed;
  file.seed_block = *block;
  if (const auto belongs = check_belongs(file); !belongs) return Unexpected{belongs.error()};
  return file;
}

Result<ProofFile> decode_proof_file(std::span<const std::uint8_t> bytes) {
  const auto message = parsed<wire::Proof>(bytes, "proof");
  if (!message) return Unexpected{message.error()};
  const auto fill = commit_field(message->commit1(), "commit1");
  if (!fill) return Unexpected{fill.error()};
  const auto sweep = commit_field(message->commit2(), "commit2");
  if (!sweep) return Unexpected{sweep.error()};
  const auto transcript = bytes_of(message->transcript());
  return ProofFile{*fill, *sweep, Bytes(transcript.begin(), transcript.end())};
}

Result<TestChallenge> load_challenge(const std::string& path) {
  const auto bytes = load_file(path, max_challenge_file_bytes);
  if (!bytes) return Unexpected{bytes.error()};
  return named(path, decode_challenge_file(*bytes));
}

Result<ProofFile> load_proof(const std::string& path) {
  const auto bytes = load_file(path, max_proof_file_bytes);
  if (!bytes) return Unexpected{bytes.error()};
  return named(path, decode_proof_file(*bytes));
}

}  // namespace souk::gpu
