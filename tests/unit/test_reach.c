/* Addresses that usherd may connect to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include <cmocka.h>

#include "common/mem.h"
#include "outbound/reach.h"

static bool allowed(const char *text, bool deny_private)
{
    struct sockaddr_in a4 = {.sin_family = AF_INET};
    struct sockaddr_in6 a6 = {.sin6_family = AF_INET6};
    char shown[REACH_TEXT];
    if (inet_pton(AF_INET, text, &a4.sin_addr) == 1) {
        bool good = reach_is_allowed((struct sockaddr *)&a4, deny_private, shown);
        assert_string_equal(shown, text);
        return good;
    }
    assert_int_equal(inet_pton(AF_INET6, text, &a6.sin6_addr), 1);
    return reach_is_allowed((struct sockaddr *)&a6, deny_private, shown);
}

static void link_local_never(void **state)
{
    static const char *const texts[] = {"169.254.0.0", "169.254.169.254", "169.254.255.255", "fe80::1", "febf::1",
                                        "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        assert_false(allowed(texts[i], false));
        assert_false(allowed(texts[i], true));
    }
}

static void private_unless_denied(void **state)
{
    static const char *const texts[] = {"127.0.0.1", "127.255.255.254", "10.1.2.3", "172.16.0.1", "172.31.255.255",
                                        "192.168.1.1", "100.64.0.1", "0.0.0.0", "::1", "::", "fd00::1", "fec0::1",
                                        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        assert_true(allowed(texts[i], false));
        assert_false(allowed(texts[i], true));
    }
}

static void others_always(void **state)
{
    static const char *const texts[] = {"192.0.2.1", "172.15.255.255", "172.32.0.0", "169.253.255.255", "169.255.0.0",
                                        "100.63.255.255", "100.128.0.0", "128.0.0.1", "2001:db8::1", "fe00::1",
                                        "::ffff:192.0.2.1", "64:ff9b::c000:201", "::2"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        assert_true(allowed(texts[i], false));
        assert_true(allowed(texts[i], true));
    }
}

static void nothing_else(void **state)
{
    struct sockaddr other = {.sa_family = AF_UNIX};
    char shown[REACH_TEXT];
    (void)state;
    assert_false(reach_is_allowed(&other, false, shown));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(link_local_never),
        cmocka_unit_test(private_unless_denied),
        cmocka_unit_test(others_always),
        cmocka_unit_test(nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
