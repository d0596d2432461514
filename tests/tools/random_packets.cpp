// Random packets of one version by our encoder, for mqtt_packet_test.py: their bytes, and a line for each with its
// fields as mqtt-packet names them, names and values in hexadecimal.
//   random_packets VERSION COUNT SEED PACKETS FIELDS
#include <cstdlib>
#include <fstream>

#include "wire/encode.h"
#include "wire/mqtt_packet_fields.h"
#include "wire/random_packet.h"

int main(int argc, char** argv) {
  if (argc != 6) return EXIT_FAILURE;
  const auto version = static_cast<wire::Version>(std::atoi(argv[1]));
  RandomPacket random(static_cast<std::uint32_t>(std::atoi(argv[3])));
  std::ofstream packets(argv[4], std::ios::binary);
  std::ofstream fields(argv[5]);
  base::Buffer bytes;
  for (int left = std::atoi(argv[2]); left > 0; --left) {
    const wire::Packet packet = random.next(version);
    bytes.clear();
    if (!wire::append(bytes, packet, version)) return EXIT_FAILURE;
    packets << bytes.text();
    for (const auto& [name, value] : FieldsOf(version).of(packet)) {
      fields << base::to_hex(base::as_bytes(name)) << '=' << base::to_hex(base::as_bytes(value)) << ' ';
    }
    fields << '\n';
  }
  return packets.flush() && fields.flush() ? EXIT_SUCCESS : EXIT_FAILURE;
}
