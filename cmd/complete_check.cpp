// What check needs beyond the connection: its brokers, and names that nobody else uses.
#include "check_report.h"
#include "complete.h"

namespace cmd {

Completed<CheckOptions> complete_check(Draft& draft) {
  // Credentials are read as those of the newest version may be: a password alone.
  draft.version = draft.check.version.value_or(wire::Version::v5_0);
  if (auto done = complete_connection(draft); !done) return base::unexpected(std::move(done.error()));
  CheckOptions options = std::move(draft.check);
  options.connection = std::move(draft.connection);
  options.brokers = tested_brokers(draft, options.connection);
  options.settings = std::move(draft.test_settings);
  options.format = draft.report_format;
  make_unique(options.settings, "check", 'c');
  if (selected_facts(options).empty()) return trouble("--only and --skip leave no fact");
  return options;
}

}  // namespace cmd
