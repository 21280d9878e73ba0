/* Prints what is made from the tables: "man" for usher-commands(7), "keys" for keys-plain.yaml, "theme" for
   dark.yaml. */
#include <stdio.h>
#include <string.h>

#include "ui/command.h"
#include "ui/theme.h"

int main(int argc, char **argv)
{
    struct buf b = BUF_INIT;
    struct theme t;
    const char *what = argc == 2 ? argv[1] : "";
    theme_builtin(&t);
    if (strcmp(what, "man") == 0)
        command_write_man(&b);
    else if (strcmp(what, "keys") == 0)
        command_write_keys(&b);
    else if (strcmp(what, "theme") == 0)
        theme_write(&t, &b);
    else
        return fputs("usage: gen man|keys|theme\n", stderr), 2;
    size_t n = fwrite(b.data, 1, b.len, stdout);
    int bad = n != b.len || fflush(stdout) != 0;
    buf_free(&b);
    return bad;
}
