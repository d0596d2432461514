// The table of rules as text: what `mqtt decode --list-clauses` prints.
#pragma once

#include "base/buffer.h"

namespace session {

/// A line a rule: name, where 3.1, 3.1.1 and 5.0 state it (- where one does not), whether a packet breaks it by itself
/// or a connection does, and a sentence. Columns are aligned.
void append_clause_list(base::Buffer& out);

}  // namespace session
