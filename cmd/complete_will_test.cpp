// What will-test needs beyond the connection: its brokers, and names that nobody else uses.
#include "complete.h"
#include "will_test_selection.h"

namespace cmd {

Completed<WillTestOptions> complete_will_test(Draft& draft) {
  if (auto done = complete_connection(draft); !done) return base::unexpected(std::move(done.error()));
  WillTestOptions options = std::move(draft.will_test);
  options.connection = std::move(draft.connection);
  options.brokers = tested_brokers(draft, options.connection);
  options.settings = std::move(draft.test_settings);
  options.format = draft.report_format;
  options.versions_are_optional = options.versions.empty();
  if (options.versions.empty()) options.versions = {wire::Version::v3_1_1, wire::Version::v5_0};
  make_unique(options.settings, "will-test", 'w');
  if (selected_cases(options).empty()) return trouble("--only and --skip leave no case");
  return options;
}

}  // namespace cmd
