#include "net/addresses.hpp"

#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

using troupe::net::canonical_address;
using troupe::net::find_addresses;

namespace {

using list = std::vector<std::string>;

} // namespace

TEST_CASE("addresses are found wherever people put them") {
  CHECK(find_addresses("10.0.0.1") == list{"10.0.0.1"});
  CHECK(find_addresses("The host 192.168.1.20 is down.") == list{"192.168.1.20"});
  CHECK(find_addresses("No answer from 10.0.0.1.") == list{"10.0.0.1"});
  CHECK(find_addresses("No answer from 10.0.0.1.Then it came back") == list{"10.0.0.1"});
  CHECK(find_addresses("IP:10.0.0.1, IP=10.0.0.2; ip(10.0.0.3)") == list{"10.0.0.1", "10.0.0.2", "10.0.0.3"});
  CHECK(find_addresses("Adresse:10.0.0.1") == list{"10.0.0.1"});
  CHECK(find_addresses("\"10.0.0.1\" <10.0.0.2> '10.0.0.3' {10.0.0.4}")
        == list{"10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"});
  CHECK(find_addresses("10.0.0.1,10.0.0.2\n10.0.0.3\t10.0.0.4")
        == list{"10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"});
  CHECK(find_addresses("10.0.0.1-10.0.0.9") == list{"10.0.0.1", "10.0.0.9"});
  CHECK(find_addresses("10.0.0.1...10.0.0.9") == list{"10.0.0.1", "10.0.0.9"});
  CHECK(find_addresses("user@10.0.0.1 and \\\\10.0.0.2\\share") == list{"10.0.0.1", "10.0.0.2"});
  CHECK(find_addresses("服务器10.0.0.1无法访问") == list{"10.0.0.1"});
}

TEST_CASE("ports, networks, brackets and URLs around an address don't hide it") {
  CHECK(find_addresses("10.0.0.1:443") == list{"10.0.0.1"});
  CHECK(find_addresses("10.0.0.1:8080:80") == list{"10.0.0.1"});
  CHECK(find_addresses("10.0.0.0/8 and 10.1.0.0/16.") == list{"10.0.0.0", "10.1.0.0"});
  CHECK(find_addresses("[10.0.0.1]:22") == list{"10.0.0.1"});
  CHECK(find_addresses("https://10.0.0.1/admin?next=10.0.0.2") == list{"10.0.0.1", "10.0.0.2"});
  CHECK(find_addresses("http://10.0.0.1:8080/x") == list{"10.0.0.1"});
  CHECK(find_addresses("https://[2001:db8::1]:8443/x") == list{"2001:db8::1"});
  CHECK(find_addresses("[fe80::1%25eth0]:80 fe80::2%eth1") == list{"fe80::1", "fe80::2"});
  CHECK(find_addresses("2001:db8::/32") == list{"2001:db8::"});
}

TEST_CASE("IPv6 is given in canonical form") {
  CHECK(find_addresses("2001:0DB8:0000:0000:0000:0000:0000:0001") == list{"2001:db8::1"});
  CHECK(find_addresses("2001:db8:0:0:1:0:0:1") == list{"2001:db8::1:0:0:1"});
  CHECK(find_addresses("2001:db8:0:1:1:1:1:1") == list{"2001:db8:0:1:1:1:1:1"});
  CHECK(find_addresses("::1") == list{"::1"});
  CHECK(find_addresses("fe80::") == list{"fe80::"});
  CHECK(find_addresses("64:ff9b::10.0.0.1") == list{"64:ff9b::a00:1"});
  CHECK(find_addresses("at 2001:db8::1.") == list{"2001:db8::1"});
  CHECK(find_addresses("from 2001:db8::1: no answer") == list{"2001:db8::1"});
  CHECK(find_addresses("IPv6:2001:db8::1") == list{"2001:db8::1"});
  CHECK(find_addresses("Adresse:2001:db8::1") == list{"2001:db8::1"});
}

TEST_CASE("an IPv4 address inside an IPv6 one is given as IPv4") {
  CHECK(find_addresses("::ffff:10.0.0.1") == list{"10.0.0.1"});
  CHECK(find_addresses("::FFFF:0a00:0001") == list{"10.0.0.1"});
  CHECK(find_addresses("[::ffff:192.0.2.7]:443") == list{"192.0.2.7"});
  CHECK(find_addresses("::ffff:10.0.0.1:443") == list{"10.0.0.1"});
  CHECK(find_addresses("::ffff:10.0.0.1 and 10.0.0.1") == list{"10.0.0.1"});
}

TEST_CASE("numbers that only look like addresses aren't taken") {
  CHECK(find_addresses("1.2.3.4.5").empty());
  CHECK(find_addresses("1.3.6.1.4.1.311.20.2").empty());
  CHECK(find_addresses("1.2.3").empty());
  CHECK(find_addresses("256.1.1.1 1.2.3.400 1.2.3.4567").empty());
  CHECK(find_addresses("010.0.0.1").empty());
  CHECK(find_addresses("v10.0.0.1 10.0.0.1b x10.0.0.1").empty());
  CHECK(find_addresses("12:30:45 and 2026-11-20 12:30:45.123").empty());
  CHECK(find_addresses("12.11.2026 2026.11.20").empty());
  CHECK(find_addresses("00:1A:2B:3C:4D:5E 001a.2b3c.4d5e 00-1A-2B-3C-4D-5E").empty());
  CHECK(find_addresses("50:06:01:60:3b:a0:12:34").empty());
  CHECK(find_addresses("std::vector a::b dead::beef Foo::Bar2 ::").empty());
  CHECK(find_addresses("12::30").empty());
  CHECK(find_addresses("AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89").empty());
  CHECK(find_addresses("da39a3ee5e6b4b0d3255bfef95601890afd80709").empty());
  CHECK(find_addresses("1.0.0.10.in-addr.arpa 10.0.0.1.nip.io").empty());
  CHECK(find_addresses("openssl-1.1.1.7 and 1.2.3.4-rc1").empty());
  CHECK(find_addresses("1:2:3:4:5:6:7:8:9 ::1::2 2001:db8:::1").empty());
}

TEST_CASE("a dotted number behind a word for a version is no address") {
  CHECK(find_addresses("version 10.0.0.1").empty());
  CHECK(find_addresses("Version: 10.0.0.1").empty());
  CHECK(find_addresses("ver. 1.2.3.4, v 1.2.3.4, v. 1.2.3.4").empty());
  CHECK(find_addresses("firmware version is 7.2.4.1").empty());
  CHECK(find_addresses("BIOS 1.2.3.4; Build=1.2.3.4").empty());
  CHECK(find_addresses("updated the firmware to 2.4.10.12").empty());
  CHECK(find_addresses("from version 1.2.3.4 to 1.2.3.5").empty());
  CHECK(find_addresses("versions 1.2.3.4, 1.2.3.5 and 1.2.3.6").empty());
  CHECK(find_addresses("OID 1.3.6.1").empty());
}

TEST_CASE("a word for a version elsewhere hides no address") {
  CHECK(find_addresses("We updated the firmware. 10.0.0.1 is down since") == list{"10.0.0.1"});
  CHECK(find_addresses("firmware\n10.0.0.1") == list{"10.0.0.1"});
  CHECK(find_addresses("the build server 10.0.0.1") == list{"10.0.0.1"});
  CHECK(find_addresses("version 1.2.3.4 on 10.0.0.1") == list{"10.0.0.1"});
}

TEST_CASE("addresses come once, in order, and not more than asked for") {
  CHECK(find_addresses("10.0.0.2 10.0.0.1 10.0.0.2") == list{"10.0.0.2", "10.0.0.1"});
  CHECK(find_addresses("10.0.0.1 10.0.0.2 10.0.0.3", 2) == list{"10.0.0.1", "10.0.0.2"});
  CHECK(find_addresses("10.0.0.1", 0).empty());
  CHECK(find_addresses("").empty());
}

TEST_CASE("one address is brought into canonical form") {
  CHECK(canonical_address("10.0.0.1") == "10.0.0.1");
  CHECK(canonical_address("  10.0.0.1\n") == "10.0.0.1");
  CHECK(canonical_address("10.0.0.1/24") == "10.0.0.1");
  CHECK(canonical_address("2001:DB8::0001") == "2001:db8::1");
  CHECK(canonical_address("[2001:db8::1]") == "2001:db8::1");
  CHECK(canonical_address("fe80::1%eth0") == "fe80::1");
  CHECK(canonical_address("2001:db8::1/64") == "2001:db8::1");
  CHECK(canonical_address("::ffff:10.0.0.1") == "10.0.0.1");
  CHECK(canonical_address("::") == "::");
}

TEST_CASE("what is no single address has no canonical form") {
  for (const auto* text : {"", " ", "10.0.0", "10.0.0.1 10.0.0.2", "10.0.0.256", "10.0.0.1:80", "host", "10.0.0.1/33",
                           "2001:db8::1/129", "10.0.0.1/", "10.0.0.1/x", ":", "[]", "::1::", "10.0.0.1x"})
    CHECK(canonical_address(text).empty());
}
