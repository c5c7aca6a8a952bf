# Makes OUTPUT, a C++ source that holds the file INPUT as `NAMESPACE::NAME`.
if(NOT NAMESPACE)
  set(NAMESPACE troupe::config::shipped)
endif()
file(READ "${INPUT}" text)
string(FIND "${text}" ")shipped\"" clash)
if(NOT clash EQUAL -1)
  message(FATAL_ERROR "${INPUT} holds )shipped\", the end mark of its raw string")
endif()
file(WRITE "${OUTPUT}.new" "#include <string_view>\n\nnamespace ${NAMESPACE} {\n\n\
extern const std::string_view ${NAME};\nconst std::string_view ${NAME} = R\"shipped(${text})shipped\";\n\n\
} // namespace ${NAMESPACE}\n")
file(COPY_FILE "${OUTPUT}.new" "${OUTPUT}")
file(REMOVE "${OUTPUT}.new")
