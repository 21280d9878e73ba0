/* The outbox on disk: order, survival, rights, and that two consoles do not send the same file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/outbox.h"
#include "common/mem.h"

static char folder[64];

static int setup(void **state)
{
    (void)state;
    snprintf(folder, sizeof(folder), "/tmp/usher-outbox-XXXXXX");
    return mkdtemp(folder) == NULL;
}

static int teardown(void **state)
{
    (void)state;
    DIR *d = opendir(folder);
    for (struct dirent *e; d && (e = readdir(d));) {
        AUTO_FREE char *path = x_asprintf("%s/%s", folder, e->d_name);
        unlink(path);
    }
    closedir(d);
    return rmdir(folder);
}

static struct outbox *open_one(const char *server)
{
    struct error err = {0};
    struct outbox *o = outbox_open(folder, server, &err);
    assert_int_equal(err.code, 0);
    return o;
}

static struct outbox_item *add(struct outbox *o, const char *rid, const char *text)
{
    struct outbox_item *item = NULL;
    struct error err = {0};
    assert_int_equal(outbox_add(o, rid, text, 1000, &item, &err), 0);
    return item;
}

static void survives_a_restart_in_order(void **state)
{
    (void)state;
    struct outbox *o = open_one("s");
    char first[ID_LEN + 1];
    snprintf(first, sizeof(first), "%s", add(o, "r1", "one")->id);
    assert_int_equal(strlen(first), ID_LEN);
    add(o, "r2", "two \xE2\x82\xAC\n");
    outbox_set_failure(o, add(o, "r1", "three"), "closed");
    outbox_free(&o);
    o = open_one("s");
    assert_int_equal(outbox_count(o), 3);
    assert_string_equal(outbox_at(o, 0)->text, "one");
    assert_string_equal(outbox_at(o, 0)->id, first);
    assert_string_equal(outbox_at(o, 1)->text, "two \xE2\x82\xAC\n");
    assert_null(outbox_at(o, 1)->failure);
    assert_string_equal(outbox_at(o, 2)->failure, "closed");
    outbox_remove(o, first);
    outbox_remove(o, "unknown");
    outbox_free(&o);
    o = open_one("s");
    assert_int_equal(outbox_count(o), 2);
    assert_null(outbox_find(o, first));
    outbox_free(&o);
}

static void keeps_to_its_server(void **state)
{
    (void)state;
    struct outbox *a = open_one("https://a");
    add(a, "r", "for a");
    outbox_free(&a);
    struct outbox *b = open_one("https://b");
    assert_int_equal(outbox_count(b), 0);
    outbox_free(&b);
}

static void leaves_what_another_console_holds(void **state)
{
    (void)state;
    struct outbox *a = open_one("s"), *b;
    outbox_set_failure(a, add(a, "r", "held"), "refused"); /* the lock outlives a rewrite */
    b = open_one("s");
    assert_int_equal(outbox_count(b), 0);
    outbox_free(&a);
    outbox_free(&b);
    b = open_one("s");
    assert_int_equal(outbox_count(b), 1);
    outbox_free(&b);
}

static void others_cannot_read(void **state)
{
    (void)state;
    struct stat st;
    chmod(folder, 0755);
    struct outbox *o = open_one("s");
    add(o, "r", "secret");
    assert_int_equal(stat(folder, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    DIR *d = opendir(folder);
    for (struct dirent *e; (e = readdir(d));) {
        if (e->d_name[0] == '.')
            continue;
        assert_int_equal(fstatat(dirfd(d), e->d_name, &st, 0), 0);
        assert_int_equal(st.st_mode & 0777, 0600);
    }
    closedir(d);
    outbox_free(&o);
}

static void refuses_what_it_cannot_keep(void **state)
{
    (void)state;
    struct outbox_item *item = NULL;
    struct error err = {0};
    struct outbox *o = open_one("s");
    assert_int_equal(outbox_add(o, "r", "broken \xFF text", 1, &item, &err), ERR_INVALID);
    assert_int_equal(outbox_count(o), 0);
    outbox_free(&o);
    o = outbox_open("/proc/nothing/here", "s", &err);
    assert_int_equal(err.code, ERR_IO);
    assert_int_equal(outbox_add(o, "r", "text", 1, &item, &err), ERR_IO);
    outbox_free(&o);
}

static void broken_files_are_passed_over(void **state)
{
    (void)state;
    AUTO_FREE char *path = x_asprintf("%s/00000000000000000001-x.json", folder);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs("{\"_id\":\"abc\",\"rid\":", f);
    fclose(f);
    struct outbox *o = open_one("s");
    assert_int_equal(outbox_count(o), 0);
    add(o, "r", "good");
    outbox_free(&o);
    o = open_one("s");
    assert_int_equal(outbox_count(o), 1);
    outbox_free(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(survives_a_restart_in_order, setup, teardown),
        cmocka_unit_test_setup_teardown(keeps_to_its_server, setup, teardown),
        cmocka_unit_test_setup_teardown(leaves_what_another_console_holds, setup, teardown),
        cmocka_unit_test_setup_teardown(others_cannot_read, setup, teardown),
        cmocka_unit_test_setup_teardown(refuses_what_it_cannot_keep, setup, teardown),
        cmocka_unit_test_setup_teardown(broken_files_are_passed_over, setup, teardown),
    };
    return cmocka_run_group_tests_name("outbox", tests, NULL, NULL);
}
