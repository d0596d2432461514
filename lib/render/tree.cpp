// A packet as a tree: a line for each field with its offset, its bytes, its name and its value.
#include "render/tree.h"

#include <array>

#include "base/utf8.h"
#include "render/colours.h"
#include "render/escape.h"
#include "render/escaping.h"
#include "render/hex_row.h"
#include "render/json_text.h"
#include "render/violation.h"

namespace render {
namespace {

constexpr std::size_t shown_bytes = 8;
constexpr std::size_t column = 3 * shown_bytes + 1;  ///< of the bytes, with the blanks behind it
constexpr std::size_t most_characters = 1024;
constexpr std::size_t most_binary_bytes = 256;

/// The longest start of a text that has `most` bytes at most and ends with a whole character.
std::size_t cut(base::Bytes text, std::size_t most) noexcept {
  if (text.size() <= most) return text.size();
  std::size_t size = most;
  while (size > 0 && (text[size] & 0xC0) == 0x80) --size;
  return size;
}

bool is_control(std::uint8_t byte) noexcept {
  return (byte < 0x20 && byte != '\n' && byte != '\r' && byte != '\t') || byte == 0x7F;
}

/// Whether somebody would want to read it as text: UTF-8 with few controls.
bool readable(base::Bytes bytes) noexcept {
  std::size_t controls = 0;
  for (base::Bytes rest = bytes; !rest.empty();) {
    const bool plain = rest.size() >= 8 && escaping::printable(escaping::load(rest.data()));
    if (!plain) controls += is_control(rest[0]) ? 1 : 0;
    rest = rest.subspan(plain ? 8 : 1);
  }
  return controls * 8 <= bytes.size() && base::is_utf8(base::as_text(bytes));
}

class Tree {
 public:
  Tree(base::Buffer& out, const Anatomy& anatomy, const std::optional<wire::Fault>& fault, const TreeOptions& options)
      : out_(out),
        anatomy_(anatomy),
        colours_(out, options.colour),
        fault_(fault),
        options_(options),
        digits_(offset_digits(anatomy.packet().size())) {}

  void append() {
    for (const Field& field : anatomy_.fields()) line(field);
    if (fault_) append_violation_lines(out_, anatomy_.packet(), *fault_, anatomy_.version(), options_.colour);
  }

 private:
  /// The innermost field of whole bytes that the fault points to.
  bool broken(const Field& field) const noexcept {
    if (!fault_ || field.mask != 0) return false;
    const bool inside = fault_->offset >= field.offset && fault_->offset < field.offset + field.length;
    return inside || (field.length == 0 && fault_->offset == field.offset && !field.is_payload);
  }

  void line(const Field& field) {
    if (!options_.colour && !fault_) {
      plain_line(field);
    } else {
      coloured_line(field);
    }
    if (field.is_payload) payload(anatomy_.packet().subspan(field.offset, field.length));
    out_.push('\n');
  }

  /// Makes room once a line, not for each character of it.
  void plain_line(const Field& field) {
    const std::size_t size = 2 + place_size() + said_size(field);
    std::uint8_t* const at = out_.reserve(size);
    at[0] = at[1] = ' ';
    put_said(put_place(at + 2, field), field);
    out_.commit(size);
  }

  void coloured_line(const Field& field) {
    const bool marked = broken(field);
    if (marked) colours_.red();
    out_.append(marked ? std::string_view("! ") : "  ");
    if (!marked) colours_.dim();
    put_place(out_.reserve(place_size()), field);
    out_.commit(place_size());
    if (!marked) colours_.plain();
    put_said(out_.reserve(said_size(field)), field);
    out_.commit(said_size(field));
    if (marked) colours_.plain();
  }

  /// Of offset, bytes and the blanks behind them.
  std::size_t place_size() const noexcept { return digits_ + 2 + column; }

  std::uint8_t* put_place(std::uint8_t* begin, const Field& field) const noexcept {
    std::memset(begin, ' ', digits_ + 2);
    std::memset(begin + digits_ + 2, ' ', column);
    if (field.mask != 0) {
      put_bits(begin + digits_ + 2, anatomy_.packet()[field.offset], field.mask);
      return begin + place_size();
    }
    put_offset(begin, field.offset, digits_);
    const bool all = field.length <= shown_bytes;
    const base::Bytes shown = anatomy_.packet().subspan(field.offset, all ? field.length : shown_bytes - 1);
    std::uint8_t* const end = put_spaced_hex(begin + digits_ + 2, shown);
    if (!all) end[0] = end[1] = '.';
    return begin + place_size();
  }

  /// "..00 1..."
  static void put_bits(std::uint8_t* at, unsigned byte, unsigned mask) noexcept {
    std::memcpy(at, half_picture(byte >> 4, mask >> 4), 4);
    std::memcpy(at + 5, half_picture(byte & 0x0F, mask & 0x0F), 4);
  }

  /// "1..." for four bits of which one matters.
  static const char* half_picture(unsigned bits, unsigned mask) noexcept {
    static constexpr auto pictures = [] {
      std::array<std::array<char, 4>, 256> all{};
      for (unsigned i = 0; i < all.size(); ++i) {
        for (unsigned bit = 0; bit < 4; ++bit) {
          all[i][bit] = (i & 8U >> bit) == 0 ? '.' : (i >> 4 & 8U >> bit) != 0 ? '1' : '0';
        }
      }
      return all;
    }();
    return pictures[bits << 4 | mask].data();
  }

  /// Of name and value.
  static std::size_t said_size(const Field& field) noexcept {
    return std::size_t{2} * field.depth + field.name.size() + 2 + field.value_length;
  }

  void put_said(std::uint8_t* at, const Field& field) const noexcept {
    for (std::uint8_t i = 0; i < field.depth; ++i, at += 2) at[0] = at[1] = ' ';
    std::memcpy(at, field.name.data(), field.name.size());
    at += field.name.size();
    *at++ = ':';
    *at++ = ' ';
    if (field.value_length != 0) std::memcpy(at, anatomy_.value(field).data(), field.value_length);
  }

  void payload(base::Bytes bytes) {
    if (bytes.empty()) return;
    if (options_.pretty && json(bytes)) return;
    if (!readable(bytes)) return binary(bytes);
    const std::size_t size = cut(bytes, most_characters);
    out_.push(' ');
    append_quoted(out_, base::as_text(bytes.first(size)));
    if (size < bytes.size()) out_.append("...");
  }

  bool json(base::Bytes bytes) {
    base::Buffer& text = pretty_;
    text.clear();
    JsonWriter writer(text, true);
    if (!append_json_text(writer, bytes)) return false;
    make_visible(text, 0, Layout::keep);
    for (std::string_view rest = text.text(); !rest.empty();) {
      const std::string_view one = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(one.size() + 1, rest.size()));
      out_.push('\n');
      append_blanks(out_, 2 + digits_ + 2 + column + 2);
      out_.append(one);
    }
    return true;
  }

  void binary(base::Bytes bytes) {
    const base::Bytes shown = bytes.first(std::min(bytes.size(), most_binary_bytes));
    for (std::uint32_t row = 0; row < shown.size(); row += row_bytes) {
      out_.push('\n');
      append_blanks(out_, 2 + digits_ + 2);
      append_row(out_, shown, row, true);
    }
    if (shown.size() == bytes.size()) return;
    out_.push('\n');
    append_blanks(out_, 2 + digits_ + 2);
    out_.append("...");
  }

  base::Buffer& out_;
  const Anatomy& anatomy_;
  Colours colours_;
  const std::optional<wire::Fault>& fault_;
  const TreeOptions& options_;
  std::uint32_t digits_;
  base::Buffer pretty_;
};

}  // namespace

void append_tree(base::Buffer& out, const Anatomy& anatomy, const std::optional<wire::Fault>& fault,
                 const TreeOptions& options) {
  Tree(out, anatomy, fault, options).append();
}

}  // namespace render
