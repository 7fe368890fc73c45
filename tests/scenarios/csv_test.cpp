#include "scenarios/csv.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/temporary_folder.hpp"

namespace souk::scenarios {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

/// A file that is gone with the test.
class TempCsv {
 public:
  explicit TempCsv(const std::string& bytes) : path_(folder_.write("rows.csv", bytes)) {}
  const std::string& path() const { return path_; }

 private:
  test::TemporaryFolder folder_;
  std::string path_;
};

/// Reads all rows of `a` and `b`; the message of the first error, or "".
std::string error_of(const std::string& bytes) {
  const TempCsv file(bytes);
  CsvReader csv(file.path());
  const std::size_t a = csv.column("a");
  const std::size_t b = csv.column("b");
  while (csv.next()) {
    csv.integer(a, 0, 100);
    csv.number(b, -1, 1);
  }
  const auto result = csv.result();
  return result ? "" : result.error().message.substr(file.path().size());
}

TEST(Csv, ColumnsAreFoundByNameInAnyOrder) {
  const TempCsv file("x,b,a\r\n1,0.5,7\r\n\r\n2,-0.25,8");
  CsvReader csv(file.path());
  const std::size_t a = csv.column("a");
  const std::size_t b = csv.column("b");
  ASSERT_TRUE(csv.next());
  EXPECT_EQ(csv.integer(a, 0, 9), 7);
  EXPECT_EQ(csv.number(b, -1, 1), 0.5);
  EXPECT_EQ(csv.line(), 2u);
  ASSERT_TRUE(csv.next());
  EXPECT_EQ(csv.integer(a, 0, 9), 8);
  EXPECT_EQ(csv.number(b, -1, 1), -0.25);
  EXPECT_EQ(csv.line(), 4u);
  EXPECT_FALSE(csv.next());
  EXPECT_TRUE(csv.ok());
}

TEST(Csv, QuotedFieldsMayHoldCommasAndQuotes) {
  const TempCsv file("\xEF\xBB\xBF\"a\",b\n\"x,y\",\"say \"\"hi\"\"\"\n,\"\"\n");
  CsvReader csv(file.path());
  const std::size_t a = csv.column("a");
  const std::size_t b = csv.column("b");
  ASSERT_TRUE(csv.next());
  EXPECT_EQ(csv.text(a), "x,y");
  EXPECT_EQ(csv.text(b), "say \"hi\"");
  ASSERT_TRUE(csv.next());
  EXPECT_EQ(csv.text(a), "");
  EXPECT_EQ(csv.text(b), "");
}

TEST(Csv, WhatIsWrongIsToldWithFileAndLineAndWhatWouldBeRight) {
  EXPECT_EQ(error_of("a,b\n1,0\n100,-1\n"), "");
  EXPECT_EQ(error_of("a,c\n1,0\n"), ":1: no column `b`; there are: a c");
  EXPECT_EQ(error_of("a,b\n1,0\n1\n"), ":3: 1 fields; the header has 2");
  EXPECT_EQ(error_of("a,b\n1,0,3\n"), ":2: 3 fields; the header has 2");
  EXPECT_EQ(error_of("a,b\nx,0\n"), ":2: column `a` is `x`; a whole number from 0 to 100 would be right");
  EXPECT_EQ(error_of("a,b\n101,0\n"), ":2: column `a` is `101`; a whole number from 0 to 100 would be right");
  EXPECT_EQ(error_of("a,b\n1.5,0\n"), ":2: column `a` is `1.5`; a whole number from 0 to 100 would be right");
  EXPECT_EQ(error_of("a,b\n99999999999999999999,0\n").substr(0, 4), ":2: ");
  EXPECT_EQ(error_of("a,b\n1,\n"), ":2: column `b` is ``; a number from -1 to 1 would be right");
  EXPECT_EQ(error_of("a,b\n1,nan\n"), ":2: column `b` is `nan`; a number from -1 to 1 would be right");
  EXPECT_EQ(error_of("a,b\n1,2\n"), ":2: column `b` is `2`; a number from -1 to 1 would be right");
  EXPECT_THAT(error_of("a,b\n\"1,0\n"), HasSubstr(":2: a quoted field does not end"));
  EXPECT_THAT(error_of("a,b\n\"1\"2,0\n"), HasSubstr(":2: text after a closing quote"));
  EXPECT_THAT(error_of("a,b\n1\"2,0\n"), HasSubstr(":2: a quote inside a field"));
  EXPECT_THAT(error_of(""), HasSubstr("is empty"));
}

TEST(Csv, TheFirstErrorSticks) {
  const TempCsv file("a,b\nx,y\n1,0\n");
  CsvReader csv(file.path());
  const std::size_t a = csv.column("a");
  ASSERT_TRUE(csv.next());
  EXPECT_EQ(csv.integer(a, 0, 9), 0);
  csv.refuse(1, "something else");
  EXPECT_FALSE(csv.next());
  EXPECT_THAT(csv.result().error().message,
              EndsWith(":2: column `a` is `x`; a whole number from 0 to 9 would be right"));
}

TEST(Csv, LinesAreBounded) {
  EXPECT_THAT(error_of("a,b\n" + std::string(CsvReader::line_bytes_max + 1, '1')),
              HasSubstr(":2: a line of more than"));
  EXPECT_THAT(error_of("a,b\n" + std::string(CsvReader::line_bytes_max, '1')), HasSubstr(":2: 1 fields"));
}

TEST(Csv, AMissingFileAndAFolderAreErrors) {
  CsvReader missing("/nonexistent.csv");
  EXPECT_THAT(missing.result().error().message, testing::StartsWith("/nonexistent.csv: No such file"));
  EXPECT_FALSE(missing.next());
  const test::TemporaryFolder place;
  CsvReader folder(place.path());
  EXPECT_THAT(folder.result().error().message, HasSubstr("is a folder"));
}

}  // namespace
}  // namespace souk::scenarios
