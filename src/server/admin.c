#include "server/admin.h"

#include <stdio.h>

int admin_main(int argc, char **argv)
{
    (void)argc, (void)argv;
    fprintf(stderr, "usherd: user is not there yet\n");
    return 1;
}
