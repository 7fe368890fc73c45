#include "runtime/journal.hpp"
#include "actors/consensus/observation.hpp"

#include <sys/stat.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "actors/base/text.hpp"
#include "tests/runtime/temporary_file.hpp"

namespace souk::runtime {
namespace {

using testing::HasSubstr;

JournalHeader header(JournalEffects effects = JournalEffects::full) {
  return {.host = "sim",
          .seed = 7,
          .antithetic = true,
          .scenario_hash = {1, 2, 3},
          .scenario = "scenarios/quickstart.yaml",
          .revision = "abc",
          .genesis = Time(std::chrono::hours(5)),
          .effects = effects,
          .actors = {"validator-0", "tenant-0"}};
}

Time at(std::int64_t ns) { return Time(Duration(ns)); }

/// Three records, the second with two effects.
std::filesystem::path write_three(const TemporaryFolder& directory,
                                  JournalEffects effects = JournalEffects::full, bool complete = true) {
  const auto path = directory / "run.journal";
  auto writer = *JournalWriter::create(path, header(effects));
  const Effects two = {Send{ActorId{1}, Pong{ActorId{0}, 3}}, SetTimer{{1, 2}, at(99)}};
  writer.append(at(10), ActorId{0}, Started{}, {});
  writer.append(at(20), ActorId{0}, Ping{ActorId{1}, 3}, two);
  writer.append(at(20), ActorId{1}, Pong{ActorId{0}, 3}, {});
  EXPECT_TRUE(writer.finish({11, 12}, complete).has_value());
  return path;
}

std::vector<JournalRecord> read_all(JournalReader& reader) {
  std::vector<JournalRecord> records;
  while (true) {
    auto record = reader.next();
    EXPECT_TRUE(record.has_value()) << record.error().message;
    if (!record || !*record) return records;
    records.push_back(std::move(**record));
  }
}

/// The message of the first error when reading `path` to its end; empty if there is none.
std::string error_of(const std::filesystem::path& path, JournalReader::Options options = {}) {
  auto reader = JournalReader::open(path, options);
  if (!reader) return reader.error().message;
  while (true) {
    const auto record = reader->next();
    if (!record) return record.error().message;
    if (!*record) return "";
  }
}

TEST(Journal, GivesBackItsHeader) {
  const TemporaryFolder directory;
  const auto reader = JournalReader::open(write_three(directory));
  ASSERT_TRUE(reader.has_value());
  EXPECT_EQ(to_text(reader->header()), to_text(header()));
}

TEST(Journal, GivesBackRecordsWithTheirEffects) {
  const TemporaryFolder directory;
  auto reader = JournalReader::open(write_three(directory));
  ASSERT_TRUE(reader.has_value());
  const auto records = read_all(*reader);
  ASSERT_EQ(records.size(), 3u);
  EXPECT_EQ(records[1].at, at(20));
  EXPECT_EQ(records[1].actor, ActorId{0});
  EXPECT_EQ(std::get<Ping>(records[1].event).number, 3u);
  ASSERT_EQ(records[1].effects.size(), 2u);
  EXPECT_EQ(std::get<SetTimer>(records[1].effects[1]).at, at(99));
  EXPECT_EQ(records[1].effects_hash, effects_hash(records[1].effects));
  EXPECT_EQ(reader->end().record_count, 3u);
  EXPECT_EQ(reader->end().run_hash, (Fingerprint{11, 12}));
  EXPECT_TRUE(reader->end().complete);
  EXPECT_EQ(reader->ignored_bytes(), 0u);
}

TEST(Journal, KeepsOnlyHashesOfEffectsWhenAskedTo) {
  const TemporaryFolder directory;
  const auto full_size = std::filesystem::file_size(write_three(directory));
  const auto path = write_three(directory, JournalEffects::hash);
  EXPECT_LT(std::filesystem::file_size(path), full_size);
  auto reader = JournalReader::open(path);
  ASSERT_TRUE(reader.has_value());
  const auto records = read_all(*reader);
  ASSERT_EQ(records.size(), 3u);
  EXPECT_TRUE(records[1].effects.empty());
  const Effects two = {Send{ActorId{1}, Pong{ActorId{0}, 3}}, SetTimer{{1, 2}, at(99)}};
  EXPECT_EQ(records[1].effects_hash, effects_hash(two));
}

TEST(Journal, MarksAnInterruptedRun) {
  const TemporaryFolder directory;
  auto reader = JournalReader::open(write_three(directory, JournalEffects::full, false));
  ASSERT_TRUE(reader.has_value());
  read_all(*reader);
  EXPECT_FALSE(reader->end().complete);
  EXPECT_FALSE(reader->was_cut_off());
}

TEST(Journal, HasItsNameOnlyWhenFinished) {
  const TemporaryFolder directory;
  auto writer = *JournalWriter::create(directory / "run.journal", header());
  writer.append(at(10), ActorId{0}, Started{}, {});
  EXPECT_FALSE(std::filesystem::exists(directory / "run.journal"));
  EXPECT_TRUE(std::filesystem::exists(directory / "run.journal.partial"));
  ASSERT_TRUE(writer.finish({}).has_value());
  EXPECT_TRUE(std::filesystem::exists(directory / "run.journal"));
  EXPECT_FALSE(std::filesystem::exists(directory / "run.journal.partial"));
}

TEST(Journal, LeavesAPartialFileThatCanBeReadWhenNeverFinished) {
  const TemporaryFolder directory;
  {
    auto writer = *JournalWriter::create(directory / "run.journal", header());
    writer.append(at(10), ActorId{0}, Started{}, {});
  }
  EXPECT_THAT(error_of(directory / "run.journal.partial"), HasSubstr("it was cut off"));
  auto reader = JournalReader::open(directory / "run.journal.partial", {.allow_incomplete = true});
  ASSERT_TRUE(reader.has_value());
  EXPECT_EQ(read_all(*reader).size(), 1u);
  EXPECT_TRUE(reader->was_cut_off());
  EXPECT_FALSE(reader->end().complete);
}

TEST(Journal, CutOffAnywhereIsRefusedWithRecordAndByte) {
  const TemporaryFolder directory;
  const auto whole = file_bytes(write_three(directory));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    write_file(directory / "cut", {whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)});
    EXPECT_FALSE(error_of(directory / "cut").empty()) << "cut to " << size << " bytes";
  }
  write_file(directory / "cut", {whole.begin(), whole.end() - 1});
  EXPECT_THAT(error_of(directory / "cut"), testing::ContainsRegex("cut: record 3 at byte [0-9]+: .*cut off"));
}

TEST(Journal, CutOffIsReadUpToItsLastWholeRecordOnRequest) {
  const TemporaryFolder directory;
  const auto whole = file_bytes(write_three(directory));
  std::size_t previous_count = 0;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    write_file(directory / "cut", {whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)});
    auto reader = JournalReader::open(directory / "cut", {.allow_incomplete = true});
    if (!reader) continue;  // cut inside the header: nothing to use
    const std::size_t count = read_all(*reader).size();
    EXPECT_GE(count, previous_count);
    EXPECT_TRUE(reader->was_cut_off());
    EXPECT_LT(reader->ignored_bytes(), size);
    previous_count = count;
  }
  EXPECT_EQ(previous_count, 3u);
}

TEST(Journal, AnyDamagedByteIsRefusedEvenWhereIncompleteIsAllowed) {
  const TemporaryFolder directory;
  const auto whole = file_bytes(write_three(directory));
  for (std::size_t i = 0; i < whole.size(); ++i) {
    auto damaged = whole;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x10);
    write_file(directory / "damaged", damaged);
    EXPECT_FALSE(error_of(directory / "damaged", {.allow_incomplete = true}).empty()) << "byte " << i;
  }
}

TEST(Journal, DamageIsReportedWithRecordAndByte) {
  const TemporaryFolder directory;
  auto bytes = file_bytes(write_three(directory));
  bytes[bytes.size() - 60] = static_cast<char>(bytes[bytes.size() - 60] ^ 1);
  write_file(directory / "damaged", bytes);
  EXPECT_THAT(error_of(directory / "damaged"),
              testing::ContainsRegex("damaged: record [23] at byte [0-9]+: .*damaged here"));
}

TEST(Journal, BytesAfterTheEndMarkAreRefused) {
  const TemporaryFolder directory;
  auto bytes = file_bytes(write_three(directory));
  bytes.push_back('x');
  write_file(directory / "long", bytes);
  EXPECT_THAT(error_of(directory / "long"), HasSubstr("1 bytes follow the end mark"));
}

TEST(Journal, ADroppedRecordIsNoticed) {
  const TemporaryFolder directory;
  const auto path = directory / "run.journal";
  auto writer = *JournalWriter::create(path, header());
  ASSERT_TRUE(writer.finish({}).has_value());
  const std::size_t head = file_bytes(path).size() - 16 - 26;  // the end mark: frame head, kind, 8 + 16 + 1
  const auto three = file_bytes(write_three(directory));
  // The first record is Started with no effects: frame head, kind, time, actor, event, hash, count.
  const std::size_t record = 16 + 1 + 8 + 4 + 1 + 16 + 4;
  auto dropped = std::vector<char>(three.begin(), three.begin() + static_cast<std::ptrdiff_t>(head));
  dropped.insert(dropped.end(), three.begin() + static_cast<std::ptrdiff_t>(head + record), three.end());
  write_file(directory / "dropped", dropped);
  EXPECT_THAT(error_of(directory / "dropped"), HasSubstr("record 0 at byte " + std::to_string(head)));
}

TEST(Journal, WhatIsNoJournalIsRefusedByName) {
  const TemporaryFolder directory;
  write_file(directory / "text", {'h', 'e', 'l', 'l', 'o', ' ', 'w', 'o', 'r', 'l', 'd'});
  EXPECT_THAT(error_of(directory / "text"), HasSubstr("text: not a journal of this version"));
  EXPECT_THAT(error_of(directory / "missing"), HasSubstr("missing: can not read"));
  EXPECT_THAT(error_of(directory.path()), HasSubstr("can not read"));
}

TEST(Journal, CanNotBeCreatedWhereNothingCanBeWritten) {
  const auto writer = JournalWriter::create("/nowhere/at/all/run.journal", header());
  ASSERT_FALSE(writer.has_value());
  EXPECT_THAT(writer.error().message,
              HasSubstr("/nowhere/at/all/run.journal.partial: can not create: No such file"));
}

TEST(Journal, DoesNotTakeThePlaceOfADevice) {
  const TemporaryFolder directory;
  ASSERT_EQ(::mkfifo((directory / "pipe").c_str(), 0600), 0);
  const auto writer = JournalWriter::create(directory / "pipe", header());
  ASSERT_FALSE(writer.has_value());
  EXPECT_THAT(writer.error().message, HasSubstr("pipe: can not create: not a plain file"));
  EXPECT_EQ(directory.names(), std::vector<std::string>{"pipe"});
}

TEST(Journal, AFullDiskIsReportedAndLeavesNoJournal) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "needs /dev/full";
  const TemporaryFolder directory;
  std::filesystem::create_symlink("/dev/full", directory / "run.journal.partial");
  auto writer = *JournalWriter::create(directory / "run.journal", header());
  writer.append(at(10), ActorId{0}, Started{}, {});
  const auto finished = writer.finish({});
  ASSERT_FALSE(finished.has_value());
  EXPECT_THAT(finished.error().message, HasSubstr("No space left on device"));
  EXPECT_FALSE(std::filesystem::exists(directory / "run.journal"));
}

}  // namespace
}  // namespace souk::runtime
