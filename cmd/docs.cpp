// The hidden command that prints the manual pages and completions for the build to install.
#include "docs.h"

#include "exit_code.h"

namespace cmd {
namespace {

struct Document {
  std::string_view kind;
  std::string (*write)();
};
constexpr Document documents[] = {{"bash", bash_completion}, {"zsh", zsh_completion}, {"fish", fish_completion}};

}  // namespace

int run_docs(int argc, char** argv) {
  const std::string_view kind = argc > 1 ? argv[1] : "";
  if (kind == "man") {
    if (auto page = manual_page(argc > 2 ? argv[2] : "mqtt"); !page.empty()) return finish({0, std::move(page), {}});
  }
  for (const auto& document : documents) {
    if (document.kind == kind) return finish({0, document.write(), {}});
  }
  return finish({exit_code(ExitCode::usage, Manners::ours), {}, "mqtt docs: man PAGE, bash, zsh or fish\n"});
}

}  // namespace cmd
