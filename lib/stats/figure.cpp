#include "stats/figure.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/format.h"

namespace stats {
namespace {

std::string with_commas(double value) {
  std::string digits = base::format("{:.0f}", value);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3;
       at > 0 && digits[static_cast<std::size_t>(at) - 1] != '-'; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), ",");
  }
  return digits;
}

struct Scale {
  double from;
  double factor;
  std::string_view unit;
};
constexpr std::array times{Scale{60, 1, "s"}, Scale{1, 1, "s"}, Scale{1e-3, 1e3, "ms"}, Scale{0, 1e6, "us"}};
constexpr std::array sizes{Scale{1024.0 * 1024 * 1024, 1 / (1024.0 * 1024 * 1024), "GiB"},
                           Scale{1024.0 * 1024, 1 / (1024.0 * 1024), "MiB"}, Scale{1024, 1 / 1024.0, "KiB"}};

/// Three digits.
std::string scaled(double value, std::string_view unit) {
  const int decimals = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return base::format("{:.{}f} {}", value, decimals, unit);
}

using Relation = Requirement::Relation;

struct Sign {
  std::string_view text;
  Relation relation;
};
/// A sign that begins with another one comes before it.
constexpr std::array signs{Sign{"<=", Relation::at_most}, Sign{">=", Relation::at_least}, Sign{"==", Relation::equal},
                           Sign{"!=", Relation::unequal}, Sign{"<", Relation::less},      Sign{">", Relation::more}};

struct Suffix {
  std::string_view text;
  double factor;
};
constexpr std::array suffixes{
    Suffix{"", 1},  Suffix{"ns", 1e-9}, Suffix{"us", 1e-6}, Suffix{"\u00b5s", 1e-6}, Suffix{"ms", 1e-3},
    Suffix{"s", 1}, Suffix{"m", 60},    Suffix{"h", 3600},  Suffix{"KiB", 1024},     Suffix{"MiB", 1024.0 * 1024}};

base::Result<double, std::string> read_value(std::string_view text) {
  if (text == "yes" || text == "no") return text == "yes" ? 1 : 0;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return base::unexpected<std::string>("a number is missing behind the sign");
  std::string_view rest(end, static_cast<std::size_t>(text.data() + text.size() - end));
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  for (const Suffix& suffix : suffixes) {
    if (rest == suffix.text) return value * suffix.factor;
  }
  return base::unexpected<std::string>("the units are ns, us, ms, s, m and h, KiB and MiB");
}

}  // namespace

base::Result<Requirement, std::string> read_requirement(std::string_view text, bool bare_names) {
  Requirement requirement;
  requirement.text = text;
  const std::size_t at = text.find_first_of("<>=!");
  requirement.name = text.substr(0, at);
  while (requirement.name.ends_with(' ')) requirement.name.pop_back();
  const bool bare = at == std::string_view::npos;
  if (requirement.name.empty() || (bare && !bare_names)) return base::unexpected<std::string>("it compares nothing");
  if (bare) return requirement;
  text.remove_prefix(at);
  const auto sign =
      std::find_if(signs.begin(), signs.end(), [&](const Sign& row) { return text.starts_with(row.text); });
  if (sign == signs.end()) return base::unexpected<std::string>("the signs are <, <=, ==, !=, >= and >");
  requirement.relation = sign->relation;
  text.remove_prefix(sign->text.size());
  while (text.starts_with(' ')) text.remove_prefix(1);
  if (auto value = read_value(text)) {
    requirement.value = *value;
  } else {
    return base::unexpected(std::move(value.error()));
  }
  return requirement;
}

bool met(const Requirement& requirement, double value) noexcept {
  switch (requirement.relation) {
    case Relation::present:
      return value != 0;
    case Relation::less:
      return value < requirement.value;
    case Relation::at_most:
      return value <= requirement.value;
    case Relation::equal:
      return value == requirement.value;
    case Relation::unequal:
      return value != requirement.value;
    case Relation::at_least:
      return value >= requirement.value;
    case Relation::more:
      return value > requirement.value;
  }
  return false;
}

std::optional<std::string> check(const Requirement& requirement, const std::vector<Figure>& figures) {
  for (const Figure& figure : figures) {
    if (figure.name != requirement.name) continue;
    if (met(requirement, figure.value)) return std::nullopt;
    return base::format("{} is {}", figure.name, show(figure.value, figure.unit));
  }
  return base::format("there is no {} in this run", requirement.name);
}

std::string show(double value, Unit unit) {
  if (unit == Unit::seconds && value == 0) return "0 s";
  if (unit == Unit::seconds) {
    for (const Scale& scale : times) {
      if (value >= scale.from) return scaled(value * scale.factor, scale.unit);
    }
  }
  if (unit == Unit::bytes) {
    for (const Scale& scale : sizes) {
      if (value >= scale.from) return scaled(value * scale.factor, scale.unit);
    }
    return base::format("{:.0f} bytes", value);
  }
  if (unit == Unit::flag) return value != 0 ? "yes" : "no";
  if (unit == Unit::per_second) return with_commas(value) + "/s";
  return with_commas(value);
}

}  // namespace stats
