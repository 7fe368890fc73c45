#include "runtime/journal.hpp"
#include "actors/consensus/observation.hpp"

#include <fmt/core.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "actors/base/codec.hpp"
#include "runtime/journal_frame.hpp"

namespace souk::runtime {
namespace {

using std::filesystem::path;

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

std::string system_error() { return std::strerror(errno); }

path partial_path(const path& final_path) { return final_path.string() + ".partial"; }

}  // namespace

// ---- writing ----------------------------------------------------------------------------------------

struct JournalWriter::State {
  path final_path;
  JournalHeader header;
  File file;
  Bytes buffer;  ///< framed, not yet written
  std::uint64_t frame_count = 0;
  std::uint64_t record_count = 0;
  std::string error;  ///< the first

  /// Frames what `fill` appends to the buffer.
  template <class Fill>
  void frame(Fill&& fill) {
    const std::size_t start = begin_frame(buffer);
    fill(buffer);
    if (!end_frame(buffer, start, frame_count++) && error.empty()) {
      error = fmt::format("{}: record {} is larger than {} bytes", final_path.string(), record_count,
                          frame_bytes_max);
    }
    if (buffer.size() >= buffer_bytes) write_out();
  }

  void write_out() {
    if (error.empty() && std::fwrite(buffer.data(), 1, buffer.size(), file.get()) != buffer.size()) {
      error = fmt::format("{}: can not write: {}", partial_path(final_path).string(), system_error());
    }
    buffer.clear();
  }

  static constexpr std::size_t buffer_bytes = 1u << 20;
};

JournalWriter::JournalWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
JournalWriter::JournalWriter(JournalWriter&&) noexcept = default;
JournalWriter& JournalWriter::operator=(JournalWriter&&) noexcept = default;
JournalWriter::~JournalWriter() {
  if (state_ != nullptr && state_->file != nullptr) state_->write_out();
}

Result<JournalWriter> JournalWriter::create(const path& final_path, const JournalHeader& header) {
  // The finished journal takes the place of what has its name: of an older file, but not of a device.
  std::error_code not_there;
  const auto status = std::filesystem::status(final_path, not_there);
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
    return fail(fmt::format("{}: can not create: not a plain file", final_path.string()));
  }
  auto state = std::make_unique<State>();
  state->final_path = final_path;
  state->header = header;
  state->file.reset(std::fopen(partial_path(final_path).c_str(), "wb"));
  if (state->file == nullptr) {
    return fail(fmt::format("{}: can not create: {}", partial_path(final_path).string(), system_error()));
  }
  std::setvbuf(state->file.get(), nullptr, _IONBF, 0);  // the buffer above is the buffer
  state->buffer.assign(journal_magic.begin(), journal_magic.end());
  state->frame([&](Bytes& out) { encode_header(out, header); });
  return JournalWriter(std::move(state));
}

const JournalHeader& JournalWriter::header() const { return state_->header; }
std::uint64_t JournalWriter::record_count() const { return state_->record_count; }

void JournalWriter::append(Time at, ActorId actor, const Event& event, std::span<const Effect> effects) {
  SOUK_CHECK(actor.value < state_->header.actors.size());
  state_->frame([&](Bytes& out) {
    encode_record(out, at, actor, event, effects, state_->header.effects == JournalEffects::full);
  });
  ++state_->record_count;
}

Result<void> JournalWriter::status() const {
  if (!state_->error.empty()) return fail(state_->error);
  return {};
}

Result<void> JournalWriter::finish(const Fingerprint& run_hash, bool complete) {
  SOUK_CHECK(state_->file != nullptr && "finished once");
  state_->frame([&](Bytes& out) { encode_end(out, {state_->record_count, run_hash, complete}); });
  state_->write_out();
  if (std::fclose(state_->file.release()) != 0 && state_->error.empty()) {
    state_->error =
        fmt::format("{}: can not write: {}", partial_path(state_->final_path).string(), system_error());
  }
  if (state_->error.empty()) {
    std::error_code error;
    std::filesystem::rename(partial_path(state_->final_path), state_->final_path, error);
    if (error) {
      state_->error = fmt::format("{}: can not rename the finished journal to this: {}",
                                  state_->final_path.string(), error.message());
    }
  }
  return status();
}

// ---- reading ----------------------------------------------------------------------------------------

struct JournalReader::State {
  path file_path;
  Options options;
  File file;
  std::uint64_t size = 0;      ///< of the file, in bytes
  std::uint64_t position = 0;  ///< of the next frame
  std::uint64_t frame_count = 0;
  std::uint64_t record_count = 0;
  JournalHeader header;
  std::optional<JournalEnd> end;  ///< set once there is no next record
  bool was_cut_off = false;
  std::uint64_t ignored_bytes = 0;
  Bytes body;  ///< reused

  Unexpected<Error> refuse(const std::string& why) const {
    return fail(fmt::format("{}: record {} at byte {}: {}", file_path.string(), record_count, position, why));
  }

  /// What to do with a file that ends before its end mark does.
  Result<std::optional<JournalRecord>> cut_off() {
    const std::uint64_t rest = size - position;
    if (!options.allow_incomplete) {
      return refuse(
          fmt::format("the journal ends without its end mark (the last {} bytes hold no whole record): "
                      "it was cut off; --allow-incomplete takes what is there",
                      rest));
    }
    was_cut_off = true;
    ignored_bytes = rest;
    end = JournalEnd{record_count, {}, false};
    return std::optional<JournalRecord>();
  }

  /// Reads the next frame's body. None: the file ends inside it. An error: it is damaged.
  Result<bool> read_frame() {
    std::array<std::uint8_t, frame_head_bytes> head{};
    if (size - position < head.size()) return false;
    if (!read(head)) return refuse("can not read: " + system_error());
    const auto parsed = parse_frame_head(head, frame_count);
    if (!parsed) return refuse(parsed.error().message);
    if (parsed->length > size - position - head.size()) return false;
    body.resize(parsed->length);
    if (!read(body)) return refuse("can not read: " + system_error());
    if (frame_checksum(body, frame_count) != parsed->checksum) {
      return refuse("the checksum does not match: the file is damaged here");
    }
    return true;
  }
  bool read(std::span<std::uint8_t> into) {
    return std::fread(into.data(), 1, into.size(), file.get()) == into.size();
  }
  void pass_frame() {
    position += frame_head_bytes + body.size();
    ++frame_count;
  }
};

JournalReader::JournalReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
JournalReader::JournalReader(JournalReader&&) noexcept = default;
JournalReader& JournalReader::operator=(JournalReader&&) noexcept = default;
JournalReader::~JournalReader() = default;

Result<JournalReader> JournalReader::open(const path& file_path, Options options) {
  auto state = std::make_unique<State>();
  state->file_path = file_path;
  state->options = options;
  std::error_code error;
  state->size = std::filesystem::file_size(file_path, error);
  if (error) return fail(fmt::format("{}: can not read: {}", file_path.string(), error.message()));
  state->file.reset(std::fopen(file_path.c_str(), "rb"));
  if (state->file == nullptr)
    return fail(fmt::format("{}: can not open: {}", file_path.string(), system_error()));

  std::array<std::uint8_t, journal_magic.size()> magic{};
  if (state->size < magic.size() || !state->read(magic) ||
      !std::equal(magic.begin(), magic.end(), journal_magic.begin())) {
    return fail(fmt::format("{}: not a journal of this version: it should begin with \"{}\"",
                            file_path.string(), journal_magic));
  }
  state->position = magic.size();
  const auto whole = state->read_frame();
  if (!whole) return fail(whole.error().message);
  if (!*whole) return fail(fmt::format("{}: cut off inside its header", file_path.string()));
  auto header = decode_header(state->body);
  if (!header) return fail(fmt::format("{}: header: {}", file_path.string(), header.error().message));
  state->header = std::move(*header);
  state->pass_frame();
  return JournalReader(std::move(state));
}

const JournalHeader& JournalReader::header() const { return state_->header; }

Result<std::optional<JournalRecord>> JournalReader::next() {
  State& s = *state_;
  if (s.end) return std::optional<JournalRecord>();
  const auto whole = s.read_frame();
  if (!whole) return fail(whole.error().message);
  if (!*whole) return s.cut_off();
  auto body = decode_body(s.body, s.header);
  if (!body) return s.refuse(body.error().message);
  if (const auto* end = std::get_if<JournalEnd>(&*body)) {
    if (end->record_count != s.record_count) {
      return s.refuse(fmt::format("the end mark counts {} records, the file holds {}", end->record_count,
                                  s.record_count));
    }
    s.pass_frame();
    if (s.position != s.size)
      return s.refuse(fmt::format("{} bytes follow the end mark", s.size - s.position));
    s.end = *end;
    return std::optional<JournalRecord>();
  }
  s.pass_frame();
  ++s.record_count;
  return std::optional<JournalRecord>(std::move(std::get<JournalRecord>(*body)));
}

const JournalEnd& JournalReader::end() const {
  SOUK_CHECK(state_->end.has_value());
  return *state_->end;
}
bool JournalReader::was_cut_off() const { return state_->was_cut_off; }
std::uint64_t JournalReader::ignored_bytes() const { return state_->ignored_bytes; }

}  // namespace souk::runtime
