#include "ui/address.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/mem.h"
#include "ui/draw.h"
#include "ui/report.h"

static const unsigned contexts[] = {CTX_DIALOG, CTX_LIST, 0};
static const struct report_key foot[] = {{CMD_CANCEL, "Close"}, {CMD_ACCEPT, NULL}};

static void forget_address(void *arg)
{
    struct ui *ui = arg;
    term_link(ui->term, plain(ROLE_LINK), NULL);
}

static const struct report_ops address_ops = {.name = "link", .contexts = contexts, .foot = foot, .free = forget_address};

static void show(struct ui *ui, const char *title, const char *words, const char *url)
{
    struct report *s = report_new(ui, title, &address_ops, ui);
    if (words) {
        report_add(s, -1, ROLE_TEXT, 0, words);
        report_add(s, -1, ROLE_TEXT, 0, " ");
    }
    report_add(s, -1, ROLE_LINK, 0, url);
    term_link(ui->term, plain(ROLE_LINK), url);
    report_show(s);
}

/* In a session of its own and without our terminal, as the grandchild of nobody: the console does not wait for it. */
static void become_browser(const char *browser, const char *url)
{
    AUTO_FREE char *line = x_asprintf("%s \"$1\"", browser);
    int null = open("/dev/null", O_RDWR);
    setsid();
    for (int fd = 0; null >= 0 && fd < 3; fd++)
        dup2(null, fd);
    if (fork() == 0)
        execl("/bin/sh", "sh", "-c", line, "sh", url, (char *)NULL);
    _exit(0);
}

void address_open(struct ui *ui, const char *title, const char *words, const char *url)
{
    const char *browser = getenv("BROWSER");
    pid_t pid = browser && *browser ? fork() : -1;
    if (pid == 0)
        become_browser(browser, url);
    while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
    if (pid > 0)
        ui_say(ui, false, "%s: handed to the browser", title);
    else
        show(ui, title, words, url);
    ui_dirty_all(ui);
    ui_schedule(ui);
}
