#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "actors/conversation/conversation.hpp"
#include "actors/text/json_text.hpp"

namespace troupe::actors::conversation {

/// A field of which something is known: its value, or that the user doesn't want to say it.
struct known_field {
  std::string name;
  std::string value; ///< JSON text; empty = skipped
  double confidence = 1;
  field_origin origin = field_origin::model;
  std::string source; ///< id of the message that says so; empty = set directly

  bool skipped() const {
    return value.empty();
  }
};

/// What a conversation has found out, step by step, in the order in which it did.
struct profile {
  struct part {
    std::string step;
    std::vector<known_field> fields;
  };

  std::vector<part> parts;

  /// The field, or nothing.
  const known_field* find(std::string_view step, std::string_view field) const;

  /// A step's fields may become known from now on. An empty name is no step.
  void begin(std::string_view step);

  void apply(const field_change& change, std::string_view source);
};

/// `{"<step>": {"<field>": value}}`, with an object for each step begun. Fields that were skipped are null.
void write_values(json_text& out, const profile& of);

/// `{"<step>": {"<field>": {"confidence", "origin", "source"?, "skipped"?}}}`
void write_details(json_text& out, const profile& of);

/// The details of one field.
void write_detail(json_text& out, double confidence, field_origin origin, std::string_view source, bool skipped);

/// `model`, `answer`, `correction`, `user`
std::string_view name_of(field_origin origin);

/// A value of a profile as people read it: `80`, `yes`, `gym, home`.
std::string spoken(std::string_view json);

} // namespace troupe::actors::conversation
