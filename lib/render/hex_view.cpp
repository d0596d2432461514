// A packet as a hex dump whose fields are marked and named under their bytes.
#include "render/hex_view.h"

#include "render/colours.h"
#include "render/hex_row.h"
#include "render/violation.h"

namespace render {
namespace {

constexpr std::size_t widest = 3 * row_bytes - 1;

/// Marks the part of a field that stands in the row: `   ^^^^^   Keep Alive: 60 s`.
void append_mark(base::Buffer& out, const Anatomy& anatomy, const Field& field, std::uint32_t row,
                 const Colours& colours) {
  const std::uint32_t begin = std::max(field.offset, row) - row;
  const std::uint32_t end = std::min(field.offset + field.length, row + row_bytes) - row;
  const std::size_t width = 3 * (end - begin) - 1;
  append_blanks(out, offset_digits(anatomy.packet().size()) + 2 + 3 * begin);
  colours.yellow();
  for (std::size_t i = 0; i < width; ++i) out.push('^');
  colours.plain();
  append_blanks(out, widest - 3 * begin - width + 2 + 2U * field.depth);
  out.append(field.name);
  if (field.offset < row) {
    out.append(" (end)");
  } else {
    out.append(": ");
    out.append(anatomy.value(field));
  }
  out.push('\n');
}

/// Whether a line below this row names the field.
bool named_in(const Field& field, std::uint32_t row) noexcept {
  if (field.mask != 0 || field.length == 0) return false;
  const std::uint32_t last = field.offset + field.length - 1;
  const bool begins = field.offset >= row && field.offset < row + row_bytes;
  const bool ends = last >= row && last < row + row_bytes;
  return begins || ends;
}

}  // namespace

void append_hex_view(base::Buffer& out, const Anatomy& anatomy, const std::optional<wire::Fault>& fault, bool colour) {
  const Colours colours(out, colour);
  const base::Bytes packet = anatomy.packet();
  const auto fields = anatomy.fields();
  std::size_t first = 0;  // no field before it reaches into the row
  for (std::uint32_t row = 0; row < packet.size(); row += row_bytes) {
    append_row(out, packet, row, true);
    out.push('\n');
    while (first < fields.size() && fields[first].offset + fields[first].length <= row) ++first;
    for (std::size_t i = first; i < fields.size() && fields[i].offset < row + row_bytes; ++i) {
      if (named_in(fields[i], row)) append_mark(out, anatomy, fields[i], row, colours);
    }
  }
  if (fault) append_violation_lines(out, packet, *fault, anatomy.version(), colour);
}

}  // namespace render
