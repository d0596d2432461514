// SCRAM against the examples of its RFCs, both sides against each other, and hostile ones.
#include "auth/scram.h"

#include "base/hex.h"
#include "catch.h"

using auth::Hash;
using auth::ScramClient;
using auth::ScramServer;

namespace {

struct Example {
  Hash hash;
  std::string client_nonce, server_nonce, salt;
  std::string first, server_first, answer, server_final;
};

/// RFC 5802 section 5 and RFC 7677 section 3: user "user", password "pencil".
const Example examples[] = {
    {Hash::sha1, "fyko+d2lbbFgONRv9qkxdawL", "3rfcNHYJY1ZVvWVs7j", "QSXCR+Q6sek8bf92",
     "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL", "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
     "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
     "v=rmF9pqV8S7suAoZWja4dJRkFsKQ="},
    {Hash::sha256, "rOprNGfwEbeRWgbNEkqO", "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0",
     "W22ZaJ0SNY7soEsUEjb6gQ==", "n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
     "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
     "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
     "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
     "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="},
};

ScramServer::Lookup one_user(Hash hash, std::string name, std::string password, std::string salt) {
  return [=](std::string_view asked) -> std::optional<auth::ScramCredential> {
    if (asked != name) return {};
    return auth::make_credential(hash, password, salt);
  };
}

/// How an exchange between a client and a server ends.
std::string exchange(Hash hash, std::string name, std::string password, const ScramServer::Lookup& lookup) {
  ScramClient client(hash, name, std::move(password));
  ScramServer server(hash, lookup);
  const auto server_first = server.begin(client.first());
  if (!server_first) return server_first.error();
  const auto answer = client.answer(*server_first);
  if (!answer) return answer.error();
  const auto server_final = server.finish(*answer);
  if (!server_final) return server_final.error();
  const auto verified = client.verify(*server_final);
  return verified ? "agreed on " + server.username() : verified.error();
}

}  // namespace

TEST_CASE("the examples of the RFCs come out on both sides") {
  for (const Example& example : examples) {
    ScramClient client(example.hash, "user", "pencil", example.client_nonce);
    CHECK(client.first() == example.first);
    CHECK(client.answer(example.server_first) == example.answer);
    CHECK(client.verify(example.server_final).has_value());

    const std::string salt = *base::from_base64(example.salt);
    ScramServer server(example.hash, one_user(example.hash, "user", "pencil", salt), example.server_nonce);
    CHECK(server.begin(example.first) == example.server_first);
    CHECK(server.finish(example.answer) == example.server_final);
  }
}

TEST_CASE("client and server agree exactly where name and password do") {
  for (const Hash hash : {Hash::sha1, Hash::sha256, Hash::sha512}) {
    const auto lookup = one_user(hash, "a=b,c", "geheim", "0123456789abcdef");
    CHECK(exchange(hash, "a=b,c", "geheim", lookup) == "agreed on a=b,c");
    CHECK(exchange(hash, "a=b,c", "Geheim", lookup) == "wrong name or password");
    CHECK(exchange(hash, "nobody", "geheim", lookup) == "wrong name or password");
  }
}

TEST_CASE("a method is found by its name") {
  CHECK(auth::find_scram("SCRAM-SHA-1") == Hash::sha1);
  CHECK(auth::find_scram("SCRAM-SHA-512") == Hash::sha512);
  CHECK(!auth::find_scram("SCRAM-SHA-256-PLUS"));
}

TEST_CASE("the client refuses what a hostile server could gain by") {
  const struct {
    const char* server_first;
    const char* why;
  } rows[] = {
      {"", "its first SCRAM message cannot be read"},
      {"r=nonceX,s=QSXCR+Q6sek8bf92", "its first SCRAM message cannot be read"},
      {"r=nonceX,s=!,i=4096", "its first SCRAM message cannot be read"},
      {"r=nonceX,s=QSXCR+Q6sek8bf92,i=40x", "its first SCRAM message cannot be read"},
      {"m=x,r=nonceX,s=QSXCR+Q6sek8bf92,i=4096", "its first SCRAM message cannot be read"},
      {"r=nonce,s=QSXCR+Q6sek8bf92,i=4096", "its SCRAM nonce does not go on from ours: the message is not for us"},
      {"r=other,s=QSXCR+Q6sek8bf92,i=4096", "its SCRAM nonce does not go on from ours: the message is not for us"},
      {"r=nonceX,s=QSXCR+Q6sek8bf92,i=1", "it asks for 1 SCRAM iterations, and 4096 to 1000000 are acceptable"},
      {"r=nonceX,s=QSXCR+Q6sek8bf92,i=2000000000",
       "it asks for 2000000000 SCRAM iterations, and 4096 to 1000000 are acceptable"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.server_first);
    ScramClient client(Hash::sha1, "user", "pencil", "nonce");
    const auto answer = client.answer(row.server_first);
    REQUIRE(!answer);
    CHECK(answer.error() == row.why);
  }
  ScramClient client(Hash::sha1, "user", "pencil", examples[0].client_nonce);
  CHECK(client.verify(examples[0].server_final).error() == "it does not prove that it knows the password");
  REQUIRE(client.answer(examples[0].server_first));
  CHECK(client.verify("v=AAAA").error() == "it does not prove that it knows the password");
  CHECK(client.verify("e=unknown-user").error() == "it says: unknown-user");
  CHECK(client.verify(examples[0].server_final).has_value());
}

TEST_CASE("the server refuses what is no SCRAM") {
  const auto lookup = one_user(Hash::sha1, "user", "pencil", "salt");
  for (const char* first : {"", "n", "n,", "n,,", "n,,n=user", "n,,r=x,n=user", "n,,n=us=er,r=x", "n,,n=user,r="}) {
    CAPTURE(first);
    CHECK(ScramServer(Hash::sha1, lookup).begin(first).error() == "its first SCRAM message cannot be read");
  }
  for (const char* first : {"p=tls-unique,,n=user,r=x", "n,a=other,n=user,r=x"}) {
    CHECK(ScramServer(Hash::sha1, lookup).begin(first).error() == "it asks for channel binding or another identity");
  }
  for (const char* final : {"", "c=biws", "c=biws,r=xy", "r=xy,c=biws,p=AA=="}) {
    ScramServer server(Hash::sha1, lookup, "y");
    REQUIRE(server.begin("n,,n=user,r=x"));
    CHECK(server.finish(final).error() == "its last SCRAM message cannot be read");
  }
  ScramServer server(Hash::sha1, lookup, "y");
  REQUIRE(server.begin("n,,n=user,r=x"));
  CHECK(server.finish("c=biws,r=x,p=AAAA").error() == "its last SCRAM message is not for us");
  CHECK(server.finish("c=eSws,r=xy,p=AAAA").error() == "its last SCRAM message is not for us");
  CHECK(server.finish("c=biws,r=xy,p=AAAA").error() == "wrong name or password");
}
