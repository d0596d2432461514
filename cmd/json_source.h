// JSON lines as a source of messages: what `sub --json` and `decode --output json` write, `pub --jsonl` reads.
#pragma once

#include "source.h"

namespace cmd {

std::unique_ptr<Source> make_json_source(const PubOptions& options, net::Worker& worker, std::function<void()> more);

}  // namespace cmd
