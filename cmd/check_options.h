// What `mqtt check` was told.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "connection_options.h"
#include "report_text.h"
#include "scenario/settings.h"
#include "stats/figure.h"
#include "tested_broker.h"

namespace cmd {

struct CheckOptions {
  ConnectionOptions connection;
  std::vector<TestedBroker> brokers;
  scenario::Settings settings;           ///< but for the broker
  std::optional<wire::Version> version;  ///< to ask by; none: the newest that the broker takes

  // Names or globs.
  std::vector<std::string> only;
  std::vector<std::string> skip;
  std::vector<stats::Requirement> require;  ///< each names a fact

  ReportFormat format = ReportFormat::table;
  bool list = false;
};

}  // namespace cmd
