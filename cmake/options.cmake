# What every target of troupe is compiled with, and troupe_library() to declare one.
add_library(troupe_options INTERFACE)
target_include_directories(troupe_options INTERFACE "${CMAKE_SOURCE_DIR}")
target_compile_options(troupe_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual)
target_compile_definitions(troupe_options INTERFACE
  BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION
  BOOST_ALL_NO_LIB SPDLOG_COMPILED_LIB)
target_link_libraries(troupe_options INTERFACE Threads::Threads Boost::headers)
if(TROUPE_WERROR)
  target_compile_options(troupe_options INTERFACE -Werror)
endif()
if(TROUPE_SANITIZE)
  target_compile_options(troupe_options INTERFACE -fsanitize=${TROUPE_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(troupe_options INTERFACE -fsanitize=${TROUPE_SANITIZE})
  if(TROUPE_SANITIZE STREQUAL "thread")
    # Neither the compiler nor the sanitizer knows fences; Asio's locks order the same things.
    target_compile_definitions(troupe_options INTERFACE BOOST_ASIO_DISABLE_FENCED_BLOCK)
  endif()
endif()
if(TROUPE_COVERAGE)
  target_compile_options(troupe_options INTERFACE --coverage)
  target_link_options(troupe_options INTERFACE --coverage)
endif()

# troupe_library(NAME SOURCES file... LINK library...): a static library troupe_NAME, linked as troupe::NAME.
function(troupe_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINK" ${ARGN})
  add_library(troupe_${name} STATIC ${arg_SOURCES})
  add_library(troupe::${name} ALIAS troupe_${name})
  target_link_libraries(troupe_${name} PUBLIC troupe_options ${arg_LINK})
endfunction()
