// Whether one series of measurements differs from another, and how surely: for rates by second and for quantiles.
#pragma once

#include <span>
#include <vector>

#include "stats/histogram.h"

namespace stats {

/// The change from A to B as a part of A: 0.1 is 10 % more.
struct Change {
  double a = 0;
  double b = 0;
  double relative = 0;
  double least = 0;  ///< the interval that has the true change with the confidence asked for
  double greatest = 0;
  double more = 0.5;  ///< the confidence that B is more than A at all
};

/// Regularized incomplete beta function of 0 <= x <= 1.
double incomplete_beta(double a, double b, double x) noexcept;
/// Probability that a Student's t of so many degrees of freedom is below `t`, and its inverse.
double student_below(double t, double freedom) noexcept;
double student_quantile(double probability, double freedom) noexcept;

/// How many independent values a series with memory is worth: n (1 - r) / (1 + r) for the correlation r of neighbours,
/// as for an autoregressive process of first order (F. W. Zwiers, H. von Storch: Taking Serial Correlation into
/// Account in Tests of the Mean. Journal of Climate 8, 1995).
double effective_size(std::span<const double> series) noexcept;

/// Values in the order of their time, a series for each run.
using Runs = std::vector<std::vector<double>>;

/// Welch's t-test of means (B. L. Welch, Biometrika 34, 1947), its interval as a part of A's mean. Where both sides
/// have several runs, a run is one value, for runs differ by more than their seconds do; else a second is one, and
/// seconds with memory count for less.
Change compare_means(const Runs& a, const Runs& b, double confidence);

/// What was measured in each second of each run.
using Seconds = std::vector<std::vector<Histogram::Compact>>;

/// Quantiles, one change for each. Several runs on both sides are compared by their own quantiles as above. Else
/// messages are no independent values: a stall of the broker delays thousands together. So blocks of neighbouring
/// seconds are drawn anew (moving block bootstrap: H. R. Künsch, Annals of Statistics 17, 1989), as long as the cube
/// root of their number, and the interval is that of the quantiles of what was drawn.
std::vector<Change> compare_quantiles(const Seconds& a, const Seconds& b, std::span<const double> fractions,
                                      double confidence);

/// A quantile of independent values: by the ranks that bound it (binomial, in its normal approximation), the intervals
/// of both put together as G. Zou and A. Donner do (Statistics in Medicine 27, 2008).
Change compare_quantile(const Histogram& a, const Histogram& b, double fraction, double confidence);

}  // namespace stats
