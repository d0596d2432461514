// A packet as a tree: a line for each field with its offset, its bytes, its name and its value.
#include "render/tree.h"

#include "base/utf8.h"
#include "render/colours.h"
#include "render/escape.h"
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

/// Whether somebody would want to read it as text: UTF-8 with few controls.
bool readable(base::Bytes bytes) noexcept {
  std::size_t controls = 0;
  for (const std::uint8_t byte : bytes) {
    controls += (byte < 0x20 && byte != '\n' && byte != '\r' && byte != '\t') || byte == 0x7F ? 1U : 0U;
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
    const bool marked = broken(field);
    if (marked) colours_.red();
    out_.push(marked ? '!' : ' ');
    out_.push(' ');
    if (!marked) colours_.dim();
    place(field);
    if (!marked) colours_.plain();
    append_blanks(out_, 2U * field.depth);
    out_.append(field.name);
    out_.append(": ");
    out_.append(anatomy_.value(field));
    if (marked) colours_.plain();
    if (field.is_payload) payload(anatomy_.packet().subspan(field.offset, field.length));
    out_.push('\n');
  }

  void place(const Field& field) {
    if (field.mask != 0) {
      append_blanks(out_, digits_ + 2);
      bit_picture(anatomy_.packet()[field.offset], field.mask);
      return append_blanks(out_, column - 9);
    }
    append_offset(out_, field.offset, digits_);
    append_blanks(out_, 2);
    const bool all = field.length <= shown_bytes;
    const std::size_t shown = all ? field.length : shown_bytes - 1;
    append_spaced_hex(out_, anatomy_.packet().subspan(field.offset, shown));
    if (!all) out_.append(" ..");
    const std::size_t width = all ? (shown == 0 ? 0 : 3 * shown - 1) : 3 * shown_bytes - 1;
    append_blanks(out_, column - width);
  }

  /// "..00 1..."
  void bit_picture(std::uint8_t byte, std::uint8_t mask) {
    for (unsigned bit = 0x80; bit != 0; bit >>= 1) {
      out_.push((mask & bit) == 0 ? '.' : (byte & bit) != 0 ? '1' : '0');
      if (bit == 0x10) out_.push(' ');
    }
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
