#include "base/line.h"

#include <string>
#include <vector>

#include "catch.h"

TEST_CASE("lines are taken off without their ends") {
  std::string_view rest = "one\r\n\ntwo\rthree\nlast";
  std::vector<std::string> lines;
  while (!rest.empty()) lines.emplace_back(base::take_line(rest));
  CHECK(lines == std::vector<std::string>{"one", "", "two\rthree", "last"});
  CHECK(base::take_line(rest).empty());
}
