// What cloud brokers want, against published examples and against the same formulas written in another language.
#include "auth/cloud.h"

#include "catch.h"

using namespace std::chrono_literals;
using std::chrono::sys_days;

TEST_CASE("Alibaba Cloud's password signs the client identifier") {
  const auto login = auth::aliyun("GID_test@@@0001", "LTAIexample", "SecretKeyExample", "post-cn-example");
  CHECK(login.username == "Signature|LTAIexample|post-cn-example");
  CHECK(login.password == "vfHLv40S1iX9JtLMQZi1lljDWao=");
}

TEST_CASE("Azure's shared access signature covers host and device") {
  const auto login =
      auth::azure_sas("hub.azure-devices.net", "dev 1",
                      "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=", std::chrono::sys_seconds(1'700'000'000s));
  REQUIRE(login);
  CHECK(login->username == "hub.azure-devices.net/dev 1/?api-version=2021-04-12");
  CHECK(login->password ==
        "SharedAccessSignature sr=hub.azure-devices.net%2Fdevices%2Fdev%201"
        "&sig=gc1rl%2FqrWpPJIs9ce0SOMCiBv1mPWXPNgFGY3zfDZho%3D&se=1700000000");
  CHECK(!auth::azure_sas("h", "d", "not base64", {}));
}

// Amazon S3's API reference, "Authenticating Requests: Using Query Parameters".
TEST_CASE("AWS Signature Version 4 gives the published signature") {
  auth::AwsRequest request;
  request.host = "examplebucket.s3.amazonaws.com";
  request.path = "/test.txt";
  request.region = "us-east-1";
  request.service = "s3";
  request.access_key = "AKIAIOSFODNN7EXAMPLE";
  request.secret_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
  request.now = sys_days(2013y / 5 / 24);
  request.payload_digest = "UNSIGNED-PAYLOAD";
  CHECK(auth::aws_presigned(request) ==
        "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256"
        "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
        "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
        "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
}

TEST_CASE("AWS IoT's address is signed without its session token") {
  auth::AwsRequest request;
  request.host = "example-ats.iot.eu-central-1.amazonaws.com";
  request.region = "eu-central-1";
  request.access_key = "AKIDEXAMPLE";
  request.secret_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
  request.session_token = "a/b=";
  request.now = sys_days(2015y / 8 / 30) + 12h + 36min;
  CHECK(auth::aws_presigned(request) ==
        "/mqtt?X-Amz-Algorithm=AWS4-HMAC-SHA256"
        "&X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Feu-central-1%2Fiotdevicegateway%2Faws4_request"
        "&X-Amz-Date=20150830T123600Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
        "&X-Amz-Signature=64c204fa6b85b472af8fc225f0b8d2440b1a542a70269d0568d2ecb1530fe0ba"
        "&X-Amz-Security-Token=a%2Fb%3D");
}
