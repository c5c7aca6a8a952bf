#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

struct sqlite3;

namespace troupe::storage::sqlite {

/// Row ids of documents: the tenant above, the document's own number below.
constexpr std::int64_t row_of(std::int64_t tenant, std::uint32_t number) {
  return (tenant << 32) | number;
}
constexpr std::int64_t tenant_of(std::int64_t row) {
  return row >> 32;
}
constexpr std::uint32_t number_of(std::int64_t row) {
  return static_cast<std::uint32_t>(row);
}

/// What a tenant's texts of one index are like, for BM25.
struct text_lengths {
  std::vector<std::uint16_t> tokens; ///< by a document's number; 0 = no such document
  std::uint64_t documents = 0;
  std::uint64_t total = 0; ///< tokens of all

  void add(std::uint32_t number, std::uint64_t count);
};

/// How BM25 weighs occurrences; see `text_query`.
struct bm25 {
  std::array<double, 3> fields{};
  double k1 = 0;
  double b = 0;

  bool operator==(const bm25&) const = default;
};

/// The documents of a tenant that a term occurs in, in ascending order, and what it adds to each one's score, the
/// term's rarity and weight apart. Packed: two bytes each where the term is frequent.
class posting_list {
public:
  /// Appends a document; `number` must be greater than the one before.
  /// @param impact of the greatest possible one; above 0, at most 1
  void add(std::uint32_t number, float impact);
  void finish() {
    packed_.shrink_to_fit();
  }

  /// Calls `f(number, steps)` for each document; its impact is `steps / 255` of the greatest possible.
  template <class F>
  void for_each(F f) const {
    std::uint32_t number = 0;
    for (const auto* at = packed_.data(); at != packed_.data() + packed_.size();) {
      std::uint32_t distance = *at & 0x7fU;
      for (int shift = 7; (*at++ & 0x80U) != 0; shift += 7)
        distance |= (*at & 0x7fU) << shift;
      number += distance;
      f(number, *at++);
    }
  }

  std::size_t size() const noexcept {
    return size_;
  }
  std::size_t bytes() const noexcept {
    return packed_.capacity();
  }

private:
  std::vector<std::uint8_t> packed_; ///< per document: its distance to the one before in 7 bits a byte, then the impact
  std::uint32_t last_ = 0;
  std::uint32_t size_ = 0;
};

using posting_list_ptr = std::shared_ptr<const posting_list>;

/// Collects the lists of an expression's phrases, one after the other.
class posting_reader {
public:
  /// @param lengths must outlive the reading
  posting_reader(std::int64_t tenant, const bm25& weights, const text_lengths& lengths);

  /// A phrase's next document. @param frequency weighted number of occurrences
  void match(std::int64_t row, float frequency);
  void finish_phrase();

  float field_weight(int column) const noexcept {
    return fields_[static_cast<std::size_t>(column) % fields_.size()];
  }

  /// The lists so far, in the expression's order.
  std::vector<posting_list_ptr> finish() {
    return std::move(finished_);
  }

private:
  std::int64_t tenant_;
  const text_lengths& lengths_;
  std::array<float, 3> fields_;
  float base_;
  float slope_;
  std::shared_ptr<posting_list> list_;
  std::vector<posting_list_ptr> finished_;
};

/// Makes the function `troupe_postings(table, reader)` known to a connection; `reader` is a `posting_reader` bound as a
/// pointer of this type. It reads the lists of all of the expression's phrases in its first call: FTS5's own `bm25`
/// reads each list twice, looks each document's length up in a table, and leaves all matches to be sorted.
void register_posting_reader(sqlite3* handle);
inline constexpr const char* posting_reader_pointer = "troupe_posting_reader";

/// Lists that queries used lately, for all readers of one database. Any thread.
class posting_cache {
public:
  /// Which lists can be used: those of the same index and tenant, read when its documents were the same.
  struct shelf_key {
    int index = 0;
    std::int64_t tenant = 0;

    auto operator<=>(const shelf_key&) const = default;
  };
  struct stamp {
    std::uint64_t version = 0; ///< of the tenant's documents
    bm25 weights;

    bool operator==(const stamp&) const = default;
  };

  explicit posting_cache(std::size_t byte_limit) : byte_limit_{byte_limit} {}

  /// One entry per term; null where the list isn't known.
  std::vector<posting_list_ptr> find(const shelf_key& where, const stamp& as_of,
                                     std::span<const std::string_view> terms);

  void put(const shelf_key& where, const stamp& as_of, std::string_view term, posting_list_ptr list);

private:
  struct hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };
  using lists = std::unordered_map<std::string, posting_list_ptr, hash, std::equal_to<>>;
  struct shelf {
    stamp as_of;
    lists young; ///< used since the last turn
    lists old;   ///< used before it; given up at the next
  };

  void add(shelf& to, std::string term, posting_list_ptr list);
  void turn();

  const std::size_t byte_limit_;
  std::mutex mutex_;
  std::map<shelf_key, shelf> shelves_;
  std::size_t young_bytes_ = 0;
};

} // namespace troupe::storage::sqlite
