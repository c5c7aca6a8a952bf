#include "net/http/stream.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe::net::http;

TEST_CASE("an event has an id, a name and its data's lines") {
  CHECK(make_event("{}").view() == "data: {}\n\n");
  CHECK(make_event("", "7").view() == "id: 7\ndata: \n\n");
  CHECK(make_event("a\nb\r\nc\rd\n", "c-9", "note").view()
        == "id: c-9\nevent: note\ndata: a\ndata: b\ndata: c\ndata: d\ndata: \n\n");
}

TEST_CASE("an id can't smuggle in other fields") {
  CHECK(make_event("x", "1\ndata: y", "n\r\nid: 2").view() == "id: 1data: y\nevent: nid: 2\ndata: x\n\n");
}

TEST_CASE("shared bytes keep what they were made of") {
  shared_bytes copy;
  CHECK(copy.empty());
  {
    const shared_bytes bytes{"text"};
    copy = bytes;
  }
  CHECK(copy.view() == "text");
}
