#include "term/term.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/mem.h"
#include "term/grid.h"
#include "term/tty.h"

#define PASTE_MAX (256 * 1024)
#define COPY_MAX (96 * 1024)

enum { SIG_WINCH, SIG_TERM, SIG_HUP, SIG_INT, SIG_TSTP, SIG_CONT, SIG_COUNT };
static const int signal_numbers[SIG_COUNT] = {SIGWINCH, SIGTERM, SIGHUP, SIGINT, SIGTSTP, SIGCONT};

struct term {
    uv_loop_t *loop;
    struct tty tty;
    struct grid grid;
    struct decode decode;
    struct buf out;
    decode_event event;
    void *arg;
    uv_poll_t poll;
    uv_timer_t escape;
    uv_signal_t signals[SIG_COUNT];
    bool started, handles, freed;
    int open_handles;
};

static void emit(struct term *t, enum term_event_kind kind)
{
    struct term_event ev = {.kind = kind};
    t->event(t->arg, &ev);
}

struct term *term_new(uv_loop_t *loop, const struct term_options *o, decode_event event, void *arg)
{
    struct term *t = x_calloc(1, sizeof *t);
    t->loop = loop;
    t->event = event;
    t->arg = arg;
    tty_init(&t->tty, o->in_fd, o->out_fd, o->mouse, o->no_color);
    grid_init(&t->grid, t->tty.utf8, t->tty.bce, t->tty.depth);
    decode_init(&t->decode, PASTE_MAX, event, arg);
    return t;
}

static void on_closed(uv_handle_t *h)
{
    struct term *t = h->data;
    if (--t->open_handles == 0 && t->freed)
        free(t);
}

void term_free(struct term **tp)
{
    struct term *t = *tp;
    *tp = NULL;
    if (t == NULL)
        return;
    term_stop(t);
    tty_fini(&t->tty);
    grid_fini(&t->grid);
    decode_fini(&t->decode);
    buf_free(&t->out);
    t->freed = true;
    if (!t->handles) {
        free(t);
        return;
    }
    uv_close((uv_handle_t *)&t->poll, on_closed);
    uv_close((uv_handle_t *)&t->escape, on_closed);
    for (int i = 0; i < SIG_COUNT; i++)
        uv_close((uv_handle_t *)&t->signals[i], on_closed);
}

static void on_escape(uv_timer_t *timer)
{
    struct term *t = timer->data;
    decode_flush(&t->decode);
    emit(t, TERM_TURN);
}

static void watch_pending(struct term *t)
{
    if (decode_is_pending(&t->decode))
        uv_timer_start(&t->escape, on_escape, (uint64_t)decode_timeout_ms(&t->decode), 0);
    else
        uv_timer_stop(&t->escape);
}

static void on_input(uv_poll_t *p, int status, int events)
{
    struct term *t = p->data;
    char bytes[4096];
    ssize_t n = status < 0 ? -1 : read(t->tty.in_fd, bytes, sizeof bytes);
    (void)events;
    if (n < 0 && status == 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0) {
        uv_poll_stop(&t->poll);
        emit(t, TERM_HANGUP);
        return;
    }
    decode_feed(&t->decode, bytes, (size_t)n);
    if (t->freed || !t->started)
        return;
    watch_pending(t);
    emit(t, TERM_TURN);
}

static void fit_size(struct term *t)
{
    int cols, rows;
    tty_size(&t->tty, &cols, &rows);
    grid_resize(&t->grid, cols, rows);
}

static void resume(struct term *t)
{
    struct error err;
    if (term_start(t, &err) != 0)
        emit(t, TERM_HANGUP);
}

void term_suspend(struct term *t)
{
    term_stop(t);
    /* The default action of the signal must be ours for a moment. */
    uv_signal_stop(&t->signals[SIG_TSTP]);
    kill(getpid(), SIGTSTP);
    /* Stopped here until somebody continues us (a shell without job control does not stop us at all). */
    resume(t);
}

static void on_signal(uv_signal_t *s, int signo)
{
    struct term *t = s->data;
    switch (signo) {
    case SIGWINCH:
        if (!t->started)
            return;
        fit_size(t);
        emit(t, TERM_RESIZE);
        break;
    case SIGTSTP:
        term_suspend(t);
        break;
    case SIGCONT:
        if (!t->started) /* we gave the screen to somebody ourselves */
            return;
        t->tty.active = false; /* stopped by SIGSTOP: the modes may be the shell's */
        if (tty_enter(&t->tty) != 0)
            return;
        fit_size(t);
        emit(t, TERM_RESUME);
        break;
    default:
        emit(t, TERM_HANGUP);
    }
}

static void open_handles(struct term *t)
{
    t->handles = true;
    uv_poll_init(t->loop, &t->poll, t->tty.in_fd);
    uv_timer_init(t->loop, &t->escape);
    t->poll.data = t->escape.data = t;
    t->open_handles = 2 + SIG_COUNT;
    for (int i = 0; i < SIG_COUNT; i++) {
        uv_signal_init(t->loop, &t->signals[i]);
        t->signals[i].data = t;
        uv_signal_start(&t->signals[i], on_signal, signal_numbers[i]);
    }
}

int term_start(struct term *t, struct error *err)
{
    if (t->started)
        return 0;
    if (tty_enter(&t->tty) != 0)
        return error_set(err, ERR_IO, NULL, "Standard input is not a terminal");
    bool again = t->handles;
    if (!again)
        open_handles(t);
    t->started = true;
    uv_signal_start(&t->signals[SIG_TSTP], on_signal, SIGTSTP);
    uv_poll_start(&t->poll, UV_READABLE, on_input);
    t->grid.shown = true;
    fit_size(t);
    if (again)
        emit(t, TERM_RESUME);
    return 0;
}

void term_stop(struct term *t)
{
    if (!t->started)
        return;
    t->started = false;
    uv_poll_stop(&t->poll);
    uv_timer_stop(&t->escape);
    tty_leave(&t->tty);
}

int term_cols(const struct term *t)
{
    return t->grid.cols;
}

int term_rows(const struct term *t)
{
    return t->grid.rows;
}

enum term_depth term_depth(const struct term *t)
{
    return t->grid.depth;
}

bool term_is_utf8(const struct term *t)
{
    return t->grid.utf8;
}

const char *term_warnings(const struct term *t)
{
    return t->tty.warnings.data ? t->tty.warnings.data : "";
}

void term_style(struct term *t, unsigned no, const struct term_style *style)
{
    if (no > 0)
        grid_style(&t->grid, no, style);
}

int term_put(struct term *t, int x, int y, unsigned style, const char *text, size_t n, int max_cols)
{
    return grid_put(&t->grid, x, y, style, text, n, max_cols);
}

void term_fill(struct term *t, int x, int y, int w, int h, unsigned style, char c)
{
    grid_fill(&t->grid, x, y, w, h, style, c);
}

void term_restyle(struct term *t, int x, int y, int w, unsigned style)
{
    grid_restyle(&t->grid, x, y, w, style);
}

void term_cursor(struct term *t, int x, int y)
{
    t->grid.cursor_x = x < t->grid.cols ? x : t->grid.cols - 1;
    t->grid.cursor_y = y;
}

void term_hint_scroll(struct term *t, int x, int y, int w, int h)
{
    t->grid.scroll_x = x;
    t->grid.scroll_y = y;
    t->grid.scroll_w = w;
    t->grid.scroll_h = h;
}

void term_flush(struct term *t)
{
    if (!t->started)
        return;
    grid_flush(&t->grid, &t->out);
    if (t->out.len > 0)
        tty_write(&t->tty, t->out.data, t->out.len);
    buf_clear(&t->out);
}

void term_redraw(struct term *t)
{
    grid_forget(&t->grid);
}

void term_dump(const struct term *t, struct buf *out)
{
    grid_dump(&t->grid, out);
}

void term_bell(struct term *t)
{
    buf_putc(&t->out, '\a');
}

void term_link(struct term *t, unsigned style, const char *uri)
{
    grid_link(&t->grid, style, uri);
}

void term_copy(struct term *t, const char *text, size_t n)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *p = (const unsigned char *)text;
    if (n > COPY_MAX)
        n = COPY_MAX;
    buf_puts(&t->out, "\033]52;c;");
    for (size_t i = 0; i < n; i += 3) {
        unsigned v =
            (unsigned)p[i] << 16 | (i + 1 < n ? (unsigned)p[i + 1] << 8 : 0u) | (i + 2 < n ? p[i + 2] : 0u);
        buf_putc(&t->out, digits[v >> 18]);
        buf_putc(&t->out, digits[(v >> 12) & 63]);
        buf_putc(&t->out, i + 1 < n ? digits[(v >> 6) & 63] : '=');
        buf_putc(&t->out, i + 2 < n ? digits[v & 63] : '=');
    }
    buf_puts(&t->out, "\a");
}

void term_notify(struct term *t, const char *title, const char *text)
{
    AUTO_FREE char *a = text_clean_dup(title, strlen(title)), *b = text_clean_dup(text, strlen(text));
    for (char *p = a; *p; p++)
        if (*p == ';')
            *p = ',';
    buf_puts(&t->out, "\033]777;notify;");
    buf_puts(&t->out, a);
    buf_putc(&t->out, ';');
    buf_puts(&t->out, b);
    buf_putc(&t->out, '\a');
}

void term_title(struct term *t, const char *title)
{
    AUTO_FREE char *a = text_clean_dup(title, strlen(title));
    buf_puts(&t->out, "\033]2;");
    buf_puts(&t->out, a);
    buf_putc(&t->out, '\a');
}
