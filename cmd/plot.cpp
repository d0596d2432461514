#include "plot.h"

#include <algorithm>
#include <cmath>

#include "base/format.h"

namespace cmd {
namespace {

using Across = Plot::Across;
using stats::Unit;

// Of the drawing, in its own units; the page scales it.
constexpr double width = 720, height = 300, left = 74, right = 34, top = 14, bottom = 34;

/// From values to places.
class Scale {
 public:
  Scale(double from, double to, double begin, double end, bool logarithmic)
      : logarithmic_(logarithmic), from_(of(from)), to_(of(to)), begin_(begin), end_(end) {
    if (to_ <= from_) to_ = from_ + 1;
  }
  double place(double value) const {
    return begin_ + (std::clamp(of(value), from_, to_) - from_) / (to_ - from_) * (end_ - begin_);
  }

 private:
  double of(double value) const { return logarithmic_ ? std::log10(std::max(value, 1e-12)) : value; }

  bool logarithmic_;
  double from_, to_, begin_, end_;
};

/// 1, 2 or 5 times a power of ten, so that about `count` of them make the length.
double nice_step(double length, int count) {
  const double rough = std::max(length, 1e-12) / count;
  const double power = std::pow(10, std::floor(std::log10(rough)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (rough <= factor * power * 1.000001) return factor * power;
  }
  return 10 * power;
}

std::vector<double> linear_ticks(double to, int count) {
  std::vector<double> ticks;
  const double step = nice_step(to, count);
  for (int i = 0; i * step <= to * 1.000001; ++i) ticks.push_back(i * step);
  return ticks;
}

/// Whole powers of ten; between them 2 and 5 where there are few.
std::vector<double> logarithmic_ticks(double from, double to) {
  std::vector<double> ticks;
  const bool few = std::log10(to / from) < 3;
  for (int power = static_cast<int>(std::floor(std::log10(from))); std::pow(10, power) <= to; ++power) {
    for (const double factor : {1.0, 2.0, 5.0}) {
      const double tick = factor * std::pow(10, power);
      if (tick >= from * 0.999999 && tick <= to * 1.000001 && (factor == 1 || few)) ticks.push_back(tick);
    }
  }
  return ticks;
}

struct Extent {
  double across = 0;
  double least = HUGE_VAL;
  double greatest = 0;
};

Extent extent_of(const Plot& plot) {
  Extent extent;
  for (const PlotLine& line : plot.lines) {
    for (const auto& [x, y] : line.points) {
      extent.across = std::max(extent.across, x);
      extent.least = std::min(extent.least, y > 0 ? y : HUGE_VAL);
      extent.greatest = std::max(extent.greatest, y);
    }
  }
  if (extent.least > extent.greatest) extent.least = extent.greatest / 10;
  return extent;
}

std::string nines_label(int nines) {
  if (nines == 0) return "0 %";
  if (nines == 1) return "90 %";
  return "99" + (nines > 2 ? "." + std::string(static_cast<std::size_t>(nines - 2), '9') : "") + " %";
}

class Drawing {
 public:
  explicit Drawing(const Plot& plot)
      : plot_(plot),
        extent_(extent_of(plot)),
        across_(0, extent_.across, left, width - right, false),
        up_(plot.logarithmic ? extent_.least * 0.8 : 0, extent_.greatest * (plot.logarithmic ? 1.25 : 1.06),
            height - bottom, top, plot.logarithmic) {}

  std::string draw() {
    text_ = base::format("<figure><figcaption>{}<span class=\"legend\">", plot_.title);
    for (std::size_t i = 0; i < plot_.lines.size(); ++i) {
      text_ += base::format("<span class=\"l{}{}\">{}</span>", i, plot_.lines[i].faint ? " faint" : "",
                            plot_.lines[i].label);
    }
    text_ += base::format("</span></figcaption><svg viewBox=\"0 0 {:.0f} {:.0f}\" role=\"img\" aria-label=\"{}\">",
                          width, height, plot_.title);
    up_ticks();
    plot_.across == Across::nines ? nines_ticks() : second_ticks();
    if (plot_.mark > 0) mark();
    for (std::size_t i = plot_.lines.size(); i-- > 0;) line(plot_.lines[i], i);
    return std::move(text_) + "</svg></figure>\n";
  }

 private:
  void tick_across(double value, std::string_view label) {
    const double x = across_.place(value);
    text_ += base::format(
        "<line class=\"grid\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1:.1f}\" y2=\"{2:.1f}\"/>"
        "<text class=\"x\" x=\"{0:.1f}\" y=\"{3:.1f}\">{4}</text>",
        x, top, height - bottom, height - bottom + 20, label);
  }
  void second_ticks() {
    for (const double tick : linear_ticks(extent_.across, 8)) tick_across(tick, base::format("{:.6g} s", tick));
  }
  void nines_ticks() {
    for (int nines = 0; nines <= extent_.across; ++nines) tick_across(nines, nines_label(nines));
  }
  void up_ticks() {
    const auto ticks = plot_.logarithmic ? logarithmic_ticks(extent_.least * 0.8, extent_.greatest * 1.25)
                                         : linear_ticks(extent_.greatest * 1.06, 5);
    for (const double tick : ticks) {
      text_ += base::format(
          "<line class=\"grid\" x1=\"{0:.1f}\" x2=\"{1:.1f}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\"/>"
          "<text class=\"y\" x=\"{3:.1f}\" y=\"{4:.1f}\">{5}</text>",
          left, width - right, up_.place(tick), left - 8, up_.place(tick) + 4, tick_label(tick, plot_.up));
    }
  }
  void mark() {
    const double x = across_.place(plot_.mark);
    text_ += base::format(
        "<line class=\"mark\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1:.1f}\" y2=\"{2:.1f}\"/>"
        "<text class=\"mark\" x=\"{3:.1f}\" y=\"{4:.1f}\">{5}</text>",
        x, top, height - bottom, x + 5, top + 11, plot_.mark_label);
  }
  /// Points that the eye can't tell apart are left out.
  void line(const PlotLine& line, std::size_t number) {
    std::string path;
    double last_x = -10, last_y = -10;
    for (std::size_t i = 0; i < line.points.size(); ++i) {
      const double x = across_.place(line.points[i].first), y = up_.place(line.points[i].second);
      const bool near = std::abs(x - last_x) < 0.4 && std::abs(y - last_y) < 0.4;
      if (near && i + 1 != line.points.size()) continue;
      path += base::format("{}{:.1f},{:.1f}", path.empty() ? "" : " ", x, y);
      last_x = x;
      last_y = y;
    }
    text_ += base::format("<polyline class=\"s{}{}\" points=\"{}\"/>", number, line.faint ? " faint" : "", path);
  }

  const Plot& plot_;
  Extent extent_;
  Scale across_;
  Scale up_;
  std::string text_;
};

std::string trimmed(double value, std::string_view unit) {
  return base::format("{:.4g}{}{}", value, unit.empty() ? "" : " ", unit);
}

}  // namespace

std::string draw(const Plot& plot) {
  const bool any =
      std::any_of(plot.lines.begin(), plot.lines.end(), [](const auto& line) { return line.points.size() > 1; });
  return any ? Drawing(plot).draw() : std::string();
}

std::string tick_label(double value, Unit unit) {
  if (value == 0) return "0";
  if (unit == Unit::seconds) {
    if (value >= 0.9999999) return trimmed(value, "s");
    return value >= 0.9999999e-3 ? trimmed(value * 1e3, "ms") : trimmed(value * 1e6, "µs");
  }
  if (value >= 999'999.9) return trimmed(value / 1e6, "M");
  return value >= 1'000 ? stats::show(value, Unit::none) : trimmed(value, "");
}

}  // namespace cmd
