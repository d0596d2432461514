// A command line for tests: words as argv, and an environment that is only what a test says.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "options.h"

class CommandLine {
 public:
  CommandLine(std::string called, std::vector<std::string> words, std::map<std::string, std::string> environment = {})
      : words_(std::move(words)), environment_(std::move(environment)) {
    words_.insert(words_.begin(), std::move(called));
    for (auto& word : words_) argv_.push_back(word.data());
    argv_.push_back(nullptr);
  }

  auto pub() { return cmd::parse_pub(argc(), argv_.data(), variables()); }
  auto sub() { return cmd::parse_sub(argc(), argv_.data(), variables()); }
  auto rr() { return cmd::parse_rr(argc(), argv_.data(), variables()); }
  auto decode() { return cmd::parse_decode(argc(), argv_.data(), variables()); }
  auto broker() { return cmd::parse_broker(argc(), argv_.data(), variables()); }
  const std::string& word(std::size_t index) const { return words_[index]; }
  int argc() const { return static_cast<int>(words_.size()); }
  char** argv() { return argv_.data(); }

 private:
  cmd::Environment variables() const {
    return [this](const char* name) -> const char* {
      const auto found = environment_.find(name);
      return found == environment_.end() ? nullptr : found->second.c_str();
    };
  }

  std::vector<std::string> words_;
  std::map<std::string, std::string> environment_;
  std::vector<char*> argv_;
};
