#include "actors/consensus/wal.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string_view>

#include "actors/base/text.hpp"
#include "tests/consensus/blocks_fixture.hpp"

namespace souk::consensus {
namespace {

using Kind = FileEnd::Kind;
constexpr std::uint32_t payload_max = std::uint32_t{1} << 20;

/// One record of each kind, a statement last: the order in which a crash is most dangerous.
std::vector<WalRecord> sample_records() {
  const ValidatorSet set = test::set_of({4, 3, 2, 1});
  const SharedValue value = make_value(test::sample_block(50), {});
  const ValueId id = value_id(value->header);
  const auto message = [](Message m) { return std::make_shared<const Envelope>(Envelope{std::move(m)}); };
  return {FileHead{1, test::chain, set[0].key},
          Entered{{7}, 0, Step::propose},
          OwnValue{{7}, 0, value},
          Verdict{{7}, id, true},
          OwnStatement{{Step::propose, {7}, 0, id, no_round}, value->header},
          Received{ActorId{3}, message(test::vote_by(set, 1, Step::prevote, 0, id, {7}))},
          Received{ActorId{2}, message(cut(*value, {7}, 0, {})[0])},
          OwnStatement{{Step::prevote, {7}, 0, id, no_round}, std::nullopt},
          TimedOut{{7}, 0, Step::prevote},
          EndHeight{{7}},
          OwnStatement{{Step::precommit, {8}, 0, std::nullopt, no_round}, std::nullopt}};
}

struct File {
  Bytes bytes;
  std::vector<std::size_t> ends;  ///< of each frame
};
template <class Record>
File file_of(const std::vector<Record>& records) {
  File file;
  for (const Record& record : records) {
    const auto framed = frame(record);
    file.bytes.insert(file.bytes.end(), framed->begin(), framed->end());
    file.ends.push_back(file.bytes.size());
  }
  return file;
}

template <class Record>
struct Reading {
  std::vector<Record> records;
  FileEnd end;
};
template <class Record>
Reading<Record> read_all(std::span<const std::uint8_t> bytes, std::uint32_t max = payload_max) {
  FileReader<Record> reader(bytes, max);
  Reading<Record> reading;
  while (auto record = reader.next()) reading.records.push_back(std::move(*record));
  reading.end = reader.end();
  EXPECT_EQ(reading.end.offset, reader.offset());
  EXPECT_FALSE(reader.next()) << "the end is the end";
  return reading;
}

template <class Record>
void expect_first(const std::vector<Record>& read, const std::vector<Record>& written, std::size_t count) {
  ASSERT_EQ(read.size(), count);
  for (std::size_t i = 0; i < count; ++i)
    ASSERT_EQ(encode(read[i]), encode(written[i])) << to_text(written[i]);
}

// RFC 3720, appendix B.4.
TEST(Crc32c, AgreesWithTheExamplesOfRfc3720) {
  EXPECT_EQ(crc32c(Bytes(32, 0)), 0x8a9136aau);
  EXPECT_EQ(crc32c(Bytes(32, 0xff)), 0x62a8ab43u);
  Bytes ascending, descending;
  for (std::uint8_t i = 0; i < 32; ++i) ascending.push_back(i);
  descending.assign(ascending.rbegin(), ascending.rend());
  EXPECT_EQ(crc32c(ascending), 0x46dd794eu);
  EXPECT_EQ(crc32c(descending), 0x113fdb5cu);
  const std::string_view digits = "123456789";
  EXPECT_EQ(crc32c(Bytes(digits.begin(), digits.end())), 0xe3069283u);
  EXPECT_EQ(crc32c({}), 0u);
}

TEST(Wal, WhatIsWrittenIsRead) {
  const auto records = sample_records();
  const auto reading = read_all<WalRecord>(file_of(records).bytes);
  expect_first(reading.records, records, records.size());
  EXPECT_EQ(reading.end.kind, Kind::clean);
  EXPECT_EQ(reading.end.why, "");
  EXPECT_FALSE(reading.end.may_hold_statement);
}

TEST(Wal, AnEmptyFileEndsCleanly) {
  EXPECT_EQ(read_all<WalRecord>({}).end.kind, Kind::clean);
  EXPECT_EQ(read_all<StoreRecord>({}).end.kind, Kind::clean);
}

// Issue 3: a write-ahead log torn at every byte offset recovers or refuses with a clear reason.
TEST(Wal, TornAtEveryByteItKeepsTheWholeRecordsAndSaysWhatWasLost) {
  const auto records = sample_records();
  const File file = file_of(records);
  std::size_t whole = 0;
  for (std::size_t size = 0; size <= file.bytes.size(); ++size) {
    if (whole < file.ends.size() && size == file.ends[whole]) ++whole;
    const std::size_t start = whole == 0 ? 0 : file.ends[whole - 1];
    const auto reading = read_all<WalRecord>(std::span(file.bytes).first(size));
    expect_first(reading.records, records, whole);
    ASSERT_EQ(reading.end.offset, start);
    if (size == start) {
      ASSERT_EQ(reading.end.kind, Kind::clean);
      continue;
    }
    ASSERT_EQ(reading.end.kind, Kind::torn) << size;
    ASSERT_FALSE(reading.end.why.empty());
    const bool kind_is_there = size - start > 8;
    const bool is_statement = std::holds_alternative<OwnStatement>(records[whole]);
    ASSERT_EQ(reading.end.may_hold_statement, !kind_is_there || is_statement) << size;
  }
}

TEST(Wal, EveryFlippedBitIsFoundWhereItIs) {
  const auto records = sample_records();
  File file = file_of(records);
  for (std::size_t bit = 0; bit < 8 * file.bytes.size(); ++bit) {
    const auto mask = static_cast<std::uint8_t>(1u << bit % 8);
    file.bytes[bit / 8] ^= mask;
    const auto hit =
        static_cast<std::size_t>(std::ranges::upper_bound(file.ends, bit / 8) - file.ends.begin());
    const auto reading = read_all<WalRecord>(file.bytes);
    expect_first(reading.records, records, hit);
    const bool is_last = hit + 1 == records.size();
    ASSERT_EQ(reading.end.kind, is_last ? Kind::torn : Kind::corrupt) << bit << ": " << reading.end.why;
    ASSERT_EQ(reading.end.offset, hit == 0 ? 0 : file.ends[hit - 1]);
    ASSERT_TRUE(reading.end.may_hold_statement)
        << "the last record is a statement, a corrupt file may hold any";
    file.bytes[bit / 8] ^= mask;
  }
}

TEST(Wal, ADamagedTailThatWasNoStatementSaysSo) {
  auto records = sample_records();
  records.pop_back();  // END_HEIGHT is last
  File file = file_of(records);
  file.bytes.back() ^= 1;
  const auto reading = read_all<WalRecord>(file.bytes);
  EXPECT_EQ(reading.end.kind, Kind::torn);
  EXPECT_EQ(reading.end.why, "the checksum of the frame is wrong");
  EXPECT_FALSE(reading.end.may_hold_statement);
}

TEST(Wal, AStatementUnderTheKindOfAnotherRecordIsKnownByItsSize) {
  File file = file_of(sample_records());
  const std::size_t start = file.ends[file.ends.size() - 2];
  file.bytes[start + 8] = 7;  // the kind of END_HEIGHT
  const auto reading = read_all<WalRecord>(file.bytes);
  EXPECT_EQ(reading.end.kind, Kind::torn);
  EXPECT_TRUE(reading.end.may_hold_statement);
}

TEST(Wal, GarbageBehindTheLastRecordIsCutOff) {
  const auto records = sample_records();
  const File file = file_of(records);
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Rng rng(seed, ActorId{0}, Purpose::test, 0);
    Bytes bytes = file.bytes;
    const std::uint64_t count = 1 + rng.below(300);
    for (std::uint64_t i = 0; i < count; ++i)
      bytes.push_back(seed % 4 == 0 ? std::uint8_t{0} : static_cast<std::uint8_t>(rng.next()));
    const auto reading = read_all<WalRecord>(bytes);
    expect_first(reading.records, records, records.size());
    ASSERT_EQ(reading.end.kind, Kind::torn);
    ASSERT_EQ(reading.end.offset, file.bytes.size());
  }
}

TEST(Wal, AFrameOfTheLargestSizeIsReadAndALargerOneRefused) {
  const auto record = sample_records()[2];
  const auto framed = frame(record);
  const auto size = static_cast<std::uint32_t>(framed->size() - 8);
  EXPECT_EQ(read_all<WalRecord>(*framed, size).end.kind, Kind::clean);
  const auto refused = read_all<WalRecord>(*framed, size - 1);
  EXPECT_EQ(refused.end.kind, Kind::torn);
  EXPECT_EQ(refused.end.why, "the frame claims " + std::to_string(size) + " bytes; 1 to " +
                                 std::to_string(size - 1) + " are possible");
  const Bytes claims_all{1, 2, 3, 4, 0xff, 0xff, 0xff, 0xff, 0};
  EXPECT_EQ(read_all<WalRecord>(claims_all).end.why,
            "the frame claims 4294967295 bytes; 1 to 1048576 are possible");
}

/// A frame with a right checksum around these bytes.
Bytes framed(const Bytes& payload) {
  Bytes bytes(4);
  encode_to(bytes, static_cast<std::uint32_t>(payload.size()));
  bytes.insert(bytes.end(), payload.begin(), payload.end());
  const Bytes crc = encode(crc32c(std::span(bytes).subspan(4)));
  std::copy(crc.begin(), crc.end(), bytes.begin());
  return bytes;
}

TEST(Wal, AWholeFrameThatIsNoRecordIsCorrupt) {
  struct Case {
    std::string_view what;
    Bytes payload;
  };
  const Case cases[] = {
      {"no such kind", {8}},
      {"ends early", {7, 1, 2}},
      {"too long", {7, 1, 0, 0, 0, 0, 0, 0, 0, 9}},
      {"a message that is not there", {1, 0, 0, 0, 0, 0}},
      {"a value that is not there", {3, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}},
  };
  for (const Case& c : cases) {
    const Bytes bytes = framed(c.payload);
    const auto reading = read_all<WalRecord>(bytes);
    EXPECT_TRUE(reading.records.empty()) << c.what;
    EXPECT_EQ(reading.end.kind, Kind::corrupt) << c.what;
    EXPECT_EQ(reading.end.why.substr(0, 29), "a whole frame holds no record") << c.what;
    EXPECT_TRUE(reading.end.may_hold_statement) << c.what;
  }
}

std::vector<StoreRecord> sample_store() {
  const Block block = test::sample_block(50);
  const SharedValue value = make_value(block, {});
  return {FileHead{1, test::chain, std::nullopt}, CertifiedValue{value, block.last_commit},
          SignedCopy{{Step::precommit, {7}, 0, value_id(value->header), no_round}}, Evidence{},
          CertifiedValue{value, block.last_commit}};
}

TEST(Store, TornAtEveryByteItKeepsTheWholeRecords) {
  const auto records = sample_store();
  const File file = file_of(records);
  std::size_t whole = 0;
  for (std::size_t size = 0; size <= file.bytes.size(); ++size) {
    if (whole < file.ends.size() && size == file.ends[whole]) ++whole;
    const std::size_t start = whole == 0 ? 0 : file.ends[whole - 1];
    const auto reading = read_all<StoreRecord>(std::span(file.bytes).first(size));
    expect_first(reading.records, records, whole);
    ASSERT_EQ(reading.end.kind, size == start ? Kind::clean : Kind::torn);
    ASSERT_EQ(reading.end.offset, start);
  }
}

TEST(Store, EveryFlippedBitIsFoundWhereItIs) {
  const auto records = sample_store();
  File file = file_of(records);
  for (std::size_t bit = 0; bit < 8 * file.bytes.size(); ++bit) {
    const auto mask = static_cast<std::uint8_t>(1u << bit % 8);
    file.bytes[bit / 8] ^= mask;
    const auto hit =
        static_cast<std::size_t>(std::ranges::upper_bound(file.ends, bit / 8) - file.ends.begin());
    const auto reading = read_all<StoreRecord>(file.bytes);
    expect_first(reading.records, records, hit);
    ASSERT_EQ(reading.end.kind, hit + 1 == records.size() ? Kind::torn : Kind::corrupt) << bit;
    file.bytes[bit / 8] ^= mask;
  }
}

TEST(Store, AValueOfTheLargestSizeWithTheLargestCommitFitsAFrame) {
  const BlockLimits limits{.bytes_max = 100'000};
  Value value;
  value.payload.resize(limits.bytes_max);
  Commit commit;
  commit.signatures.resize(validator_count_max);
  const StoreRecord record = CertifiedValue{std::make_shared<const Value>(value), commit};
  EXPECT_EQ(read_all<StoreRecord>(*frame(record), frame_payload_max(limits)).end.kind, Kind::clean);
}

}  // namespace
}  // namespace souk::consensus
