#include "bench/plan.h"

#include <algorithm>
#include <charconv>
#include <functional>

#include "bench/record.h"

namespace bench {
namespace {

void append_decimal(std::string& out, std::uint64_t number) {
  char digits[20];
  const auto written = std::to_chars(digits, digits + sizeof digits, number);
  out.append(digits, written.ptr);
}

bool has_any(std::string_view pattern, std::string_view letters) noexcept {
  for (std::size_t at = 0; at + 1 < pattern.size(); ++at) {
    if (pattern[at] != '%') continue;
    if (letters.find(pattern[++at]) != std::string_view::npos) return true;
  }
  return false;
}

}  // namespace

std::span<const Plan> Plan::loads() const noexcept {
  return mode == Mode::mixed ? std::span<const Plan>(groups) : std::span<const Plan>(this, 1);
}

bool Plan::publishes() const noexcept {
  if (mode == Mode::mixed) return std::any_of(groups.begin(), groups.end(), std::mem_fn(&Plan::publishes));
  return mode == Mode::pub || mode == Mode::latency;
}

bool Plan::receives() const noexcept {
  if (mode == Mode::mixed) return std::any_of(groups.begin(), groups.end(), std::mem_fn(&Plan::receives));
  return mode == Mode::sub || mode == Mode::latency;
}

std::uint32_t Plan::clients() const noexcept {
  if (mode == Mode::conn) return count;
  std::uint32_t all = publishers() + subscribers();
  for (const Plan& group : groups) all += group.clients();
  return all;
}

std::uint32_t Plan::own_clients() const noexcept {
  if (mode == Mode::conn) return own(count);
  std::uint32_t all = own_publishers() + own_subscribers();
  for (const Plan& group : groups) all += group.own_clients();
  return all;
}

std::string Plan::identifier_of(std::uint32_t number) const { return prefix + std::to_string(start_number + number); }

std::string Plan::topic_of(std::uint32_t publisher) const {
  const std::string identifier = identifier_of(publisher);
  std::string made;
  expand(made, topic, {start_number + publisher, identifier, session.username.value_or("")}, 0);
  return made;
}

std::string Plan::filter_of(std::uint32_t subscriber) const {
  const bool latency = mode == Mode::latency;
  const std::uint32_t heard = latency && shape == Shape::fan_out ? 0 : subscriber - publishers();
  const std::string identifier = identifier_of(heard);
  std::string made;
  expand(made, widen(topic, latency && shape == Shape::fan_in ? "icus" : "s"),
         {start_number + heard, identifier, session.username.value_or("")}, 0);
  return made;
}

Plan::Part Plan::part() const noexcept {
  const auto share = [](double mine, double all) { return all > 0 ? mine / all : 0; };
  const double of_publishers = share(own_publishers(), publishers());
  const double of_clients = share(own_clients(), clients());
  // Publishers have their messages in turn; what comes to subscribers is divided as it is.
  const std::uint64_t all = publishers();
  const std::uint64_t mine = all == 0 ? own(messages) : messages / all * own_publishers() + own(messages % all);
  return {own(count), rate * of_publishers, connect_rate * of_clients, mine, churn * of_clients};
}

void expand(std::string& out, std::string_view pattern, const Person& person, std::uint64_t sequence) {
  for (;;) {
    const std::size_t at = pattern.find('%');
    out.append(pattern.substr(0, at));
    if (at == std::string_view::npos) return;
    pattern.remove_prefix(at + 1);
    switch (pattern.empty() ? '\0' : pattern[0]) {
      case 'i':
        append_decimal(out, person.number);
        break;
      case 'c':
        out.append(person.identifier);
        break;
      case 'u':
        out.append(person.username);
        break;
      case 's':
        append_decimal(out, sequence);
        break;
      case '%':
        out.push_back('%');
        break;
      default:
        out.push_back('%');
        continue;
    }
    pattern.remove_prefix(1);
  }
}

bool Plan::shares_subscription() const noexcept {
  constexpr std::string_view shared = "$share/";
  const std::string_view group = std::string_view(topic).substr(std::min(topic.size(), shared.size()));
  return mode == Mode::sub && topic.starts_with(shared) && !has_any(group.substr(0, group.find('/')), "icus");
}

bool is_group_name(std::string_view text) noexcept {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
  if (text.empty() || text.size() > longest_group_name) return false;
  return text.find_first_not_of(letters) == std::string_view::npos && !is_metric(text);
}

bool varies(std::string_view pattern) noexcept { return has_any(pattern, "s"); }

std::string widen(std::string_view pattern, std::string_view letters) {
  std::string widened;
  for (;;) {
    const std::size_t slash = pattern.find('/');
    const std::string_view level = pattern.substr(0, slash);
    widened += has_any(level, letters) ? "+" : level;
    if (slash == std::string_view::npos) return widened;
    widened.push_back('/');
    pattern.remove_prefix(slash + 1);
  }
}

}  // namespace bench
