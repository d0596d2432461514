// Options that say who we are and how the way is encrypted.
#include "auth/scram.h"
#include "cloud.h"
#include "option_table.h"
#include "values.h"

namespace cmd {
namespace {

transport::TlsClientOptions& tls(Draft& draft) noexcept { return draft.connection.network.tls; }

Stored no_engines(Draft&, std::string_view) {
  return base::unexpected<std::string>("engines are gone from OpenSSL 3, which has providers in their place");
}

Stored store_keyform(Draft& draft, std::string_view value) {
  if (value == "engine") return no_engines(draft, value);
  if (value != "pem") return base::unexpected(is_not(value, "pem"));
  tls(draft).key_form = value;
  return {};
}

Stored store_tls_version(Draft& draft, std::string_view value) {
  if (value != "tlsv1.2" && value != "tlsv1.3") return base::unexpected(is_not(value, "tlsv1.2 or tlsv1.3"));
  tls(draft).version = value;
  return {};
}

Stored store_psk(Draft& draft, std::string_view value) {
  if (auto key = read_hex(value); !key || key->empty())
    return base::unexpected<std::string>("the key is not hexadecimal");
  tls(draft).psk_hex = value;
  return {};
}

constexpr unsigned both = connecting_bits | broker_bit;

const OptionRow rows[] = {
    {.name = "username",
     .letter = 'u',
     .argument = "NAME",
     .group = Group::credentials,
     .commands = connecting_bits,
     .environment = "MQTT_USERNAME",
     .help = "user name",
     .store = [](Draft& draft, std::string_view value) -> Stored {
       draft.username = value;
       return {};
     }},
    {.name = "pw",
     .letter = 'P',
     .alias = "password",
     .argument = "PASSWORD",
     .group = Group::credentials,
     .commands = connecting_bits,
     .environment = "MQTT_PASSWORD",
     .secret = true,
     .help = "password; safer: --password-file, MQTT_PASSWORD, a profile, --ask-password",
     .more = "The words of a command can be read by every user of a machine until the program has wiped them, which is "
             "the first thing that it does.",
     .store = [](Draft& draft, std::string_view value) -> Stored {
       draft.password = value;
       draft.password_file.clear();
       return {};
     }},
    {.name = "password-file",
     .argument = "FILE",
     .group = Group::credentials,
     .commands = connecting_bits,
     .environment = "MQTT_PASSWORD_FILE",
     .completion = Completion::file,
     .help = "read the password from the first line of a file",
     .store = [](Draft& draft, std::string_view value) -> Stored {
       draft.password_file = value;
       draft.password.reset();
       return {};
     }},
    {.name = "ask-password",
     .group = Group::credentials,
     .commands = connecting_bits,
     .help = "ask for the password on the terminal",
     .store = [](Draft& draft, std::string_view) -> Stored {
       draft.ask_password = true;
       return {};
     }},
    {.name = "auth-method",
     .argument = "METHOD",
     .group = Group::credentials,
     .commands = client_bits | check_bit,
     .environment = "MQTT_AUTH_METHOD",
     .choices = "SCRAM-SHA-1 SCRAM-SHA-256 SCRAM-SHA-512",
     .help = "prove name and password without sending the password; MQTT 5",
     .more = "The broker has to prove that it knows the password too, or the connection is given up.",
     .store = [](Draft& draft, std::string_view value) -> Stored {
       if (!auth::find_scram(value))
         return base::unexpected(is_not(value, "SCRAM-SHA-1, SCRAM-SHA-256 or SCRAM-SHA-512"));
       draft.auth_method = value;
       draft.needs_version_5 = true;
       return {};
     }},
    {.name = "auth",
     .argument = "CLOUD",
     .group = Group::credentials,
     .commands = client_bits,
     .environment = "MQTT_AUTH",
     .choices = "aliyun aws-sigv4 azure-sas",
     .help = "derive what a cloud broker wants from a key: aliyun, aws-sigv4 or azure-sas",
     .more =
         "aliyun signs the client identifier (GID_group@@@device; a message to parent/p2p/GID_group@@@device goes to "
         "that device alone) for the instance that the host name begins with. aws-sigv4 signs the address of a wss:// "
         "connection to AWS IoT. azure-sas makes a token of an hour for the device named by -i. The keys come from "
         "--auth-key-file or the environment: ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET; "
         "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN; AZURE_IOT_DEVICE_KEY.",
     .store = [](Draft& draft, std::string_view value) -> Stored {
       if (!is_cloud(value)) return base::unexpected(is_not(value, "aliyun, aws-sigv4 or azure-sas"));
       draft.cloud = value;
       return {};
     }},
    {.name = "auth-key-file",
     .argument = "FILE",
     .group = Group::credentials,
     .commands = client_bits,
     .environment = "MQTT_AUTH_KEY_FILE",
     .completion = Completion::file,
     .help = "the keys for --auth, a line each in the order of their variables",
     .store = [](Draft& draft, std::string_view value) -> Stored {
       draft.cloud_key_file = value;
       return {};
     }},
    {.name = "cafile",
     .argument = "FILE",
     .group = Group::tls,
     .commands = connecting_bits,
     .environment = "MQTT_CAFILE",
     .completion = Completion::file,
     .help = "authorities to trust, PEM; turns TLS on",
     .store = [](Draft& draft, std::string_view value) -> Stored {
       tls(draft).cafile = value;
       return {};
     }},
    {.name = "capath",
     .argument = "DIR",
     .group = Group::tls,
     .commands = connecting_bits,
     .environment = "MQTT_CAPATH",
     .completion = Completion::directory,
     .help = "directory of authorities (see openssl rehash); turns TLS on",
     .store = [](Draft& draft, std::string_view value) -> Stored {
       tls(draft).capath = value;
       return {};
     }},
    {.name = "tls-use-os-certs",
     .group = Group::tls,
     .commands = connecting_bits,
     .environment = "MQTT_TLS_USE_OS_CERTS",
     .help = "trust the system's authorities; turns TLS on",
     .more = "They are used anyway where neither --cafile nor --capath is given; with one of these, they are added.",
     .store = [](Draft& draft, std::string_view) -> Stored {
       draft.use_system_roots = true;
       return {};
     }},
    {.name = "cert",
     .argument = "FILE",
     .group = Group::tls,
     .commands = connecting_bits,
     .environment = "MQTT_CERT",
     .completion = Completion::file,
     .help = "our certificate, PEM; turns TLS on",
     .store = [](Draft& draft, std::string_view value) -> Stored {
       tls(draft).cert = value;
       return {};
     }},
    {.name = "key",
     .argument = "FILE",
     .group = Group::tls,
     .commands = connecting_bits,
     .environment = "MQTT_KEY",
     .completion = Completion::file,
     .help = "our private key, PEM",
     .more = "For an encrypted key the password is asked for on the terminal, unless --key-password-file has it.",
     .store = [](Draft& draft, std::string_view value) -> Stored {
       tls(draft).key = value;
       return {};
     }},
    {.name = "key-password-file",
     .argument = "FILE",
     .group = Group::tls,
     .commands = both,
     .environment = "MQTT_KEY_PASSWORD_FILE",
     .completion = Completion::file,
     .help = "the key's password is the first line of this file",
     .store = [](Draft& draft, std::string_view value) -> Stored {
       draft.key_password_file = value;
       return {};
     }},
    {.name = "keyform",
     .argument = "FORM",
     .group = Group::tls,
     .commands = connecting_bits,
     .environment = "MQTT_KEYFORM",
     .choices = "pem engine",
     .help = "form of the key: pem (engine is refused)",
     .store = store_keyform},
    {.name = "insecure",
     .group = Group::tls,
     .commands = connecting_bits,
     .environment = "MQTT_INSECURE",
     .help = "do not compare the host name with the certificate",
     .more = "The certificate must still come from a trusted authority. For tests only.",
     .store = [](Draft& draft, std::string_view) -> Stored {
       tls(draft).verify_host_name = false;
       return {};
     }},
    {.name = "server-name",
     .argument = "NAME",
     .group = Group::tls,
     .commands = connecting_bits,
     .environment = "MQTT_SERVER_NAME",
     .completion = Completion::host,
     .help = "host name to ask for (SNI) and to verify, in place of the host",
     .store = [](Draft& draft, std::string_view value) -> Stored {
       tls(draft).server_name = value;
       return {};
     }},
    {.name = "tls-version",
     .argument = "VERSION",
     .group = Group::tls,
     .commands = connecting_bits,
     .environment = "MQTT_TLS_VERSION",
     .choices = "tlsv1.2 tlsv1.3",
     .help = "exactly this version: tlsv1.2 or tlsv1.3 (either)",
     .store = store_tls_version},
    {.name = "ciphers",
     .argument = "LIST",
     .group = Group::tls,
     .commands = connecting_bits,
     .environment = "MQTT_CIPHERS",
     .help = "ciphers of TLS 1.2, in the language of openssl-ciphers(1)",
     .store = [](Draft& draft, std::string_view value) -> Stored {
       tls(draft).ciphers = value;
       return {};
     }},
    {.name = "ciphersuites",
     .argument = "LIST",
     .group = Group::tls,
     .commands = connecting_bits,
     .environment = "MQTT_CIPHERSUITES",
     .help = "cipher suites of TLS 1.3, separated by colons",
     .store = [](Draft& draft, std::string_view value) -> Stored {
       tls(draft).ciphersuites = value;
       return {};
     }},
    {.name = "tls-alpn",
     .argument = "PROTOCOL",
     .group = Group::tls,
     .commands = connecting_bits,
     .environment = "MQTT_TLS_ALPN",
     .repeatable = true,
     .help = "protocol to ask for (ALPN), for ports shared by several",
     .store = [](Draft& draft, std::string_view value) -> Stored {
       if (value.empty() || value.size() > 255) return base::unexpected<std::string>("a name has 1 to 255 bytes");
       tls(draft).alpn.emplace_back(value);
       return {};
     }},
    {.name = "psk",
     .argument = "KEY",
     .group = Group::tls,
     .commands = connecting_bits,
     .environment = "MQTT_PSK",
     .secret = true,
     .help = "key shared with the broker, hexadecimal; turns TLS on",
     .store = store_psk},
    {.name = "psk-identity",
     .argument = "NAME",
     .group = Group::tls,
     .commands = connecting_bits,
     .environment = "MQTT_PSK_IDENTITY",
     .help = "whose key --psk is",
     .store = [](Draft& draft, std::string_view value) -> Stored {
       tls(draft).psk_identity = value;
       return {};
     }},
    {.name = "tls-keylog",
     .argument = "FILE",
     .group = Group::tls,
     .commands = connecting_bits,
     .environment = "SSLKEYLOGFILE",
     .completion = Completion::file,
     .help = "append the secrets of each TLS session to a file",
     .more = "Programs that read captures, as mqtt decode and Wireshark, can then decrypt them.",
     .store = [](Draft& draft, std::string_view value) -> Stored {
       tls(draft).keylog_file = value;
       return {};
     }},
    {.name = "tls-engine",
     .argument = "ENGINE",
     .group = Group::tls,
     .commands = connecting_bits,
     .help = "refused: OpenSSL 3 has no engines",
     .store = no_engines},
    {.name = "tls-engine-kpass-sha1",
     .argument = "HEX",
     .group = Group::tls,
     .commands = connecting_bits,
     .help = "refused, as --tls-engine",
     .store = no_engines},
    {.name = "no-tls",
     .group = Group::tls,
     .commands = connecting_bits,
     .environment = "MQTT_NO_TLS",
     .help = "no TLS, whatever else is said, and on port 8883 too",
     .store = [](Draft& draft, std::string_view) -> Stored {
       draft.no_tls = true;
       return {};
     }},
};

}  // namespace

std::span<const OptionRow> security_rows() noexcept { return rows; }

}  // namespace cmd
