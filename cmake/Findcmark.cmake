# Finds cmark's library alone: Debian's CMake package of it wants the command line program too.
# Defines cmark::cmark.
find_library(CMARK_LIBRARY cmark)
find_path(CMARK_INCLUDE_DIR cmark.h)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(cmark REQUIRED_VARS CMARK_LIBRARY CMARK_INCLUDE_DIR)
if(cmark_FOUND AND NOT TARGET cmark::cmark)
  add_library(cmark::cmark UNKNOWN IMPORTED)
  set_target_properties(cmark::cmark PROPERTIES
    IMPORTED_LOCATION "${CMARK_LIBRARY}" INTERFACE_INCLUDE_DIRECTORIES "${CMARK_INCLUDE_DIR}")
endif()
mark_as_advanced(CMARK_LIBRARY CMARK_INCLUDE_DIR)
