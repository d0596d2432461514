// What `mqtt will-test` was told.
#pragma once

#include <string>
#include <vector>

#include "connection_options.h"
#include "report_text.h"
#include "scenario/settings.h"
#include "tested_broker.h"

namespace cmd {

struct WillTestOptions {
  using Format = ReportFormat;
  using Broker = TestedBroker;

  ConnectionOptions connection;
  std::vector<Broker> brokers;
  scenario::Settings settings;  ///< but for the broker
  std::vector<wire::Version> versions;
  bool versions_are_optional = true;

  // Names or globs.
  std::vector<std::string> only;
  std::vector<std::string> skip;
  std::vector<std::string> expect_fail;

  Format format = Format::table;
  bool list = false;
};

}  // namespace cmd
