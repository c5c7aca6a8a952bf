#include "actors/search/import/csv_reader.hpp"

#include <sstream>

#include <catch2/catch_test_macros.hpp>

using namespace troupe::actors::search;

namespace {

std::vector<csv_record> records(const std::string& text) {
  std::istringstream from{text};
  line_reader lines{from};
  csv_reader reader{lines};
  std::vector<csv_record> result;
  csv_record record;
  while (reader.next(record))
    result.push_back(record);
  return result;
}

using fields = std::vector<std::string>;

} // namespace

TEST_CASE("fields may be quoted, empty and hold separators and quotes") {
  const auto found = records("a,b,c\n1,\"x, y\",\"say \"\"hi\"\"\"\n,,\n");
  REQUIRE(found.size() == 3);
  CHECK(found[1].fields == fields{"1", "x, y", "say \"hi\""});
  CHECK(found[2].fields == fields{"", "", ""});
}

TEST_CASE("a quoted field may hold line breaks, and the record's line is its first") {
  const auto found = records("a,b\n1,\"one\ntwo\r\n\nfour\"\n2,x\n");
  REQUIRE(found.size() == 3);
  CHECK(found[1].fields == fields{"1", "one\ntwo\n\nfour"});
  CHECK(found[1].line == 2);
  CHECK(found[2].line == 6);
}

TEST_CASE("a byte order mark, CRLF, blank lines and a last line without end do no harm") {
  const auto found = records("\xEF\xBB\xBFid,subject\r\n\r\n1,x\r\n   \r\n2,y");
  REQUIRE(found.size() == 3);
  CHECK(found[0].fields == fields{"id", "subject"});
  CHECK(found[2].fields == fields{"2", "y"});
  CHECK(found[2].line == 5);
}

TEST_CASE("the separator is what the header line uses") {
  CHECK(records("a;b\n1,5;2\n")[1].fields == fields{"1,5", "2"});
  CHECK(records("a\tb\n1;5\t2\n")[1].fields == fields{"1;5", "2"});
  CHECK(records("\"a;b;c\",b\n1,2\n")[1].fields == fields{"1", "2"});
}

TEST_CASE("quotes inside an unquoted field are part of it") {
  CHECK(records("a,b\n5\" disk,x\n")[1].fields == fields{"5\" disk", "x"});
}

TEST_CASE("text after a closing quote is a fault of that record only") {
  const auto found = records("a,b\n\"x\"y,1\n2,3\n");
  REQUIRE(found.size() == 3);
  CHECK_FALSE(found[1].fault.empty());
  CHECK(found[2].fields == fields{"2", "3"});
}

TEST_CASE("a quote that is never closed is a fault") {
  const auto found = records("a,b\n1,\"x\n2,y\n");
  REQUIRE(found.size() == 2);
  CHECK(found[1].fault == "a closing quote for each opening one");
}

TEST_CASE("records and lines have a greatest size") {
  const auto wide = records("a,b\n1,\"" + std::string(600'000, 'x') + "\n" + std::string(600'000, 'y') + "\"\n2,z\n");
  REQUIRE(wide.size() >= 2);
  CHECK(wide[1].fault == "at most 1 MiB");
  const auto endless = records("a,b\n" + std::string(3'000'000, 'x') + "\n2,z\n");
  REQUIRE(endless.size() == 3);
  CHECK(endless[1].fault == "at most 1 MiB");
  CHECK(endless[2].fields == fields{"2", "z"});
  CHECK(records("a,b\n" + std::string(300, ',') + "\n")[1].fault == "at most 256 fields");
}

TEST_CASE("an empty file has no record") {
  CHECK(records("").empty());
  CHECK(records("\n\n").empty());
}
