#include "common/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/buf.h"

static enum log_level threshold = LOG_INFO;

void log_set_level(enum log_level least)
{
    threshold = least;
}

void log_line(enum log_level level, const char *fmt, ...)
{
    /* The numbers are those of syslog, which systemd's journal reads from the front of a line. */
    static const char *const prefix[] = {"<7>debug: ", "<6>", "<4>warning: ", "<3>error: "};
    if (level < threshold)
        return;
    char text[2048];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    struct buf line = BUF_INIT;
    buf_puts(&line, getenv("JOURNAL_STREAM") ? prefix[level] : prefix[level] + 3);
    for (const char *p = text; *p; p++) {
        unsigned char c = (unsigned char)*p;
        if (c < 0x20 || c == 0x7F)
            buf_printf(&line, "\\x%02x", c);
        else
            buf_putc(&line, *p);
    }
    buf_putc(&line, '\n');
    if (write(STDERR_FILENO, line.data, line.len) < 0)
        threshold = level; /* nobody reads; nothing better to do */
    buf_free(&line);
}
