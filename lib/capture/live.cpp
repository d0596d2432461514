// Reads MQTT from a network interface while it passes.
#include "capture/live.h"

#include <array>
#include <dlfcn.h>
#include <memory>
#include <net/if.h>
#include <pcap.h>
#include <poll.h>

#include "capture/dissector.h"

namespace capture {
namespace {

/// libpcap, loaded when it is needed: it brings eight shared libraries, which would cost every start of the program.
class Library {
 public:
  Library() : handle_(dlopen("libpcap.so.0.8", RTLD_NOW | RTLD_LOCAL)) {
    if (handle_ == nullptr) handle_ = dlopen("libpcap.so.1", RTLD_NOW | RTLD_LOCAL);
    if (handle_ == nullptr) return;
    complete_ = load(create, "pcap_create") && load(set_snaplen, "pcap_set_snaplen") &&
                load(set_promisc, "pcap_set_promisc") && load(set_timeout, "pcap_set_timeout") &&
                load(set_buffer_size, "pcap_set_buffer_size") && load(set_precision, "pcap_set_tstamp_precision") &&
                load(get_precision, "pcap_get_tstamp_precision") && load(activate, "pcap_activate") &&
                load(compile, "pcap_compile") && load(setfilter, "pcap_setfilter") && load(freecode, "pcap_freecode") &&
                load(datalink, "pcap_datalink") && load(next_ex, "pcap_next_ex") && load(stats, "pcap_stats") &&
                load(setnonblock, "pcap_setnonblock") && load(selectable_fd, "pcap_get_selectable_fd") &&
                load(geterr, "pcap_geterr") && load(statustostr, "pcap_statustostr") && load(close, "pcap_close");
  }
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
  ~Library() {
    if (handle_ != nullptr) dlclose(handle_);
  }

  explicit operator bool() const noexcept { return complete_; }

  decltype(&pcap_create) create = nullptr;
  decltype(&pcap_set_snaplen) set_snaplen = nullptr;
  decltype(&pcap_set_promisc) set_promisc = nullptr;
  decltype(&pcap_set_timeout) set_timeout = nullptr;
  decltype(&pcap_set_buffer_size) set_buffer_size = nullptr;
  decltype(&pcap_set_tstamp_precision) set_precision = nullptr;
  decltype(&pcap_get_tstamp_precision) get_precision = nullptr;
  decltype(&pcap_activate) activate = nullptr;
  decltype(&pcap_compile) compile = nullptr;
  decltype(&pcap_setfilter) setfilter = nullptr;
  decltype(&pcap_freecode) freecode = nullptr;
  decltype(&pcap_datalink) datalink = nullptr;
  decltype(&pcap_next_ex) next_ex = nullptr;
  decltype(&pcap_stats) stats = nullptr;
  decltype(&pcap_setnonblock) setnonblock = nullptr;
  decltype(&pcap_get_selectable_fd) selectable_fd = nullptr;
  decltype(&pcap_geterr) geterr = nullptr;
  decltype(&pcap_statustostr) statustostr = nullptr;
  decltype(&pcap_close) close = nullptr;

 private:
  template <class Function>
  bool load(Function& function, const char* name) {
    function = reinterpret_cast<Function>(dlsym(handle_, name));
    return function != nullptr;
  }

  void* handle_ = nullptr;
  bool complete_ = false;
};

using Handle = std::unique_ptr<pcap_t, decltype(&pcap_close)>;

base::unexpected<LiveError> failure(const std::string& interface, const char* why) {
  return base::unexpected(LiveError{interface + ": " + why});
}

/// "there are lo and eth0"
std::string interfaces() {
  std::string names;
  struct if_nameindex* const all = if_nameindex();
  if (all == nullptr) return names;
  for (const struct if_nameindex* one = all; one->if_index != 0; ++one) {
    if (!names.empty()) names += one[1].if_index == 0 ? " and " : ", ";
    names += one->if_name;
  }
  if_freenameindex(all);
  return "there are " + names;
}

base::unexpected<LiveError> cannot_activate(const Library& library, pcap_t* handle, const std::string& name,
                                            int status) {
  if (status == PCAP_ERROR_NO_SUCH_DEVICE) return failure(name, ("no such interface; " + interfaces()).c_str());
  const std::string more = library.geterr(handle);
  auto error = failure(name, more.empty() ? library.statustostr(status) : more.c_str());
  if (status == PCAP_ERROR_PERM_DENIED) error.value().kind = LiveError::Kind::no_permission;
  return error;
}

base::Result<Handle, LiveError> open(const Library& library, const Interface& interface) {
  constexpr int snap_length = 262'144;
  constexpr int timeout_ms = 100;
  constexpr int buffer_size = 16 << 20;
  std::array<char, PCAP_ERRBUF_SIZE> why{};
  Handle handle(library.create(interface.name.c_str(), why.data()), library.close);
  if (!handle) return failure(interface.name, why.data());
  library.set_snaplen(handle.get(), snap_length);
  library.set_promisc(handle.get(), 0);
  library.set_timeout(handle.get(), timeout_ms);
  library.set_buffer_size(handle.get(), buffer_size);
  library.set_precision(handle.get(), PCAP_TSTAMP_PRECISION_NANO);
  if (const int status = library.activate(handle.get()); status < 0) {
    return cannot_activate(library, handle.get(), interface.name, status);
  }
  // A read that waits would not end where nothing comes, signal or not.
  if (library.setnonblock(handle.get(), 1, why.data()) < 0) return failure(interface.name, why.data());
  if (interface.filter.empty()) return handle;
  bpf_program program{};
  if (library.compile(handle.get(), &program, interface.filter.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0) {
    return base::unexpected(
        LiveError{"filter \"" + interface.filter + "\": " + library.geterr(handle.get()), LiveError::Kind::filter});
  }
  const int status = library.setfilter(handle.get(), &program);
  library.freecode(&program);
  if (status != 0) return failure(interface.name, library.geterr(handle.get()));
  return handle;
}

Record record_of(const pcap_pkthdr& header, const std::uint8_t* bytes, std::uint32_t link_type, bool nano) {
  Record record;
  record.bytes = {bytes, header.caplen};
  record.time_ns = std::int64_t{header.ts.tv_sec} * 1'000'000'000 + std::int64_t{header.ts.tv_usec} * (nano ? 1 : 1000);
  record.link_type = link_type;
  record.time_digits = nano ? 9 : 6;
  record.cut = header.len > header.caplen;
  return record;
}

void tell_drops(const Library& library, pcap_t* handle, Dissector& dissector) {
  pcap_stat counts{};
  if (library.stats(handle, &counts) != 0 || counts.ps_drop == 0) return;
  dissector.note(Note::truncated,
                 "the system dropped " + std::to_string(counts.ps_drop) + " frames because they came too fast");
}

/// Until something comes, a signal does, or a tenth of a second is over.
void wait_a_moment(int descriptor) {
  constexpr int moment_ms = 100;
  pollfd waiting{descriptor, POLLIN, 0};
  ::poll(&waiting, descriptor < 0 ? 0 : 1, moment_ms);
}

}  // namespace

base::Result<Summary, LiveError> read_interface(const Interface& interface, const Options& options, Handler& handler,
                                                const std::function<bool()>& on_wait) {
  constexpr unsigned frames_between_questions = 256;
  const Library library;
  if (!library) return base::unexpected(LiveError{"libpcap, which reads from interfaces, is not installed"});
  auto handle = open(library, interface);
  if (!handle) return base::unexpected(handle.error());
  const bool nano = library.get_precision(handle->get()) == PCAP_TSTAMP_PRECISION_NANO;
  const auto link_type = static_cast<std::uint32_t>(library.datalink(handle->get()));

  Dissector dissector(options, handler);
  pcap_pkthdr* header = nullptr;
  const std::uint8_t* bytes = nullptr;
  for (unsigned frames = 0;;) {
    const int got = library.next_ex(handle->get(), &header, &bytes);
    if (got < 0) {
      dissector.note(Note::truncated, library.geterr(handle->get()));
      break;
    }
    if (got > 0) dissector.receive(record_of(*header, bytes, link_type, nano));
    frames = got > 0 ? frames + 1 : 0;
    if (frames % frames_between_questions == 0 && !on_wait()) break;
    if (got == 0) wait_a_moment(library.selectable_fd(handle->get()));
  }
  tell_drops(library, handle->get(), dissector);
  return dissector.finish();
}

}  // namespace capture
