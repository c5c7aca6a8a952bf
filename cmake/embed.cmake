# Makes OUTPUT, a C++ source that holds the file INPUT as `troupe::config::shipped::NAME`.
file(READ "${INPUT}" text)
string(FIND "${text}" ")shipped\"" clash)
if(NOT clash EQUAL -1)
  message(FATAL_ERROR "${INPUT} holds )shipped\", the end mark of its raw string")
endif()
file(WRITE "${OUTPUT}.new" "#include <string_view>\n\nnamespace troupe::config::shipped {\n\n\
extern const std::string_view ${NAME};\nconst std::string_view ${NAME} = R\"shipped(${text})shipped\";\n\n\
} // namespace troupe::config::shipped\n")
file(COPY_FILE "${OUTPUT}.new" "${OUTPUT}")
file(REMOVE "${OUTPUT}.new")
