/* usherd: the routing core with its server. Composition only. */
#include <stdio.h>
#include <string.h>

#include "common/log.h"
#include "server/admin.h"
#include "server/boot.h"
#include "server/options.h"
#include "server/playback.h"

int main(int argc, char **argv)
{
    struct options options;
    struct error e = {0};
    if (argc > 1 && strcmp(argv[1], "user") == 0)
        return admin_main(argc - 1, argv + 1);
    if (argc > 1 && strcmp(argv[1], "visitor") == 0)
        return admin_visitor_main(argc - 1, argv + 1);
    if (argc > 1 && strcmp(argv[1], "replay") == 0)
        return playback_main(argc - 1, argv + 1);
    enum options_outcome outcome = options_read(&options, argc, argv, &e);
    if (outcome == OPTIONS_EXIT)
        return 0;
    if (outcome == OPTIONS_BAD) {
        fprintf(stderr, "usherd: %s\n", e.text);
        options_free(&options);
        return 1;
    }
    log_set_level(options.log_level);
    int rc = boot_run(&options, &e);
    if (rc < 0)
        fprintf(stderr, "usherd: %s\n", e.text);
    options_free(&options);
    return rc < 0;
}
