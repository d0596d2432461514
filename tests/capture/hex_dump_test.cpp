// One packet in every dress that people paste, and what is not a packet.
#include "capture/hex_dump.h"

#include "base/hex.h"
#include "catch.h"

namespace {

using capture::choose;

std::string hex(base::Bytes bytes) { return base::to_hex(bytes); }

const std::string connect = "101000044d5154540402003c000461626364";

struct Dress {
  const char* name;
  const char* text;
};

// What the tools printed, for the same packet.
const Dress dresses[] = {
    {"digits", "101000044d5154540402003c000461626364"},
    {"upper case", "101000044D5154540402003C000461626364"},
    {"blanks", "10 10 00 04 4d 51 54 54 04 02 00 3c 00 04 61 62 63 64"},
    {"colons", "10:10:00:04:4d:51:54:54:04:02:00:3c:00:04:61:62:63:64\n"},
    {"dashes", "10-10-00-04-4D-51-54-54-04-02-00-3C-00-04-61-62-63-64"},
    {"commas", "10,10,00,04,4d,51,54,54,04,02,00,3c,00,04,61,62,63,64"},
    {"words of four digits", "1010 0004 4d51 5454 0402 003c 0004 6162 6364"},
    {"0x before all", "0x101000044d5154540402003c000461626364"},
    {"0x before each", "0x10 0x10 0x00 0x04 0x4d 0x51 0x54 0x54 0x04 0x02 0x00 0x3c 0x00 0x04 0x61 0x62 0x63 0x64"},
    {"0x without zeros", "0x10,0x10,0x0,0x4,0x4d,0x51,0x54,0x54,0x4,0x2,0x0,0x3c,0x0,0x4,0x61,0x62,0x63,0x64"},
    {"single digits", "10 10 0 4 4d 51 54 54 4 2 0 3c 0 4 61 62 63 64"},
    {"decimal", "16 16 0 4 77 81 84 84 4 2 0 60 0 4 97 98 99 100"},
    {"escapes", R"(\x10\x10\x00\x04\x4d\x51\x54\x54\x04\x02\x00\x3c\x00\x04\x61\x62\x63\x64)"},
    {"escapes and characters", R"(\x10\x10\x00\x04MQTT\x04\x02\x00<\x00\x04abcd)"},
    {"octal escapes", R"(\020\020\000\004MQTT\004\002\000<\000\004abcd)"},
    {"Python", R"(>>> packet
b'\x10\x10\x00\x04MQTT\x04\x02\x00<\x00\x04abcd')"},
    {"Python list", "[16, 16, 0, 4, 77, 81, 84, 84, 4, 2, 0, 60, 0, 4, 97, 98, 99, 100]"},
    {"bytearray", R"(bytearray(b"\x10\x10\x00\x04MQTT\x04\x02\x00<\x00\x04abcd"))"},
    {"C literal", R"(const char packet[] = "\x10\x10\x00\x04" "MQTT" "\x04\x02\x00" "<" "\x00\x04" "abcd";)"},
    {"C array",
     "static const uint8_t connect[18] = {\n  0x10, 0x10, 0x00, 0x04, 0x4d, 0x51, 0x54, 0x54, /* name */\n"
     "  0x04, 0x02, 0x00, 0x3c, // keep alive\n  0x00, 0x04, 0x61, 0x62, 0x63, 0x64,\n};\n"},
    {"C array of characters", "{0x10, 0x10, 0x00, 0x04, 'M', 'Q', 'T', 'T', 4, 2, 0, 60, 0, 4, 'a', 'b', 'c', 'd'}"},
    {"xxd -i",
     "unsigned char p_bin[] = {\n  0x10, 0x10, 0x00, 0x04, 0x4d, 0x51, 0x54, 0x54, 0x04, 0x02, 0x00, 0x3c,\n"
     "  0x00, 0x04, 0x61, 0x62, 0x63, 0x64\n};\nunsigned int p_bin_len = 18;\n"},
    {"Rust", "let packet: [u8; 18] = [0x10u8, 16, 0, 4, 77, 81, 84, 84, 4, 2, 0, 60, 0, 4, 97, 98, 99, 100];"},
    {"Java", "byte[] packet = {(byte) 0x10, (byte)0x10, 0, 4, 77, 81, 84, 84, 4, 2, 0, 60, 0, 4, 97, 98, 99, 100};"},
    {"Go", "2026/11/21 03:33:28 packet: [16 16 0 4 77 81 84 84 4 2 0 60 0 4 97 98 99 100]"},
    {"Go literal",
     "[]byte{0x10, 0x10, 0x0, 0x4, 0x4d, 0x51, 0x54, 0x54, 0x4, 0x2, 0x0, 0x3c, 0x0, 0x4, 0x61, 0x62, "
     "0x63, 0x64}"},
    {"Erlang", "<<16,16,0,4,77,81,84,84,4,2,0,60,0,4,97,98,99,100>>"},
    {"Erlang with text", "1> <<16,16,0,4,\"MQTT\",4,2,0,60,0,4,\"abcd\">>"},
    {"gdb x/18xb",
     "0x7fffffffe3a0:\t0x10\t0x10\t0x00\t0x04\t0x4d\t0x51\t0x54\t0x54\n"
     "0x7fffffffe3a8:\t0x04\t0x02\t0x00\t0x3c\t0x00\t0x04\t0x61\t0x62\n0x7fffffffe3b0:\t0x63\t0x64\n"},
    {"gdb x/18cb",
     "0x555555558010 <packet>:\t16 '\\020'\t16 '\\020'\t0 '\\000'\t4 '\\004'\t77 'M'\t81 'Q'\t84 'T'\t84 'T'\n"
     "0x555555558018 <packet+8>:\t4 '\\004'\t2 '\\002'\t0 '\\000'\t60 '<'\t0 '\\000'\t4 '\\004'\t97 'a'\t98 'b'\n"
     "0x555555558020 <packet+16>:\t99 'c'\t100 'd'\n"},
    {"gdb p/x",
     "$1 = {0x10, 0x10, 0x0, 0x4, 0x4d, 0x51, 0x54, 0x54, 0x4, 0x2, 0x0, 0x3c, 0x0, 0x4, 0x61, 0x62, 0x63, 0x64}\n"},
    {"lldb p",
     "(unsigned char[18]) $0 = {\n  [0] = 0x10\n  [1] = 0x10\n  [2] = 0x00\n  [3] = 0x04\n  [4] = 0x4d\n  [5] = 0x51\n"
     "  [6] = 0x54\n  [7] = 0x54\n  [8] = 0x04\n  [9] = 0x02\n  [10] = 0x00\n  [11] = 0x3c\n  [12] = 0x00\n"
     "  [13] = 0x04\n  [14] = 0x61\n  [15] = 0x62\n  [16] = 0x63\n  [17] = 0x64\n}\n"},
    {"socat -x -v",
     "> 2026/11/21 10:25:43.000289759  length=18 from=0 to=17\n"
     " 10 10 00 04 4d 51 54 54 04 02 00 3c 00 04 61 62  ....MQTT...<..ab\n 63 64                                       "
     "     "
     "cd\n--\n"},
    {"hexyl",
     "│00000000│ 10 10 00 04 4d 51 54 54 ┊ 04 02 00 3c 00 04 61 62 │••⋄•MQTT┊••⋄<⋄•ab│\n"
     "│00000010│ 63 64                   ┊                         │cd      ┊        │\n"},
    {"a dump that begins at another offset",
     "00000036: 1010 0004 4d51 5454 0402 003c 0004 6162  ....MQTT...<..ab\n00000046: 6364  cd\n"},
    {"binary digits",
     "00010000 00010000 00000000 00000100 01001101 01010001 01010100 01010100 00000100 00000010 00000000 "
     "00111100 00000000 00000100 01100001 01100010 01100011 01100100"},
    {"xxd -b",
     "00000000: 00010000 00010000 00000000 00000100 01001101 01010001  ....MQ\n"
     "00000006: 01010100 01010100 00000100 00000010 00000000 00111100  TT...<\n"
     "0000000c: 00000000 00000100 01100001 01100010 01100011 01100100  ..abcd\n"},
    {"xxd -e",
     "00000000: 04001010 5454514d 3c000204 62610400  ....MQTT...<..ab\n00000010:     6463                       cd\n"},
    {"od", "0000000 010020 002000 050515 052124 001004 036000 002000 061141\n0000020 062143\n0000022\n"},
    {"od -b", "0000000 020 020 000 004 115 121 124 124 004 002 000 074 000 004 141 142\n0000020 143 144\n0000022\n"},
    {"od -c", "0000000 020 020  \\0 004   M   Q   T   T 004 002  \\0   <  \\0 004   a   b\n0000020   c   d\n0000022\n"},
    {"od -d", "0000000  4112  1024 20813 21588   516 15360  1024 25185\n0000020 25699\n0000022\n"},
    {"od -t d1",
     "0000000   16   16    0    4   77   81   84   84    4    2    0   60    0    4   97   98\n"
     "0000020   99  100\n0000022\n"},
    {"od -t d2 without offsets", "   4112   1024  20813  21588    516  15360   1024  25185\n  25699\n"},
    {"od -A n -b", " 020 020 000 004 115 121 124 124 004 002 000 074 000 004 141 142\n 143 144\n"},
    {"od -A n -x", " 1010 0400 514d 5454 0204 3c00 0400 6261\n 6463\n"},
    {"od -A n", "$ od -A n p.bin\n 010020 002000 050515 052124 001004 036000 002000 061141\n 062143\n$\n"},
    {"od -A n -c", " 020 020  \\0 004   M   Q   T   T 004 002  \\0   <  \\0 004   a   b\n   c   d\n"},
    {"od -a", "0000000 dle dle nul eot   M   Q   T   T eot stx nul   < nul eot   a   b\n0000020   c   d\n0000022\n"},
    {"od -l", "0000000  6076571188451086352  7088951687511015940\n0000020                25699\n0000022\n"},
    {"od -t o8", "0000000 0521242424640400010020 0611410100007400001004\n0000020 0000000000000000062143\n0000022\n"},
    {"hexdump -x",
     "0000000    1010    0400    514d    5454    0204    3c00    0400    6261\n0000010    6463\n0000012\n"},
    {"an escape for all", R"('\x101000044d5154540402003c000461626364')"},
    {"data URL", "data:application/octet-stream;base64,EBAABE1RVFQEAgA8AARhYmNk"},
    {"Node buffer", "<Buffer 10 10 00 04 4d 51 54 54 04 02 00 3c 00 04 61 62 63 64>"},
    {"Node JSON", R"({"type":"Buffer","data":[16,16,0,4,77,81,84,84,4,2,0,60,0,4,97,98,99,100]})"},
    {"Node array",
     "Uint8Array(18) [\n  16, 16,  0,   4, 77, 81, 84,\n  84,  4,  2,   0, 60,  0,  4,\n"
     "  97, 98, 99, 100\n]\n"},
    {"xxd",
     "00000000: 1010 0004 4d51 5454 0402 003c 0004 6162  ....MQTT...<..ab\n"
     "00000010: 6364                                     cd\n"},
    {"xxd -g1",
     "00000000: 10 10 00 04 4d 51 54 54 04 02 00 3c 00 04 61 62  ....MQTT...<..ab\n"
     "00000010: 63 64                                            cd\n"},
    {"xxd -c8",
     "00000000: 1010 0004 4d51 5454  ....MQTT\n00000008: 0402 003c 0004 6162  ...<..ab\n"
     "00000010: 6364                 cd\n"},
    {"xxd -p", "101000044d5154540402003c0004\n61626364\n"},
    {"hexdump -C",
     "00000000  10 10 00 04 4d 51 54 54  04 02 00 3c 00 04 61 62  |....MQTT...<..ab|\n"
     "00000010  63 64                                             |cd|\n00000012\n"},
    {"hexdump",
     "0000000 1010 0400 514d 5454 0204 3c00 0400 6261\n0000010 6463                                   \n"
     "0000012\n"},
    {"od -x", "0000000 1010 0400 514d 5454 0204 3c00 0400 6261\n0000020 6463\n0000022\n"},
    {"od -A x -t x1z",
     "000000 10 10 00 04 4d 51 54 54 04 02 00 3c 00 04 61 62  >....MQTT...<..ab<\n"
     "000010 63 64                                            >cd<\n000012\n"},
    {"od -t x1", "0000000 10 10 00 04 4d 51 54 54 04 02 00 3c 00 04 61 62\n0000020 63 64\n0000022\n"},
    {"od -A d -t x1", "0000000 10 10 00 04 4d 51 54 54 04 02 00 3c 00 04 61 62\n0000016 63 64\n0000018\n"},
    {"od -A n -t x1", " 10 10 00 04 4d 51 54 54 04 02 00 3c 00 04 61 62\n 63 64\n"},
    {"Wireshark, the packet's bytes",
     "0000   10 10 00 04 4d 51 54 54 04 02 00 3c 00 04 61 62   ....MQTT...<..ab\n"
     "0010   63 64                                             cd\n"},
    {"Postgres", " data\n------\n \\x101000044d5154540402003c000461626364\n(1 row)\n"},
    {"Postgres, as COPY writes it", "7\t\\\\x101000044d5154540402003c000461626364\tsent\n"},
    {"SQL", "INSERT INTO packet VALUES (X'101000044D5154540402003C000461626364');"},
    {"Visual Basic",
     "{&H10, &H10, &H0, &H4, &H4D, &H51, &H54, &H54, &H4, &H2, &H0, &H3C, &H0, &H4, &H61, &H62, &H63, &H64}"},
    {"Pascal", "($10, $10, $00, $04, $4D, $51, $54, $54, $04, $02, $00, $3C, $00, $04, $61, $62, $63, $64)"},
    {"h behind each", "10h 10h 00h 04h 4Dh 51h 54h 54h 04h 02h 00h 3Ch 00h 04h 61h 62h 63h 64h"},
    {"16# before each",
     "16#10, 16#10, 16#00, 16#04, 16#4D, 16#51, 16#54, 16#54, 16#04, 16#02, 16#00, 16#3C, 16#00, 16#04, 16#61, 16#62, "
     "16#63, 16#64"},
    {"underscores", "10_10_00_04_4d_51_54_54_04_02_00_3c_00_04_61_62_63_64"},
    {"binary digits in one word",
     "00010000000100000000000000000100010011010101000101010100010101000000010000000010000000000011110000000000000001000"
     "1"
     "100001011000100110001101100100"},
    {"cat -v", "^P^P^@^DMQTT^D^B^@<^@^Dabcd\n"},
    {"decimal escapes, as Lua writes them", R"("\16\16\0\4MQTT\4\2\0<\0\4abcd")"},
    {"Rust's escapes of a string", R"("\u{10}\u{10}\0\u{4}MQTT\u{4}\u{2}\0<\0\u{4}abcd")"},
    {"JSON of a Uint8Array",
     R"({"0":16,"1":16,"2":0,"3":4,"4":77,"5":81,"6":84,"7":84,"8":4,"9":2,"10":0,"11":60,"12":0,"13":4,)"
     R"("14":97,"15":98,"16":99,"17":100})"},
    {"a browser's console",
     "Uint8Array(18) [16, 16, 0, 4, 77, 81, 84, 84, 4, 2, 0, 60, 0, 4, 97, 98, 99, 100, buffer: ArrayBuffer(18), "
     "byteLength: 18, byteOffset: 0, length: 18]"},
    {"Kotlin",
     "byteArrayOf(0x10, 0x10, 0x00, 0x04, 0x4D, 0x51, 0x54, 0x54, 0x04.toByte(), 0x02, 0x00, 0x3C, 0x00, 0x04, 0x61, "
     "0x62, 0x63, 0x64)"},
    {"ESP-IDF",
     "\x1B[0;32mI (12) mqtt: 10 10 00 04 4d 51 54 54 04 02 00 3c 00 04 61 62 \x1B[0m\n"
     "\x1B[0;32mI (12) mqtt: 63 64 \x1B[0m\n"},
    {"a single byte on the last line",
     "I (12) mqtt: 10 10 00 04 4d 51 54 54 04 02 00 3c 00 04 61 62 63\nI (12) mqtt: 64\n"},
    {"Arduino's monitor",
     "12:34:56.000 -> 10 10 0 4 4D 51 54 54\n12:34:56.008 -> 4 2 0 3C 0 4 61 62\n12:34:56.016 -> 63 64\n"},
    {"PowerShell 5, Format-Hex",
     "\r\n\r\n           Path: C:\\p.bin\r\n\r\n           00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F\r\n\r\n"
     "00000000   10 10 00 04 4D 51 54 54 04 02 00 3C 00 04 61 62  ....MQTT...<..ab\r\n"
     "00000010   63 64                                            cd              \r\n\r\n"},
    {"certutil -encodehex",
     "0000\t10 10 00 04 4d 51 54 54  04 02 00 3c 00 04 61 62   ....MQTT...<..ab\r\n0010\t63 64"
     "                                              cd\r\n"},
    {"a percent-encoded field", "POST packet=%10%10%00%04MQTT%04%02%00%3C%00%04abcd&retry=1"},
    {"percent", "%10%10%00%04MQTT%04%02%00%3C%00%04abcd"},
    {"a log",
     "2026-11-21T03:33:28.123Z DEBUG [client] sending 18 bytes: 10 10 00 04 4d 51 54 54 04 02 00 3c 00 04 61 "
     "62 63 64"},
    {"a log with a time", "12:34:56.789 > 10 10 00 04 4d 51 54 54 04 02 00 3c 00 04 61 62 63 64"},
    {"key and value", "time=12:34:56 len=18 data=101000044d5154540402003c000461626364 ok=true"},
    {"OpenSSL, with a short last line that reads like bytes",
     "0000 - 10 10 00 04 4d 51 54 54-04 02 00 3c 00 04 61 62   ....MQTT...<..ab\n"
     "0010 - 63 64                                             cd\n"},
    {"a comment",
     "# CONNECT of the boiler\n10 10 00 04 4d 51 54 54 # name\n04 02 00 3c 00 04 61 62 63 64 // the rest\n"},
    {"a prompt", "$ xxd -p packet.bin\n101000044d5154540402003c000461626364\n$\n"},
    {"a log with a dump",
     "03:33:28 TRACE 0000  10 10 00 04 4d 51 54 54  04 02 00 3c 00 04 61 62\n"
     "03:33:28 TRACE 0010  63 64\n"},
    {"base64", "EBAABE1RVFQEAgA8AARhYmNk"},
    {"base64 in a log", "payload: \"EBAABE1RVFQEAgA8AARhYmNk\", sent"},
    {"Windows lines", "10 10 00 04 4d 51 54 54\r\n04 02 00 3c 00 04 61 62\r\n63 64\r\n"},
};

// A PUBLISH of QoS 1 in the dresses of logs, and in lists with characters.
const Dress publishes[] = {
    {"a count behind", "32 0c 00 03 61 2f 62 00 07 68 65 6c 6c 6f (14 bytes)"},
    {"a count in brackets behind", "32 0c 00 03 61 2f 62 00 07 68 65 6c 6c 6f [14]"},
    {"a count behind digits in one word", "320c0003612f62000768656c6c6f (14 bytes)"},
    {"a count in brackets behind one word", "320c0003612f62000768656c6c6f [14]"},
    {"a bare count behind", "sent 32 0c 00 03 61 2f 62 00 07 68 65 6c 6c 6f 14 bytes"},
    {"a bar and a count", "32 0c 00 03 61 2f 62 00 07 68 65 6c 6c 6f | 14"},
    {"a label", "tx 14: 320c0003612f62000768656c6c6f"},
    {"a label before blanks", "tx 14: 32 0c 00 03 61 2f 62 00 07 68 65 6c 6c 6f"},
    {"a time and a label", "2026-11-21T03:33:28.123Z tx 14: 320c0003612f62000768656c6c6f"},
    {"a label in brackets", "tx[14]: 32 0c 00 03 61 2f 62 00 07 68 65 6c 6c 6f"},
    {"a label in parentheses", "TX (14) 32 0C 00 03 61 2F 62 00 07 68 65 6C 6C 6F"},
    {"a label and an equals sign", "TX[14] = 32 0C 00 03 61 2F 62 00 07 68 65 6C 6C 6F"},
    {"a name for the count", "len=14 32 0c 00 03 61 2f 62 00 07 68 65 6c 6c 6f"},
    {"a number of the line", "12: 32 0c 00 03 61 2f 62 00 07 68 65 6c 6c 6f"},
    {"a number and a dot", "12. 32 0c 00 03 61 2f 62 00 07 68 65 6c 6c 6f"},
    {"a column", "--> 14 | 32 0c 00 03 61 2f 62 00 07 68 65 6c 6c 6f"},
    {"a count and one word", "rx 14 320c0003612f62000768656c6c6f"},
    {"comma-separated values", "0.123456,14,320c0003612f62000768656c6c6f,ok"},
    {"XML", R"(<packet len="14">320c0003612f62000768656c6c6f</packet>)"},
    {"a table of Markdown", "| 14 | `320c0003612f62000768656c6c6f` | PUBLISH |"},
    {"an item of Markdown", "- `320c0003612f62000768656c6c6f`"},
    {"a debugger's address", "00000000`12345678 32 0c 00 03 61 2f 62 00-07 68 65 6c 6c 6f        2...a/b..hello"},
    {"slashes", "32/0c/00/03/61/2f/62/00/07/68/65/6c/6c/6f"},
    {"plus signs", "32+0c+00+03+61+2f+62+00+07+68+65+6c+6c+6f"},
    {"h behind all", "320c0003612f62000768656c6c6fh"},
    {"blanks that do not break",
     "32\u00a00c\u00a000\u00a003\u00a061\u00a02f\u00a062\u00a000\u00a007\u00a068\u00a065\u00a06c\u00a06c\u00a06f"},
    {"carriage returns", "32 0c 00 03 61 2f 62\r00 07 68 65 6c 6c 6f\r"},
    {"a byte order mark",
     "\xEF\xBB\xBF"
     "320c0003612f62000768656c6c6f"},
    {"a byte order mark before a dump",
     "\xEF\xBB\xBF"
     "00000000: 320c 0003 612f 6200 0768 656c 6c6f       2...a/b..hello\r\n"},
    {"Rust's bytes", "vec![0x32, 0x0c, 0x00, 0x03, b'a', b'/', b'b', 0x00, 0x07, 104, 101, 108, 108, 111]"},
    {"Rust's escapes", R"([0x32, 0x0c, b'\0', 3, b'a', b'/', b'b', b'\x00', 7, b'h', b'e', b'l', b'l', b'o'])"},
    {"C's escapes", R"({0x32, 0x0c, '\0', '\x03', 'a', '/', 'b', '\0', '\a', 'h', 'e', 'l', 'l', 'o'};)"},
    {"Elixir", R"(<<0x32, 0x0C, 0, 3, "a/b"::binary, 0, 7, "hello"::binary>>)"},
    {"EMQX",
     "2026-11-21T03:33:28.123456+00:00 [debug] msg: raw_bin_received, peername: 127.0.0.1:58172, clientid: abc, "
     "bin: 320C0003612F62000768656C6C6F, size: 14, type: hex"},
    {"Zephyr",
     "[00:00:12.345,678] <dbg> net_mqtt: mqtt_client_write: tx\n"
     "                                     32 0c 00 03 61 2f 62 00  07 68 65 6c 6c 6f       |2...a/b. .hello  \n"},
    {"Netty",
     "         +-------------------------------------------------+\n"
     "         |  0  1  2  3  4  5  6  7  8  9  a  b  c  d  e  f |\n"
     "+--------+-------------------------------------------------+----------------+\n"
     "|00000000| 32 0c 00 03 61 2f 62 00 07 68 65 6c 6c 6f       |2...a/b..hello  |\n"
     "+--------+-------------------------------------------------+----------------+\n"},
    {"curl", "=> Send data, 14 bytes (0xe)\n0000: 32 0c 00 03 61 2f 62 00 07 68 65 6c 6c 6f       2...a/b..hello\n"},
    {"OpenSSL",
     "write to 0x55d0 [0x55d1] (14 bytes => 14 (0xE))\n"
     "0000 - 32 0c 00 03 61 2f 62 00-07 68 65 6c 6c 6f         2...a/b..hello\n"},
    {"strace", R"([pid 12] sendto(5, "2\f\0\3a/b\0\7hello", 14, MSG_NOSIGNAL, NULL, 0) = 14)"},
};

}  // namespace

TEST_CASE("a packet is found in every dress") {
  for (const Dress& dress : dresses) {
    CAPTURE(dress.name);
    const auto chosen = choose(dress.text);
    REQUIRE(chosen);
    CHECK(hex(chosen->bytes) == connect);
    CHECK(chosen->fit.whole);
    CHECK(chosen->fit.packets == 1);
    CHECK(chosen->fit.version_known);
    CHECK_FALSE(chosen->from_network);
  }
}

TEST_CASE("numbers, marks and blanks beside the bytes are none of them") {
  for (const Dress& dress : publishes) {
    CAPTURE(dress.name);
    const auto chosen = choose(dress.text);
    REQUIRE(chosen);
    CHECK(hex(chosen->bytes) == "320c0003612f62000768656c6c6f");
    CHECK(chosen->fit.whole);
    const auto forced = capture::choose_hex(dress.text);
    CHECK((forced && forced->fit.whole));
  }
  const auto two = choose("tx 14: 320c0003612f62000768656c6c6f\nrx 4: 40020007\n");
  REQUIRE(two);
  CHECK(hex(two->bytes) == "320c0003612f62000768656c6c6f40020007");
}

TEST_CASE("what only looks like a number beside the bytes is not left out") {
  const struct {
    const char* text;
    const char* bytes;
  } broken[] = {
      {"c0 00 00", "c00000"},
      {"c0 00 05", "c00005"},
      {"20 02 00 00 05", "2002000005"},
      {"20, 02, 00, 00, 05", "2002000005"},
      {"c0 00 05 | 30 05 00 01 61 62 63",
       "c00005300500016162"
       "63"},
  };
  for (const auto& one : broken) {
    CAPTURE(one.text);
    const auto chosen = choose(one.text);
    REQUIRE(chosen);
    CHECK(hex(chosen->bytes) == one.bytes);
    CHECK_FALSE(chosen->fit.whole);
  }
}

TEST_CASE("a broken packet is told from the numbers beside it by its length") {
  for (const char* text :
       {"write to 0x55d0 [0x55d1] (14 bytes => 14 (0xE))\n"
        "0000 - 36 0c 00 03 61 2f 62 00-07 68 65 6c 6c 6f         6...a/b..hello\n",
        "tx 14: 360c0003612f62000768656c6c6f", "36 0c 00 03 61 2f 62 00 07 68 65 6c 6c 6f (14 bytes)",
        "len=14 36 0c 00 03 61 2f 62 00 07 68 65 6c 6c 6f"}) {
    CAPTURE(text);
    const auto chosen = choose(text);
    REQUIRE(chosen);
    CHECK(hex(chosen->bytes) == "360c0003612f62000768656c6c6f");
    CHECK_FALSE(chosen->fit.whole);
  }
}

TEST_CASE("the version of a broken packet is that which reads on further") {
  const auto version = [](std::string_view text) {
    const auto chosen = choose(text);
    REQUIRE(chosen);
    REQUIRE_FALSE(chosen->fit.whole);
    return chosen->fit.version;
  };
  CHECK(version("20 06 00 00 03 21 00 00") == wire::Version::v5_0);
  CHECK(version("20 02 00 06") == wire::Version::v3_1_1);
  CHECK(version("90 04 00 01 00 03") == wire::Version::v3_1_1);
  CHECK(version("32 05 00 01 61 00 00") == wire::Version::v3_1_1);
}

TEST_CASE("text of two bytes a character is read by its mark") {
  const std::string_view text = "32 0c 00 03 61 2f 62 00 07 68 65 6c 6c 6f";
  for (const bool little : {true, false}) {
    std::string wide = little ? "\xFF\xFE" : "\xFE\xFF";
    for (const char character : text) {
      if (!little) wide += '\0';
      wide += character;
      if (little) wide += '\0';
    }
    CHECK(capture::recognise(base::as_bytes(wide)) == capture::InputKind::hex);
    const auto chosen = choose(wide);
    REQUIRE(chosen);
    CHECK(hex(chosen->bytes) == "320c0003612f62000768656c6c6f");
  }
  for (const std::string_view mark : {"\xFF\xFE", "\xFE\xFF", "\xEF\xBB\xBF",
                                      "\xFF\xFE"
                                      "3"})
    CHECK_FALSE(choose(mark));
}

TEST_CASE("headers of a network are taken off") {
  const char* const frames[] = {
      // tshark -x: Ethernet, IPv6, TCP with options; the second one has no data.
      "0000  00 00 00 00 00 00 00 00 00 00 00 00 86 dd 60 0f   ..............`.\n"
      "0010  e9 63 00 24 06 40 00 00 00 00 00 00 00 00 00 00   .c.$.@..........\n"
      "0020  00 00 00 00 00 01 00 00 00 00 00 00 00 00 00 00   ................\n"
      "0030  00 00 00 00 00 01 07 5b 96 64 54 12 45 9a f8 ce   .......[.dT.E...\n"
      "0040  2e 1b 80 18 02 00 00 2c 00 00 01 01 08 0a 73 dd   .......,......s.\n"
      "0050  73 7f 73 dd 73 7f 20 02 00 00                     s.s.s. ...\n\n"
      "0000  00 00 00 00 00 00 00 00 00 00 00 00 08 00 45 00   ..............`.\n"
      "0010  00 28 00 01 40 00 40 06 00 00 7f 00 00 01 7f 00\n"
      "0020  00 01 07 5b 96 64 54 12 45 9a f8 ce 2e 1b 50 10\n"
      "0030  02 00 00 00 00 00\n",
      // tcpdump -X: from the IP header on.
      "12:00:00.000000 IP 127.0.0.1.1883 > 127.0.0.1.50000: Flags [P.], seq 1:5, ack 1, win 512, length 4\n"
      "\t0x0000:  4500 002c 0001 4000 4006 3cc9 7f00 0001  E..,..@.@.<.....\n"
      "\t0x0010:  7f00 0001 075b c350 0000 0001 0000 0001  .....[.P........\n"
      "\t0x0020:  5018 0200 0000 0000 2002 0000            P...........\n",
      // The same from tcpdump -x, twice 2 bytes of the packet.
      "12:00:00.000000 IP 127.0.0.1.1883 > 127.0.0.1.50000: Flags [P.], length 2\n"
      "\t0x0000:  4500 002a 0001 4000 4006 3cc9 7f00 0001\n"
      "\t0x0010:  7f00 0001 075b c350 0000 0001 0000 0001\n"
      "\t0x0020:  5018 0200 0000 0000 2002\n"
      "12:00:00.000001 IP 127.0.0.1.1883 > 127.0.0.1.50000: Flags [P.], length 2\n"
      "\t0x0000:  4500 002a 0002 4000 4006 3cc8 7f00 0001\n"
      "\t0x0010:  7f00 0001 075b c350 0000 0003 0000 0001\n"
      "\t0x0020:  5018 0200 0000 0000 0000\n",
      // tcpdump -xx: from the Ethernet header on, padded to its least size.
      "\t0x0000:  0000 0000 0000 0000 0000 0000 0800 4500\n"
      "\t0x0010:  002c 0001 4000 4006 3cc9 7f00 0001 7f00\n"
      "\t0x0020:  0001 075b c350 0000 0001 0000 0001 5018\n"
      "\t0x0030:  0200 0000 0000 2002 0000 0000\n",
      // A VLAN tag.
      "0000000000000000000000008100002a08004500002c0001400040063cc97f0000017f000001075bc3500000000100000001501802000000"
      "0000"
      "20020000",
      // Linux cooked.
      ("0000 0304 0006 0000 0000 0000 0000 0800 4500 002c 0001 4000 4006 3cc9 7f00 0001 7f00 0001 075b c350 0000 0001 "
       "0000 0001 5018 0200 0000 0000 2002 0000"),
  };
  for (const char* text : frames) {
    CAPTURE(text);
    const auto chosen = choose(text);
    REQUIRE(chosen);
    CHECK(hex(chosen->bytes) == "20020000");
    CHECK(chosen->fit.whole);
    CHECK(chosen->from_network);
  }
}

TEST_CASE("signed numbers are bytes above 127") {
  for (const char* text : {"[48, 5, 0, 3, -61, -87, 49]", "48 5 0 3 -61 -87 49",
                           "byteArrayOf(48, 5, 0, 3, -61, -87, 49)", "   48    5    0    3  -61  -87   49\n"}) {
    CAPTURE(text);
    const auto chosen = choose(text);
    REQUIRE(chosen);
    CHECK(hex(chosen->bytes) == "30050003c3a931");
    CHECK(chosen->fit.whole);
  }
}

TEST_CASE("what fills up the last word of a dump is no byte") {
  // hexdump, od -x, od -A n -x, od -A n -o of seven bytes.
  for (const char* text : {"0000000 0530 0300 2f61 0031\n0000007\n", "0000000 0530 0300 2f61 0031\n0000007\n",
                           " 0530 0300 2f61 0031\n", " 002460 001400 027541 000061\n"}) {
    CAPTURE(text);
    const auto chosen = choose(text);
    REQUIRE(chosen);
    CHECK(hex(chosen->bytes) == "30050003612f31");
    CHECK(chosen->fit.whole);
  }
}

TEST_CASE("a star stands for the row before it, and for nothing where that is empty") {
  const auto chosen = choose("0000000 30 1e 00 01 61 00 00 00\n*\n0000020 00\n0000021\n*\n0000040\n");
  REQUIRE(chosen);
  CHECK(hex(chosen->bytes).starts_with("301e000161000000301e000161000000"));
  CHECK(chosen->bytes.size() == 33);
}

TEST_CASE("gdb's repeats are what they stand for") {
  const std::string wanted = "301c000174" + std::string(50, '0');
  for (const char* text : {"$5 = {0x30, 0x1c, 0x0, 0x1, 0x74, 0x0 <repeats 25 times>}",
                           R"($4 = "0\034\000\001t", '\000' <repeats 25 times>)"}) {
    CAPTURE(text);
    const auto chosen = choose(text);
    REQUIRE(chosen);
    CHECK(hex(chosen->bytes) == wanted);
    CHECK(chosen->fit.whole);
  }
  // Within bounds, and where there is something to repeat.
  for (const char* text :
       {"{0x30 <repeats 99999999999 times>}", "{0x30 <repeats 0 times>}", "{<repeats 3 times>}", "{0x30 <repeats 3>}",
        "{0x30 <repeats", "{1: 2: 3}", "{1:", "[[[[[[[[[[[[[[[[[[[[[1]]", "]}>)"}) {
    CAPTURE(text);
    const auto chosen = choose(text);
    CHECK((!chosen || chosen->bytes.size() < 100));
  }
}

TEST_CASE("several packets in one paste") {
  const auto chosen = choose("sent <Buffer c0 00>\ngot <Buffer d0 00>\n");
  REQUIRE(chosen);
  CHECK(hex(chosen->bytes) == "c000d000");
  CHECK(chosen->fit.packets == 2);
}

TEST_CASE("a star repeats the row above it") {
  const auto chosen = choose(
      "00000000  30 40 00 01 61 00 00 00  00 00 00 00 00 00 00 00  |0@..a...........|\n"
      "00000010  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|\n*\n"
      "00000040  00 00                                             |..|\n00000042\n");
  REQUIRE(chosen);
  CHECK(chosen->bytes.size() == 0x42);
  CHECK(chosen->fit.whole);
}

TEST_CASE("what parses in two ways is told") {
  // PINGREQ and PINGRESP in hexadecimal; DISCONNECT packets are decimal 224.
  const auto one = choose("c000");
  REQUIRE(one);
  CHECK(one->also.empty());
  const auto both = choose("[192 0]  # or c000 d000\nc000 d000");
  REQUIRE(both);
  CHECK_FALSE(both->also.empty());
}

TEST_CASE("what is broken is read in the way that goes furthest") {
  const auto chosen = choose("DEBUG: c0 00 d0 00 30 09 00 01 61");
  REQUIRE(chosen);
  CHECK(hex(chosen->bytes) ==
        "c000d00030090001"
        "61");
  CHECK_FALSE(chosen->fit.whole);
  CHECK(chosen->fit.packets == 2);
}

TEST_CASE("text without bytes") {
  CHECK_FALSE(choose(""));
  CHECK_FALSE(choose("\n \t\n"));
  CHECK_FALSE(choose("hello, world"));
}

TEST_CASE("the version is guessed from all packets") {
  const auto version = [](std::string_view text) {
    const auto chosen = choose(text);
    REQUIRE(chosen);
    REQUIRE(chosen->fit.whole);
    CHECK_FALSE(chosen->fit.version_known);
    return chosen->fit.version;
  };
  CHECK(version("30 06 00 01 61 68 69 21") == wire::Version::v3_1_1);
  CHECK(version("30 06 00 01 61 00 68 69") == wire::Version::v5_0);
  CHECK(version("20 02 00 00") == wire::Version::v3_1_1);
  CHECK(version("20 03 00 00 00") == wire::Version::v5_0);
  CHECK(version("40 02 00 01") == wire::Version::v3_1_1);
  CHECK(version("40 03 00 01 10") == wire::Version::v5_0);
}

TEST_CASE("the kind of an input is known by its start") {
  using capture::InputKind;
  const auto kind = [](std::string_view text) { return capture::recognise(base::as_bytes(text)); };
  CHECK(kind("\xD4\xC3\xB2\xA1") == InputKind::pcap);
  CHECK(kind("\xA1\xB2\x3C\x4D") == InputKind::pcap);
  CHECK(kind("\x0A\x0D\x0D\x0A") == InputKind::pcap);
  CHECK(kind(std::string_view("\xC0\x00", 2)) == InputKind::raw);
  CHECK(kind("\x10\x10") == InputKind::raw);
  CHECK(kind("c000") == InputKind::hex);
  CHECK(kind("f\xC3\xBCr \xE2\x80\xA6") == InputKind::hex);
}

TEST_CASE("hostile pastes end in time") {
  for (const std::string_view piece : {"]", "[", "'\\'", "\\x", "0000 10\n*\nfffff ", "<<1,", "=", "0x", "%1", "/*",
                                       "12 ", "(12 ", "len=1 ", "12: ", "'a',"}) {
    CAPTURE(piece);
    std::string text;
    while (text.size() < 200'000) text += piece;
    choose(text);
  }
  SUCCEED();
}
