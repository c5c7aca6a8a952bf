// Whatever an OpenAI-compatible provider streams is a reply whose pieces are its text, or a failure with a reason; and
// how the bytes were split makes no difference.

#include "net/llm/openai/stream.hpp"
#include "tests/fuzz/chat.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  troupe::fuzzing::check_stream<troupe::net::llm::openai::stream>({reinterpret_cast<const char*>(data), size});
  return 0;
}
