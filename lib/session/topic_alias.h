// Topic aliases for what we send: the first topics get a number each, as many as the peer allows (5.0).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace session {

class TopicAliases {
 public:
  struct Alias {
    std::uint16_t number = 0;  ///< 0 for none
    bool known = false;        ///< the peer has it: the topic may be left out
  };

  /// A new network connection knows no aliases.
  void reset(std::uint16_t maximum) noexcept {
    aliases_.clear();
    maximum_ = maximum;
  }
  std::uint16_t maximum() const noexcept { return maximum_; }

  /// Assigns one where the topic has none and one is left.
  Alias assign(std::string_view topic);

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view topic) const noexcept { return std::hash<std::string_view>{}(topic); }
  };

  std::unordered_map<std::string, std::uint16_t, Hash, std::equal_to<>> aliases_;
  std::uint16_t maximum_ = 0;
};

}  // namespace session
