// Draws lines over axes, as SVG within an HTML page whose style sheet has the colours.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "stats/figure.h"

namespace cmd {

struct PlotLine {
  std::string_view label;  ///< ours: it is not escaped
  std::vector<std::pair<double, double>> points;
  bool faint = false;
};

struct Plot {
  enum class Across : std::uint8_t {
    seconds,
    nines,  ///< log10 of 1 / (1 - fraction): each nine has the same width
  };

  std::string_view title;
  Across across = Across::seconds;
  stats::Unit up = stats::Unit::none;
  bool logarithmic = false;  ///< the scale upwards, from the least value; else from 0
  std::vector<PlotLine> lines;
  double mark = 0;  ///< a dashed line at this place, where not 0
  std::string_view mark_label{};
};

/// A figure with its legend; nothing where no line has two points.
std::string draw(const Plot& plot);

/// "2.5 ms", "20,000", "1.5 M", without digits that say nothing.
std::string tick_label(double value, stats::Unit unit);

}  // namespace cmd
