#include "server/playback.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "server/options.h"
#include "store/store.h"

static void on_commit(void *arg)
{
    (void)arg; /* nothing is written */
}

static int play(const char *path, struct replay_report *report, struct error *e)
{
    struct store *store;
    struct core *tables = core_new();
    bool fresh;
    int rc = store_open(path, on_commit, NULL, &store, e);
    if (rc == ERR_OK)
        rc = store_load(store, tables, &fresh, e);
    if (rc == ERR_OK)
        store_replay(store, tables, report);
    if (store)
        store_close(&store);
    core_free(&tables);
    return rc;
}

int playback_main(int argc, char **argv)
{
    struct options options = {0};
    struct error e = {0};
    struct replay_report report;
    enum options_outcome outcome = options_read(&options, argc, argv, &e);
    if (outcome == OPTIONS_EXIT)
        return 0;
    bool read = outcome == OPTIONS_RUN && play(options.db, &report, &e) == ERR_OK;
    options_free(&options);
    if (!read) {
        fprintf(stderr, "usherd: %s\n", e.text);
        return 1;
    }
    printf("%" PRIu64 " events, %" PRIu64 " marks; digest of the log %016" PRIx64 ", of the tables %016" PRIx64 "\n",
           report.events, report.marks, report.log, report.tables);
    if (report.fault[0])
        fprintf(stderr, "usherd: %s\n", report.fault);
    return report.fault[0] != '\0';
}
